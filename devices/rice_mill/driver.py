"""The rice mill: one request at a time over Modbus RTU, one procedure at a time over those.

Reads and settings are repeated when nothing answers; a start never is. Sources: rice mill protocol,
4a and 4b (3.5 characters of silence between frames); Serial and USB on Linux, "Liveness".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from devices.driver import Driver, Progress, SettingsError
from devices.operations import Operation
from devices.rice_mill import commands as c
from devices.rice_mill import procedures as p
from devices.rice_mill import registers as r
from devices.rice_mill.modbus import Answer, Listener, Request
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)

ANSWER_S = 0.5
TRIES = 3
SILENCE_S = 0.00401
"""3.5 characters of 11 bits at 9600."""
IDLE_S = 5.0
AGAIN_S = 1.0
WARM_CELSIUS, DAMP_PERCENT = 15, 60


class RiceMill(Driver):
    """``slave`` is its Modbus address; an idle mill is asked every ``idle_s`` seconds."""

    operations: ClassVar[Mapping[str, Operation]] = c.OPERATIONS

    def __init__(self, slave: int = r.SLAVE, idle_s: float = IDLE_S) -> None:
        super().__init__()
        self._idle_s = idle_s
        self._slave = slave
        self._listener = Listener(slave)
        self._now = 0.0
        self._procedure: p.Procedure | None = None
        self._command: int | None = None
        self._next: tuple[int, p.Procedure] | None = None
        self._work = self._new_work()
        self._wanted: Request | None = None
        self._once = False
        self._tries = 0
        self._send_at: float | None = None
        self._quiet_until = 0.0
        self._by: float | None = None
        self._wake_at: float | None = None
        self._missed = 0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`slave`: 1 to 247."""
        unknown = sorted(set(settings) - {"slave"})
        if unknown:
            raise SettingsError(f"unknown setting: {', '.join(unknown)}")
        slave = settings.get("slave", r.SLAVE)
        if isinstance(slave, bool) or not isinstance(slave, int) or not 1 <= slave <= 247:
            raise SettingsError("slave: a whole number from 1 to 247")
        return cls(slave)

    # Commands.

    def _on_opened(self, now: float) -> None:
        self._now = now
        self._missed, self._by, self._wanted = 0, None, None
        self._listener.forget()
        # What was being said on this line before must be over.
        self._quiet_until = now + SILENCE_S
        self._set_status(Status(Level.UNKNOWN, "asking"))
        self._begin(None, p.looked())

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        self._now = now
        self._work = self._new_work()
        procedure: p.Procedure
        match command:
            case c.Look():
                procedure = p.looked()
            case c.Mill():
                procedure = p.mill(command, self._work)
            case c.Resolve(bin_no, grams, level):
                procedure = p.resolve(c.Batch(1, 1, bin_no, grams, level), self._work)
            case c.Forget():
                procedure = p.forget()
            case c.Clear():
                procedure = p.clear()
            case c.Tare():
                procedure = p.turn((r.TARE, r.ON))
            case c.Zero():
                procedure = p.turn((r.ZERO, r.ON))
            case c.Door(is_open):
                procedure = p.door(r.ON if is_open else r.OFF)
            case _:
                name = type(command).__name__
                self._complete(command_id, Failed("not_supported", f"no {name} here"), now)
                return
        if self._procedure is None:
            self._begin(command_id, procedure)
        else:
            # The line carries one question at a time: our own look comes to its end first.
            self._next = (command_id, procedure)

    def _new_work(self) -> p.Work:
        return p.Work(lambda: self._now, self._tell)

    def _tell(self, what: object) -> None:
        if self._command is not None:
            self._report(Progress(self._command, what))

    def _begin(self, command_id: int | None, procedure: p.Procedure) -> None:
        self._command, self._procedure, self._wake_at = command_id, procedure, None
        self._go_on(None)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if command_id != self._command:
            self._next = None
            self._complete(command_id, Cancelled(), now)
        elif self._work.committed or self._work.milled.grams:
            # What runs runs to its end; no further batch begins.
            self._work.cancelled = True
        else:
            self._drop_procedure()
            self._complete(command_id, Cancelled(), now)
            self._wake_at = now

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        if command_id == self._command and self._work.committed:
            return OutcomeUnknown(reason)
        value = self._work.milled if command_id == self._command else None
        return Failed("not_connected", "the mill is gone", value)

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._drop_procedure()
        self._wake_at = None

    def _drop_procedure(self) -> None:
        if self._procedure is not None:
            self._procedure.close()
        self._procedure, self._next, self._wanted = None, None, None
        # What was asked may still be answered: the line is left alone for as long.
        self._quiet_until = max(self._quiet_until, self._by or 0.0)
        self._by = self._send_at = None
        self._listener.forget()

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        if command_id == self._command:
            self._command = None

    # A procedure's way.

    def _go_on(self, answer: Answer | None, silent: bool = False) -> None:
        """Give the procedure what it waited for and take what it wants next."""
        procedure = self._procedure
        if procedure is None:
            return
        try:
            step = procedure.throw(p.SilentError()) if silent else procedure.send(answer)
        except StopIteration as end:
            self._ended(end.value)
            return
        except p.SilentError:
            if not silent:
                self._set_status(Status(Level.UNAVAILABLE, "refused", str(answer)))
            self._ended(self._silence())
            return
        self._wanted, self._by, self._wake_at = None, None, None
        match step:
            case p.Pause(seconds):
                self._wake_at = self._now + seconds
            case p.Once(request):
                self._want(request, once=True)
            case _:
                self._want(step, once=False)

    def _silence(self) -> Completion:
        """The end of a procedure that got no answer and couldn't go on."""
        if self._work.committed:
            return OutcomeUnknown("no_answer")
        if self._work.milled.grams:
            return Failed("no_answer", "between two batches", self._work.milled)
        return TimedOut()

    def _ended(self, completion: Completion) -> None:
        self._procedure, self._wanted, self._by = None, None, None
        command_id = self._command
        self._wake_at = self._now + (self._idle_s if not self._missed else AGAIN_S)
        if isinstance(completion, Success) and isinstance(completion.value, r.MillState):
            self._set_status(_status_of(completion.value))
        elif command_id is not None:
            self._wake_at = self._now  # what it is like now is looked at next
        if command_id is not None:
            self._complete(command_id, completion, self._now)
        elif self._next is not None:
            following, self._next = self._next, None
            self._begin(*following)

    # The line.

    def _want(self, request: Request, once: bool) -> None:
        self._wanted, self._once, self._tries = request, once, 0
        self._send_at = max(self._now, self._quiet_until)
        self._send_now()

    def _send_now(self) -> None:
        request = self._wanted
        if request is None or self._send_at is None or self._now < self._send_at:
            return
        self._send_at = None
        self._tries += 1
        self._listener.expect(request)
        self._send(request.encode(self._slave), self._command)
        self._by = self._now + ANSWER_S

    def _on_received(self, data: bytes, now: float) -> None:
        self._now = now
        self._quiet_until = now + SILENCE_S
        answer = self._listener.feed(data)
        if answer is None or self._wanted is None:
            return
        self._missed = 0
        if self._work.committed:
            self._set_status(Status(Level.BUSY, "milling"))
        self._go_on(answer)

    def _on_ticked(self, now: float) -> None:
        self._now = now
        self._send_now()
        if self._by is not None and now >= self._by:
            self._by = None
            self._unanswered()
        if self._wake_at is not None and now >= self._wake_at:
            self._wake_at = None
            if self._procedure is None:
                self._begin(None, p.looked())
            else:
                self._go_on(None)

    def _unanswered(self) -> None:
        self._listener.forget()
        if self._once:
            self._go_on(None)
            return
        if self._tries < TRIES:
            self._send_at = self._now
            self._send_now()
            return
        self._missed += 1
        self._set_status(Status(Level.UNAVAILABLE, "no_answer"))
        self._go_on(None, silent=True)

    def _next_tick(self) -> float | None:
        times = [x for x in (self._by, self._wake_at, self._send_at) if x is not None]
        return min(times, default=None)


def _status_of(state: r.MillState) -> Status:
    """The mill's health: a start is ignored while any fault is set, so none is a small one."""
    if state.faults:
        words = state.words
        return Status(Level.UNAVAILABLE, words[0].replace(" ", "_"), "; ".join(words))
    if state.progress == r.ERROR:
        return Status(Level.UNAVAILABLE, "rice_not_taken")
    if state.progress == r.RUNNING:
        return Status(Level.BUSY, "milling")
    if state.progress != r.DONE:
        return Status(Level.UNAVAILABLE, "unknown_progress", str(state.progress))
    for number, climate in enumerate(state.climates, 1):
        if climate.celsius > WARM_CELSIUS:
            return Status(Level.ATTENTION, f"bin_{number}_warm", f"{climate.celsius} °C")
        if climate.humidity > DAMP_PERCENT:
            return Status(Level.ATTENTION, f"bin_{number}_damp", f"{climate.humidity} %")
    return Status(Level.READY)
