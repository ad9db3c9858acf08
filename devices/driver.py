"""The base of every driver: it keeps the books and does no I/O.

A driver is told what happened (the port opened, bytes came, time passed) and says what is to be
sent and reported. A worker's thread moves the bytes in real life, a scheduler in virtual time;
the driver can't tell them apart.

Sources: Design, "Devices": every command has a time-out, can be cancelled, and ends in exactly
one completion; what cannot be taken back is never sent twice without asking first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from devices.control import Answer, Request
from devices.operations import Operation
from devices.status import Cancelled, Completion, Failed, Level, Status, TimedOut


@dataclass(frozen=True, slots=True)
class Progress:
    """Something worth showing happened to a running command."""

    command_id: int
    what: object


@dataclass(frozen=True, slots=True)
class Completed:
    """The one end of a command."""

    command_id: int
    completion: Completion


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The device's health is another one than before."""

    status: Status


@dataclass(frozen=True, slots=True)
class Notice:
    """Something nobody asked for: a scanned code, a late answer."""

    what: object


Report = Progress | Completed | StatusChanged | Notice


class Tap:
    """Hears all that a driver hears and says, in order; this one keeps nothing of it.

    Called by whoever calls the driver, with the driver's times; it must not wait.
    """

    def opened(self, now: float) -> None:
        """The port is open."""

    def lost(self, now: float, reason: str) -> None:
        """The port is gone."""

    def received(self, data: bytes, now: float) -> None:
        """Bytes came from the device."""

    def answered(self, request: Request, answer: Answer, now: float) -> None:
        """The control channel has answered."""

    def requested(self, request: Request) -> None:
        """A request left for the control channel, now."""

    def submitted(self, command_id: int, command: object, now: float) -> None:
        """A command is to be done."""

    def cancelled(self, command_id: int, now: float) -> None:
        """A command is to be taken back."""

    def ticked(self, now: float) -> None:
        """Time has passed."""

    def sent(self, data: bytes) -> None:
        """Bytes left for the device, now."""

    def reported(self, report: Report) -> None:
        """The driver has said something, now."""


class SettingsError(ValueError):
    """A driver's settings are wrong; the text names the key and what is allowed."""


