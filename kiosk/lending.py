"""Lends a machine of the real cabin to a lesson that names it, and to nothing else.

Who borrows gives it commands and hears what comes of those; the real cabin hears how the machine
is, as ever, and nothing of what was done with it meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from devices.driver import Completed, Progress, Report, StatusChanged
from devices.status import Status

LENDABLE = ("bp_meter", "receipt_printer")
"""Machines with which nothing can be lost: no money, no goods."""


class LendableWorker(Protocol):
    """The part of a device's worker that is needed here."""

    @property
    def last_id(self) -> int: ...

    @property
    def status(self) -> Status: ...

    def submit(self, command: object) -> int: ...

    def cancel(self, command_id: int) -> None: ...


@dataclass(slots=True)
class _Loan:
    """Commands with a number above ``after`` are the borrower's, up to ``until`` once it ended."""

    hear: Callable[[Report], None]
    after: int
    until: int | None = None


class Borrowed:
    """A machine in somebody else's hands, as the adapters have workers. Dead when given back."""

    def __init__(self, worker: LendableWorker, loan: _Loan) -> None:
        self._worker = worker
        self._loan = loan

    @property
    def status(self) -> Status:
        return self._worker.status

    def submit(self, command: object) -> int:
        """As the worker's. Raises RuntimeError when it was given back."""
        if self._loan.until is not None:
            raise RuntimeError("the machine was given back")
        return self._worker.submit(command)

    def cancel(self, command_id: int) -> None:
        if self._loan.until is None and command_id > self._loan.after:
            self._worker.cancel(command_id)


class Lending:
    """Stands between the real cabin's workers and its engine. Add each worker before it starts."""

    def __init__(self) -> None:
        self._workers: dict[str, LendableWorker] = {}
        self._drivers: dict[str, str] = {}
        self._loans: dict[str, list[_Loan]] = {}

    def add(self, role: str, driver: str, worker: LendableWorker) -> None:
        """A machine of the real cabin; kept only if it may be lent at all."""
        if role in LENDABLE:
            self._workers[role], self._drivers[role] = worker, driver

    def driver_of(self, role: str) -> str:
        """The driver of a machine that can be lent and works now; empty if none."""
        worker = self._workers.get(role)
        return self._drivers[role] if worker is not None and worker.status.usable else ""

    def lend(self, role: str, hear: Callable[[Report], None]) -> Borrowed:
        """Lend it; ``hear`` is called from any thread. Raises KeyError if it can't be lent."""
        worker = self._workers[role]
        loan = _Loan(hear, worker.last_id)
        self._loans.setdefault(role, []).append(loan)
        return Borrowed(worker, loan)

    def give_back(self, role: str) -> None:
        """The borrower hears nothing more, and the real cabin nothing of its commands."""
        for loan in self._loans.get(role, ()):
            if loan.until is None:
                loan.until = self._workers[role].last_id

    def took(self, role: str, report: Report) -> bool:
        """Whether a report was the borrower's, and none of the real cabin's business."""
        loans = self._loans.get(role)
        if not loans:
            return False
        newest = loans[-1]
        out = newest.until is None
        match report:
            case StatusChanged():
                if out:
                    newest.hear(report)
                return False
            case Completed(command_id=number) | Progress(command_id=number):
                if out and number > newest.after:
                    newest.hear(report)
                    return True
                return any(x.after < number <= (x.until or 0) for x in loans)
            case _:
                if out:
                    newest.hear(report)
                return out
