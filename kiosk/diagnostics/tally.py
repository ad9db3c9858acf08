"""What is remembered of one device: since when it is how it is, its errors and its counters.

A `DeviceBook` listens to its driver (`devices.driver.Tap`), so it is called on the device's own
thread and must not wait. Reading it is safe in every thread. What outlives a restart is written by
`kiosk.diagnostics.ledger`, not from here.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping

from devices.declared import Declaration
from devices.driver import Completed, Notice, Report, StatusChanged, Tap
from devices.status import Completion, Failed, Level, OutcomeUnknown, Status, Success, TimedOut
from kiosk.diagnostics.facts import CounterFact, DeviceFacts

HOUR_S = 3600
DAY_HOURS = 24
MOST_COMMANDS = 64
_SOON_S = 1.0
"""A change of status within so long of the last bytes is what they meant."""
_NO_ERROR = frozenset(
    ("", "starting", "connecting", "asking", "moved", "stopped", "not_associated", "stopping")
)
"""Reasons that every start goes through."""
_ANSWERS = frozenset(("not_found", "job_not_found"))
"""Failures that are a good answer to a question."""


class DeviceBook(Tap):
    """One device. ``touched`` is called when something that is kept has changed."""

    def __init__(
        self,
        role: str,
        driver: str,
        port: str,
        declared: Declaration,
        wall: Callable[[], float] = time.time,
        touched: Callable[[], None] = lambda: None,
    ) -> None:
        self.role, self.driver, self.port, self.declared = role, driver, port, declared
        self.exchanged = ""
        self._wall = wall
        self._touched = touched
        self._lock = threading.Lock()
        self._status = Status(Level.UNKNOWN, "starting")
        self._since = wall()
        self._last_answer: float | None = None
        self._heard_at: float | None = None
        self._identity, self._firmware = "", ""
        self._commands: dict[int, object] = {}
        self._hours: deque[tuple[int, Counter[str]]] = deque()
        self._counts: Counter[str] = Counter()

    # What the driver hears and says.

    def received(self, data: bytes, now: float) -> None:  # noqa: ARG002
        """Whether it was an answer shows in the driver's status after it."""
        self._settle()
        self._heard_at = self._wall()

    def submitted(self, command_id: int, command: object, now: float) -> None:  # noqa: ARG002
        with self._lock:
            self._commands[command_id] = command
            while len(self._commands) > MOST_COMMANDS:
                del self._commands[next(iter(self._commands))]

    def lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._settle()

    def reported(self, report: Report) -> None:
        match report:
            case StatusChanged(status):
                self._changed(status)
            case Completed(command_id, completion):
                self._ended(command_id, completion)
            case Notice(what):
                kind = type(what).__name__
                self._count({x.name: 1 for x in self.declared.counters if x.notice == kind})

    def _settle(self) -> None:
        """What was heard counts as an answer if the driver still thinks well of the device."""
        if self._heard_at is not None and self._status.answered:
            self._last_answer = self._heard_at
        self._heard_at = None

    def _changed(self, status: Status) -> None:
        now = self._wall()
        if self._heard_at is not None and now - self._heard_at >= _SOON_S:
            self._settle()  # what was heard long before the change was still an answer
        with self._lock:
            before, self._status = self._status, status
            if (before.level, before.reason) != (status.level, status.reason):
                self._since = now
        if status.answered:
            self._last_answer = now
        worse = status.level in (Level.UNAVAILABLE, Level.UNKNOWN)
        if worse and status.reason not in _NO_ERROR and status.reason != before.reason:
            self._error(status.reason)

    def _ended(self, command_id: int, completion: Completion) -> None:
        with self._lock:
            command = self._commands.pop(command_id, None)
        kind = type(command).__name__
        match completion:
            case Success(value):
                self._last_answer = self._wall()
                self._name(command, value)
                self._count(
                    {
                        x.name: amount_of(value, x.amount)
                        for x in self.declared.counters
                        if command is not None and x.command == kind
                    }
                )
            case Failed(code=code):
                if (
                    kind not in _IDENTIFIES and code not in _ANSWERS
                ):  # not to say what it is is no fault
                    self._error(code)
            case OutcomeUnknown(reason=reason):
                self._error(f"unknown:{reason}")
            case TimedOut():
                self._error("timed_out")

    def _name(self, command: object, value: object) -> None:
        """Keep what the machine says it is, if it was asked that."""
        declared = self.declared
        if command is None or not declared.identify_by:
            return
        if type(command).__name__ not in _IDENTIFIES:
            return
        if isinstance(value, str):
            self._identity = value
            return
        words = [str(getattr(value, x, "") or "") for x in declared.identity if x]
        self._identity = " ".join(x for x in words if x) or self._identity
        if declared.firmware:
            self._firmware = str(getattr(value, declared.firmware, "") or self._firmware)

    def _error(self, kind: str) -> None:
        hour = int(self._wall() // HOUR_S)
        with self._lock:
            if not self._hours or self._hours[-1][0] != hour:
                self._hours.append((hour, Counter()))
            self._hours[-1][1][kind] += 1
            while self._hours[0][0] <= hour - DAY_HOURS:
                self._hours.popleft()
        self._touched()

    def _count(self, more: Mapping[str, int]) -> None:
        if any(more.values()):
            with self._lock:
                self._counts.update(more)
            self._touched()

    # Reading, from any thread.

    @property
    def named(self) -> bool:
        """Whether the machine has said what it is, or never does."""
        return bool(self._identity) or not self.declared.identify_by

    @property
    def status(self) -> Status:
        """The device's health now."""
        return self._status

    def facts(self) -> DeviceFacts:
        """All that is known of it now."""
        oldest = int(self._wall() // HOUR_S) - DAY_HOURS
        with self._lock:
            errors: Counter[str] = Counter()
            for hour, kinds in self._hours:
                if hour > oldest:
                    errors.update(kinds)
            counts, status, since = dict(self._counts), self._status, self._since
            busy = len(self._commands)
        heard = self._heard_at if status.answered else None
        return DeviceFacts(
            self.role,
            self.declared.title,
            self.driver,
            self.port,
            status.level.value,
            status.reason,
            status.detail,
            since,
            self._identity,
            self._firmware,
            heard or self._last_answer,
            dict(errors.most_common()),
            tuple(
                CounterFact(x.name, x.title, x.unit, counts.get(x.name, 0))
                for x in self.declared.counters
            ),
            self.exchanged,
            busy,
        )

    def kept(self) -> dict[str, object]:
        """What outlives a restart."""
        with self._lock:
            hours = {str(hour): dict(kinds) for hour, kinds in self._hours}
            return {"counters": dict(self._counts), "errors": hours}

    def restore(self, kept: Mapping[str, object]) -> None:
        """Go on from what an earlier run has kept. Raises ValueError, TypeError if it is none."""
        counters, errors = kept.get("counters", {}), kept.get("errors", {})
        if not isinstance(counters, dict) or not isinstance(errors, dict):
            raise TypeError("counters and errors are tables")
        with self._lock:
            self._counts.update({str(k): int(v) for k, v in counters.items()})
            old: list[tuple[int, Counter[str]]] = [
                (int(hour), Counter(kinds)) for hour, kinds in errors.items()
            ]
            self._hours = deque(sorted((*old, *self._hours), key=lambda x: x[0]))


_IDENTIFIES = frozenset(("Identify", "ReadIdentity", "Look"))
"""Commands whose answer says what the machine is."""


def amount_of(value: object, attribute: str) -> int:
    """How much a success counts for: one, or what it says of itself."""
    if not attribute:
        return 1
    found = getattr(value, attribute, 0)
    return found if isinstance(found, int) and found > 0 else 0
