"""One device for as long as one command line: a worker, and what it reports, in order."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from types import TracebackType

from devices.driver import Completed, Driver, Notice, Report, StatusChanged
from devices.status import Cancelled, Completion, Failed, Level, Status, Success, TimedOut
from devices.worker import Worker

CANCEL_S = 15.0
"""A command that is taken back may still have to ask the device what became of it."""
_OPENING = ("starting",)


class Session:
    """Opens the port at its beginning and closes it at its end."""

    def __init__(self, name: str, factory: Callable[[], Driver], port: str) -> None:
        self._reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._worker = Worker(name, factory, port, lambda _, report: self._reports.put(report))

    def __enter__(self) -> Session:
        self._worker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.stop()

    def settled(self, patience_s: float) -> Status:
        """The status once something is known, or after ``patience_s``.

        A port that can't be opened is known at once; a device that never speaks by itself stays
        unknown.
        """
        end = time.monotonic() + patience_s
        while not self._known():
            if self._next(end) is None:
                break
        return self._worker.status

    def _known(self) -> bool:
        status = self._worker.status
        return status.reason not in _OPENING and status.level is not Level.UNKNOWN

    def do(self, command: object, patience_s: float, tell: Callable[[Report], None]) -> Completion:
        """Submit a command and wait for its end. Ctrl-C and running out of patience take it back;
        how that ends is the driver's word, not ours."""
        number = self._worker.submit(command)
        try:
            done = self._await(number, time.monotonic() + patience_s, tell)
        except KeyboardInterrupt:
            done = None
        if done is not None:
            return done
        self._worker.cancel(number)
        return self._await(number, time.monotonic() + CANCEL_S, tell) or TimedOut()

    def listen(self, patience_s: float, tell: Callable[[Report], None]) -> Completion:
        """Wait for the next thing that the device says by itself."""
        end = time.monotonic() + patience_s
        try:
            while (report := self._next(end)) is not None:
                tell(report)
                if isinstance(report, Notice):
                    return Success(report.what)
                if isinstance(report, StatusChanged) and report.status.level is Level.UNAVAILABLE:
                    return Failed(report.status.reason, report.status.detail)
        except KeyboardInterrupt:
            return Cancelled()
        return TimedOut()

    def _await(self, number: int, end: float, tell: Callable[[Report], None]) -> Completion | None:
        while (report := self._next(end)) is not None:
            if isinstance(report, Completed) and report.command_id == number:
                return report.completion
            tell(report)
        return None

    def _next(self, end: float) -> Report | None:
        try:
            return self._reports.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            return None
