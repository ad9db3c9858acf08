"""The booklet dispenser: one booklet for one command, and never a second to find out about it.

The commit point is ENQ, not DC: until ENQ has left, a command whose ACK was lost may be said
again; behind it only the flags tell what became of it. "Ready" after the dispenser's reset of its
own proves nothing. Source: ID-card reader and record-booklet dispenser, 5b; Serial and USB on
Linux, "Liveness".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from devices.booklet_dispenser import codec as c
from devices.driver import Driver, Progress, SettingsError
from devices.operations import Operation
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

ACK_S = 0.5
ANSWER_S = 0.5
AGAIN = 2
"""So often a command is said again whose ACK was lost or which was not understood."""
IDLE_S, BUSY_S = 5.0, 1.0
MISSED = 2
MOVE_S = 20.0
"""A booklet is on its way for so long at most; then nobody knows."""
TAKE_S = 30.0
ENDINGS = ("watch", "back", "resolve")
"""Steps that end a command by the flags "taken" and "called back"."""


class Place(StrEnum):
    """Where the booklet is, as Progress."""

    MOVING = "moving"
    AT_TAKE = "at_take"
    CALLING_BACK = "calling_back"


class Fate(StrEnum):
    """What became of it, as the value of Success."""

    TAKEN = "taken"
    CAPTURED = "captured"


@dataclass(frozen=True, slots=True)
class Dispense:
    """Bring one booklet out and see it taken; one that isn't taken is called back.

    Success(Fate.TAKEN). Failed is certain: the dispenser's reason before anything moved,
    "not_taken" when it was called back, "dispense_failure" when the dispenser says so.
    OutcomeUnknown: "jammed", "nothing_seen", "not_called_back", or the port's reason.
    """


@dataclass(frozen=True, slots=True)
class Resolve:
    """What became of the booklet before the link was lost? Asks only; never dispenses.

    Success(Fate), or OutcomeUnknown("nothing_seen") when the flags don't tell.
    """


@dataclass(frozen=True, slots=True)
class Capture:
    """Call a booklet back that lies at the take or read position."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask for the flags; Success carries them."""


