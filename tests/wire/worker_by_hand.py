"""A driver that echoes, what a worker reported, and a socket as its port."""

from __future__ import annotations

import os
import pty
import queue
import select
import time
import tty
from collections.abc import Callable
from pathlib import Path

from devices.driver import Completed, Driver, Report, StatusChanged
from devices.status import Completion, Failed, Level, OutcomeUnknown, Status, Success

PATIENCE_S = 20.0


class Echo(Driver):
    """Sends a command's bytes; what comes back completes it. Its byte `!` is a mistake."""

    def _on_opened(self, now: float) -> None:  # noqa: ARG002
        self._set_status(Status(Level.READY))

    def _on_received(self, data: bytes, now: float) -> None:
        if b"!" in data:
            raise KeyError("a mistake of the driver")
        for command_id in self.running[: len(data)]:
            self._complete(command_id, Success(data), now)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:  # noqa: ARG002
        assert isinstance(command, bytes)
        self._send(command, command_id)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        self._complete(command_id, OutcomeUnknown("cancelled"), now)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        return OutcomeUnknown(reason) if self._has_left(command_id) else Failed(reason)

    def _on_ticked(self, now: float) -> None:
        """It has no timers."""

    def _next_tick(self) -> float | None:
        return None


class Reports:
    """What workers report, to be awaited."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Report] = queue.Queue()

    def __call__(self, name: str, report: Report) -> None:
        assert name == "device"
        self._queue.put(report)

    def wait(self, wanted: Callable[[Report], bool]) -> Report:
        """The next report that is wanted; others before it are passed over."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            report = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            if wanted(report):
                return report

    def status(self, level: Level, reason: str = "") -> None:
        """Wait until the device is `level` for `reason`."""

        def is_it(report: Report) -> bool:
            status = report.status if isinstance(report, StatusChanged) else None
            return status is not None and (status.level, status.reason) == (level, reason)

        self.wait(is_it)

    def completion(self, number: int) -> Completion:
        report = self.wait(lambda r: isinstance(r, Completed) and r.command_id == number)
        assert isinstance(report, Completed)
        return report.completion


class Socket:
    """A place to plug a pty in, under a stable name."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "device"
        self.master = self._slave = -1

    def plug(self) -> None:
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        self._let_go()
        self.path.unlink()
        os.close(self.master)
        self.master = -1

    def _let_go(self) -> None:
        """Ours is held until the worker has its own: a pty that nobody holds reads as broken."""
        if self._slave != -1:
            os.close(self._slave)
            self._slave = -1

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            assert select.select([self.master], [], [], PATIENCE_S)[0]
            data += os.read(self.master, size - len(data))
        self._let_go()
        return data