class Driver(ABC):
    """One device. Times (`now`) are seconds of one monotonic clock, never going back.

    One command runs at a time and the others wait in a queue, but for those that
    `_runs_beside` lets through. A subclass says what to do in the hooks that begin with an
    underscore, sends with `_send` and ends a command with `_complete`.
    """

    default_baud: ClassVar[int] = 9600
    """The line's speed where the port's URL doesn't say it (bits a second)."""
    operations: ClassVar[Mapping[str, Operation]] = {}
    """What it can be asked to do, by name; `status` is understood and isn't listed."""
    device_begins: ClassVar[bool] = False
    """Whether the device speaks first, so that nobody can tell before whether it is there."""
    queue_patience_s: ClassVar[float] = 30.0
    """A command that waits longer than this behind another one ends as timed out (seconds)."""

    def __init__(self) -> None:
        self._status = Status(Level.UNKNOWN, "starting")
        self._is_open = False
        self._commands: dict[int, object] = {}
        self._main: int | None = None
        self._queue: deque[tuple[int, float]] = deque()
        self._outbox: list[tuple[int | None, bytes]] = []
        self._left: set[int] = set()
        self._asked_beside: list[Request] = []
        self._reports: list[Report] = []
        self.reopen_wanted = False
        """Set by a driver that wants its port closed and opened anew; the worker clears it."""
        self.tap = Tap()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """A driver from its table of the configuration (without `driver` and `port`).

        Raises SettingsError for a key it doesn't know or a value it can't use.
        """
        if settings:
            raise SettingsError(f"unknown setting: {', '.join(sorted(settings))}")
        return cls()

    # What workers and schedulers call.

    @property
    def status(self) -> Status:
        """The device's health now."""
        return self._status

    @property
    def running(self) -> tuple[int, ...]:
        """The commands that were submitted and have not completed, oldest first."""
        return tuple(self._commands)

    def opened(self, now: float) -> None:
        """The port is open."""
        self.tap.opened(now)
        self._is_open = True
        self.reopen_wanted = False
        self._on_opened(now)
        self._start_next(now)

    def lost(self, now: float, reason: str, detail: str = "") -> None:
        """The port is gone or could not be opened. Every command completes now.

        `reason` is a stable code ("port_missing", "port_error", "write_timeout", "stuck",
        "stopped").
        """
        self.tap.lost(now, reason)
        self._is_open = False
        self._outbox.clear()
        self._asked_beside.clear()
        self._queue.clear()
        self._on_lost(now, reason)
        for command_id in tuple(self._commands):
            self._complete(command_id, self._completion_when_lost(command_id, reason), now)
        self._set_status(Status(Level.UNAVAILABLE, reason, detail))

    def receive(self, data: bytes, now: float) -> None:
        """Bytes came from the device, split in any way."""
        self.tap.received(data, now)
        if self._is_open:
            self._on_received(data, now)
            self._start_next(now)

    def answered(self, request: Request, answer: Answer, now: float) -> None:
        """The port's control channel has answered a request, or has said that it can't."""
        self.tap.answered(request, answer, now)
        if self._is_open:
            self._on_answered(request, answer, now)
            self._start_next(now)

    def submit(self, command_id: int, command: object, now: float) -> None:
        """Do `command`; its one Completed will carry `command_id`, which must be new.

        Raises ValueError if that id is already running.
        """
        if command_id in self._commands:
            raise ValueError(f"command {command_id} is already running")
        self.tap.submitted(command_id, command, now)
        self._commands[command_id] = command
        if not self._is_open:
            self._complete(command_id, Failed("not_connected", "the port is not open"), now)
        elif self._runs_beside(command):
            self._on_submitted(command_id, command, now)
        else:
            self._queue.append((command_id, now + self.queue_patience_s))
            self._start_next(now)

    def cancel(self, command_id: int, now: float) -> None:
        """Take the command back if that is still possible; it completes one way or another.

        A command that has already completed is left alone: the cancellation came too late.
        """
        if command_id not in self._commands:
            return
        self.tap.cancelled(command_id, now)
        waiting = [entry for entry in self._queue if entry[0] != command_id]
        if len(waiting) != len(self._queue):
            self._queue = deque(waiting)
            self._complete(command_id, Cancelled(), now)
        else:
            self._on_cancelled(command_id, now)
        self._start_next(now)

    def tick(self, now: float) -> None:
        """Time has passed. Called at `deadline()` or at any time: an early call does no harm."""
        self.tap.ticked(now)
        while self._queue and self._queue[0][1] <= now:
            command_id, _ = self._queue.popleft()
            self._complete(command_id, TimedOut(), now)
        if self._is_open:
            self._on_ticked(now)
            self._start_next(now)

    def deadline(self) -> float | None:
        """When `tick` is wanted next (monotonic seconds), or None."""
        times = [self._queue[0][1]] if self._queue else []
        own = self._next_tick() if self._is_open else None
        if own is not None:
            times.append(own)
        return min(times, default=None)

    def take_output(self) -> bytes:
        """The bytes to write now. What is taken counts as having left this machine."""
        self._left.update(owner for owner, _ in self._outbox if owner in self._commands)
        data = b"".join(chunk for _, chunk in self._outbox)
        self._outbox.clear()
        if data:
            self.tap.sent(data)
        return data

    def take_requests(self) -> tuple[Request, ...]:
        """What to ask on the port's control channel now; each is `answered` in its turn."""
        requests = tuple(self._asked_beside)
        self._asked_beside.clear()
        for request in requests:
            self.tap.requested(request)
        return requests

    def take_reports(self) -> tuple[Report, ...]:
        """What there is to report, oldest first."""
        reports = tuple(self._reports)
        self._reports.clear()
        for report in reports:
            self.tap.reported(report)
        return reports

    # What subclasses call.

    def _send(self, data: bytes, owner: int | None = None) -> None:
        """Put bytes in the outbox, on behalf of command `owner` if it is one's."""
        self._outbox.append((owner, data))

    def _request(self, request: Request) -> None:
        """Ask on the port's control channel."""
        self._asked_beside.append(request)

    def _withdraw(self, owner: int) -> None:
        """Drop what `owner` has in the outbox and nobody has taken."""
        self._outbox = [entry for entry in self._outbox if entry[0] != owner]

    def _has_left(self, command_id: int) -> bool:
        """Whether any byte of the command has been taken from the outbox."""
        return command_id in self._left

    def _complete(self, command_id: int, completion: Completion, now: float) -> None:
        """End a running command; RuntimeError if it isn't running (it would be a second end)."""
        if command_id not in self._commands:
            raise RuntimeError(f"command {command_id} has no second completion")
        del self._commands[command_id]
        self._left.discard(command_id)
        self._withdraw(command_id)
        if self._main == command_id:
            self._main = None
        self._reports.append(Completed(command_id, completion))
        self._on_completed(command_id, now)

    def _set_status(self, status: Status) -> None:
        """Report the status if it is another one than before."""
        if status != self._status:
            self._status = status
            self._reports.append(StatusChanged(status))

    def _report(self, report: Progress | Notice) -> None:
        self._reports.append(report)

    def _start_next(self, now: float) -> None:
        while self._main is None and self._queue:
            command_id, _ = self._queue.popleft()
            self._main = command_id
            self._on_submitted(command_id, self._commands[command_id], now)

    # What subclasses say.

    @abstractmethod
    def _on_opened(self, now: float) -> None:
        """The port is open: the handshake or the first question begins."""

    @abstractmethod
    def _on_received(self, data: bytes, now: float) -> None:
        """Bytes came."""

    @abstractmethod
    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        """The command's turn has come."""

    @abstractmethod
    def _on_cancelled(self, command_id: int, now: float) -> None:
        """A command whose turn had come is to be taken back."""

    @abstractmethod
    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        """How a running command ends when its port goes."""

    @abstractmethod
    def _on_ticked(self, now: float) -> None:
        """Time has passed."""

    @abstractmethod
    def _next_tick(self) -> float | None:
        """When the driver itself wants the next tick."""

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: B027 (most have nothing to forget)
        """The port is gone; forget what belonged to the connection."""

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: B027
        """A command has ended; forget what belonged to it."""

    def _on_answered(  # noqa: B027 (most ask nothing)
        self, request: Request, answer: Answer, now: float
    ) -> None:
        """A request of the control channel was answered, None if it wasn't."""

    def _runs_beside(self, command: object) -> bool:  # noqa: ARG002
        """Whether the command may start while another one runs."""
        return False