class QuCdDispenser(Driver):
    """``take_s``: how long a booklet waits to be taken; ``idle_s``: how often it is asked how it
    is while nobody wants anything (seconds).
    """

    operations: ClassVar[Mapping[str, Operation]] = {
        "look": Operation("every flag, as the dispenser says", Look),
        "dispense": Operation(
            "bring one out, see it taken or call it back", Dispense, lab=True, patience_s=120.0
        ),
        "resolve": Operation("what became of the last one; asks only", Resolve, patience_s=120.0),
        "capture": Operation("call back one that lies there", Capture, lab=True, patience_s=60.0),
    }

    def __init__(self, take_s: float = TAKE_S, idle_s: float = IDLE_S) -> None:
        super().__init__()
        self._idle_s = idle_s
        self._take_s = take_s
        self._decoder = c.Decoder()
        self._said: bytes | None = None
        self._then: Callable[[float], None] | None = None
        self._tries = 0
        self._enquired = False
        self._by: float | None = None
        self._poll_at: float | None = None
        self._missed = 0
        self._command: int | None = None
        self._step = ""
        self._committed = False
        self._moving_until = 0.0
        self._take_until: float | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`take_s`: 5 to 300 seconds."""
        unknown = sorted(set(settings) - {"take_s"})
        if unknown:
            raise SettingsError(f"unknown setting: {', '.join(unknown)}")
        take_s = settings.get("take_s", TAKE_S)
        if isinstance(take_s, bool) or not isinstance(take_s, int | float):
            raise SettingsError("take_s: a number of seconds")
        if not 5 <= take_s <= 300:
            raise SettingsError("take_s: 5 to 300 seconds")
        return cls(float(take_s))

    # The line: command, ACK, ENQ, answer.

    def _say(self, command: bytes, then: Callable[[float], None] | None, now: float) -> None:
        """Say a command; ``then`` is called when ENQ has left for one that has no answer."""
        self._said, self._then, self._enquired = command, then, False
        self._tries, self._poll_at = 0, None
        self._send(c.encode(command))
        self._by = now + ACK_S

    def _on_received(self, data: bytes, now: float) -> None:
        for message in self._decoder.feed(data):
            self._hear(message, now)

    def _hear(self, message: c.Message, now: float) -> None:
        if isinstance(message, c.Noise):
            return
        if self._said is not None and not self._enquired:
            if isinstance(message, c.Ack):
                self._enquire(now)
            elif isinstance(message, c.Nak):
                self._say_again(Failed("nak", "the dispenser doesn't understand"), now)
        elif isinstance(message, c.Flags) and self._enquired:
            self._said, self._by, self._missed = None, None, 0
            self._see(message, now)

    def _enquire(self, now: float) -> None:
        """ENQ: from here on a dispense can't be taken back, nor said again."""
        self._enquired = True
        self._send(c.ENQ, self._command if self._then is not None else None)
        if self._then is None:
            self._by = now + ANSWER_S
            return
        then, self._said, self._by = self._then, None, None
        then(now)

    def _say_again(self, why: Completion, now: float) -> None:
        command = self._said
        if command is None:
            return
        if self._tries < AGAIN:
            self._tries += 1
            self._send(c.encode(command))
            self._by = now + ACK_S
            return
        self._said, self._by = None, None
        self._miss(why, now)

    def _miss(self, why: Completion, now: float) -> None:
        """A question that got no answer; a command that was never heard has failed for certain."""
        self._missed += 1
        if self._missed >= MISSED or isinstance(why, Failed):
            self._set_status(Status(Level.UNAVAILABLE, "no_answer"))
        if self._command is not None and not self._committed:
            self._end(why, now)
        self._poll_at = now + BUSY_S

    # The flags.

    def _see(self, flags: c.Flags, now: float) -> None:
        self._set_status(_status_of(flags))
        self._poll_at = now + (BUSY_S if self._command is not None else self._idle_s)
        command, step = self._command, self._step
        if command is not None:
            {
                "look": self._looked,
                "check": self._checked,
                "clear": self._cleared,
                "watch": self._watched,
                "back": self._called,
                "resolve": self._resolved,
            }[step](flags, now)
            told = command not in self._commands and step in ENDINGS
            if told and (flags.taken or flags.called_back):
                # Told once: left standing, it would be taken for the end of the next one.
                self._say(c.CLEAR, None, now)

    def _looked(self, flags: c.Flags, now: float) -> None:
        self._end(Success(flags), now)

    def _checked(self, flags: c.Flags, now: float) -> None:
        """Only a dispenser that says that it is ready is asked for anything."""
        if not flags.ready or not self._status.usable:
            self._end(Failed(self._status.reason or "not_ready", "nothing has moved"), now)
            return
        self._step = "clear"
        self._say(c.CLEAR, None, now)

    def _cleared(self, flags: c.Flags, now: float) -> None:
        if flags.taken or flags.called_back:
            # What follows could not be told from what was before.
            self._end(Failed("flags_stay", "the dispenser doesn't clear its flags"), now)
            return
        self._say(c.DISPENSE, self._dispensed, now)

    def _dispensed(self, now: float) -> None:
        self._committed, self._step = True, "watch"
        self._moving_until, self._take_until = now + MOVE_S, None
        self._set_status(Status(Level.BUSY, "dispensing"))
        self._tell(Place.MOVING)
        self._poll_at = now + BUSY_S

    def _watched(self, flags: c.Flags, now: float) -> None:
        if flags.taken:
            self._end(Success(Fate.TAKEN), now)
        elif flags.called_back:
            self._end(Failed("not_taken", "it was called back", Fate.CAPTURED), now)
        elif flags.jammed:
            self._end(OutcomeUnknown("jammed"), now)
        elif flags.failure:
            self._end(Failed("dispense_failure", "the dispenser says that none came out"), now)
        elif flags.at_take:
            if self._take_until is None:
                self._take_until = now + self._take_s
                self._tell(Place.AT_TAKE)
            elif now >= self._take_until:
                self._call_back(now)
        elif now >= self._moving_until:
            self._end(OutcomeUnknown("nothing_seen"), now)

    def _call_back(self, now: float) -> None:
        self._step = "back"
        self._say(c.CAPTURE, self._called_for, now)

    def _called_for(self, now: float) -> None:
        self._committed = True
        self._moving_until = now + MOVE_S
        self._tell(Place.CALLING_BACK)
        self._poll_at = now + BUSY_S

    def _called(self, flags: c.Flags, now: float) -> None:
        capture = self._command is not None and isinstance(self._commands[self._command], Capture)
        if flags.called_back:
            not_taken = Failed("not_taken", "it was called back", Fate.CAPTURED)
            self._end(Success(Fate.CAPTURED) if capture else not_taken, now)
        elif flags.taken:
            self._end(Success(Fate.TAKEN), now)
        elif flags.jammed:
            self._end(OutcomeUnknown("jammed"), now)
        elif now >= self._moving_until:
            self._end(OutcomeUnknown("not_called_back"), now)

    def _resolved(self, flags: c.Flags, now: float) -> None:
        if flags.called_back:
            self._end(Success(Fate.CAPTURED), now)
        elif flags.taken:
            self._end(Success(Fate.TAKEN), now)
        elif flags.at_take or flags.dispensing or flags.calling_back:
            self._committed, self._step = True, "watch"
            self._moving_until, self._take_until = now + MOVE_S, None
            self._watched(flags, now)
        else:
            self._end(OutcomeUnknown("jammed" if flags.jammed else "nothing_seen"), now)

    # Commands.

    def _on_opened(self, now: float) -> None:
        self._decoder = c.Decoder()
        self._said = self._by = self._then = None
        self._missed = 0
        self._forget()
        self._set_status(Status(Level.UNKNOWN, "asking"))
        self._say(c.POLL, None, now)

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._said = self._by = self._poll_at = None

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        steps: dict[type, str] = {Look: "look", Dispense: "check", Resolve: "resolve"}
        self._command = command_id
        if isinstance(command, Capture):
            self._step = "back"
            if self._said is None:
                self._call_back(now)
            return
        if type(command) not in steps:
            name = type(command).__name__
            self._complete(command_id, Failed("not_supported", f"no {name} here"), now)
            return
        self._step = steps[type(command)]
        if self._said is None:
            self._say(c.POLL, None, now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if command_id == self._command and self._committed:
            # It is on its way or lies there: nobody leaves it behind for the next one.
            if self._take_until is not None:
                self._take_until = now
            return
        self._complete(command_id, Cancelled(), now)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        if command_id == self._command and (self._committed or self._has_left(command_id)):
            return OutcomeUnknown(reason)
        return Failed("not_connected", "the dispenser is gone")

    def _end(self, completion: Completion, now: float) -> None:
        if self._command is not None:
            self._complete(self._command, completion, now)

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        if command_id == self._command:
            self._forget()

    def _forget(self) -> None:
        self._command, self._step, self._committed = None, "", False
        self._take_until = None

    def _tell(self, place: Place) -> None:
        if self._command is not None:
            self._report(Progress(self._command, place))

    # Time.

    def _on_ticked(self, now: float) -> None:
        if self._by is not None and now >= self._by:
            self._by = None
            for message in self._decoder.give_up():
                self._hear(message, now)
            if not self._enquired:
                self._say_again(TimedOut(), now)
            elif self._said == c.CLEAR:
                # Whether that is answered isn't said anywhere: the flags tell whether it was done.
                self._say(c.POLL, None, now)
            else:
                self._said = None
                self._miss(TimedOut(), now)
        if self._said is None and self._poll_at is not None and now >= self._poll_at:
            self._poll(now)

    def _poll(self, now: float) -> None:
        if self._committed and now >= self._moving_until and self._missed >= MISSED:
            self._end(OutcomeUnknown("no_answer"), now)
        if self._command is not None and self._step == "back" and not self._committed:
            self._call_back(now)
        else:
            self._say(c.POLL, None, now)

    def _next_tick(self) -> float | None:
        times = [x for x in (self._by, self._poll_at) if x is not None]
        return min(times, default=None)


def _status_of(flags: c.Flags) -> Status:
    """The dispenser's health, by the maker's priority; ready only if it says so itself."""
    if flags.failure:
        return Status(Level.UNAVAILABLE, "dispense_failure")
    if flags.jammed:
        return Status(Level.UNAVAILABLE, "jammed")
    if flags.bin_full:
        return Status(Level.UNAVAILABLE, "bin_full")
    if flags.dispensing or flags.calling_back:
        return Status(Level.BUSY, "dispensing" if flags.dispensing else "calling_back")
    if flags.at_take or flags.at_read:
        return Status(Level.BUSY, "booklet_waits")
    if flags.empty:
        return Status(Level.UNAVAILABLE, "empty")
    if not flags.ready:
        return Status(Level.UNAVAILABLE, "not_ready")
    return Status(Level.ATTENTION, "low") if flags.low else Status(Level.READY)
