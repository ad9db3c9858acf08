"""The ID-card reader: lay a card on it, and what stands on it comes once. Nothing is kept.

Reading takes nothing and can be done again, so a reading that fails is begun anew from find; the
reader itself finds a card again only when it has been lifted. Source: ID-card reader and
record-booklet dispenser, 5a; Serial and USB on Linux, "Liveness".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from devices.driver import Driver, Progress
from devices.id_reader import codec as c
from devices.operations import Operation, Parameter
from devices.status import Cancelled, Completion, Failed, Level, Status, Success, TimedOut

ANSWER_S, READ_S = 1.0, 4.0
"""Find and select answer at once; a read takes 1 to 1.5 s."""
FIND_AGAIN_S = 0.3
IDLE_S = 5.0
MISSED = 2
TRIES = 3


@dataclass(frozen=True, slots=True)
class Identify:
    """Ask the reader for its SAM's number; Success carries it in hexadecimal."""


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Wait for a card and read it; Progress "found" when one lies there.

    Success(Identity). Failed: "check_digit", "other_layout", or the reader's code. TimedOut: no
    card within ``wait_s`` seconds.
    """

    wait_s: float = 30.0


class SamVReader(Driver):
    """One reader. It answers; what it says of a card leaves with the completion.

    ``idle_s``: how often it is asked how it is while nobody wants anything (seconds).
    """

    default_baud: ClassVar[int] = 115200
    operations: ClassVar[Mapping[str, Operation]] = {
        "identify": Operation("the number of its security module", Identify),
        "read": Operation(
            "wait for a card and read it",
            ReadCard,
            {"wait_s": Parameter(float, "seconds to wait for a card", 30.0)},
            patience_s=90.0,
        ),
    }

    def __init__(self, idle_s: float = IDLE_S) -> None:
        super().__init__()
        self._idle_s = idle_s
        self._decoder = c.Decoder()
        self._asked: bytes | None = None
        self._by: float | None = None
        self._ask_at: float | None = None
        self._missed = 0
        self._command: int | None = None
        self._until = 0.0
        self._tries = 0

    def _ask(self, command: bytes, now: float) -> None:
        self._asked, self._ask_at = command, None
        self._by = now + (READ_S if command == c.READ else ANSWER_S)
        self._send(c.encode(command), self._command)

    def _on_opened(self, now: float) -> None:
        self._decoder = c.Decoder()
        self._command, self._missed = None, 0
        self._set_status(Status(Level.UNKNOWN, "asking"))
        self._ask(c.STATUS, now)

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._decoder = c.Decoder()
        self._asked = self._by = self._ask_at = None

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:  # noqa: ARG002
        return Failed("not_connected", "the reader is gone")

    def _on_received(self, data: bytes, now: float) -> None:
        for message in self._decoder.feed(data):
            if isinstance(message, c.Noise) or self._asked is None:
                continue
            asked, self._asked, self._by = self._asked, None, None
            self._missed = 0
            self._set_status(Status(Level.READY))
            self._ask_at = now + self._idle_s
            self._answered(asked, message, now)

    def _answered(self, asked: bytes, message: c.Message, now: float) -> None:
        command = self._commands.get(self._command) if self._command is not None else None
        if isinstance(command, Identify):
            self._identified(asked, message, now)
        elif isinstance(command, ReadCard):
            self._step(asked, message, now)

    def _identified(self, asked: bytes, message: c.Message, now: float) -> None:
        if asked != c.SAM_ID:
            self._ask(c.SAM_ID, now)
        elif isinstance(message, c.Answer) and message.status == c.GOOD:
            self._end(Success(message.payload.hex()), now)
        else:
            self._end(_failed(message), now)

    def _step(self, asked: bytes, message: c.Message, now: float) -> None:
        """Find, select, read: each only behind the one before."""
        status = message.status if isinstance(message, c.Answer) else c.GOOD
        if isinstance(message, c.CardText):
            if asked == c.READ:
                self._end(_card(message), now)
            else:
                self._find_later(now)
        elif asked == c.FIND and status == c.FOUND:
            if self._command is not None and not self._tries:
                self._report(Progress(self._command, "found"))
            self._ask(c.SELECT, now)
        elif asked == c.SELECT and status == c.GOOD:
            self._ask(c.READ, now)
        elif asked in (c.SELECT, c.READ):
            self._tries += 1
            if self._tries >= TRIES:
                self._end(_failed(message), now)
            else:
                self._find_later(now)
        else:
            self._find_later(now)

    def _find_later(self, now: float) -> None:
        if now >= self._until:
            self._end(TimedOut(), now)
        else:
            self._ask_at = now + FIND_AGAIN_S

    # Commands.

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if not isinstance(command, Identify | ReadCard):
            name = type(command).__name__
            self._complete(command_id, Failed("not_supported", f"no {name} here"), now)
            return
        self._command, self._tries = command_id, 0
        self._until = now + (command.wait_s if isinstance(command, ReadCard) else 0.0)
        if self._asked is None:
            self._begin(now)

    def _begin(self, now: float) -> None:
        command = self._commands[self._command] if self._command is not None else None
        self._ask(c.SAM_ID if isinstance(command, Identify) else c.FIND, now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        self._complete(command_id, Cancelled(), now)

    def _on_completed(self, command_id: int, now: float) -> None:
        if command_id == self._command:
            self._command = None
            if self._asked is None and self._is_open:
                self._ask_at = now + self._idle_s

    def _end(self, completion: Completion, now: float) -> None:
        if self._command is not None:
            self._complete(self._command, completion, now)

    # Time.

    def _on_ticked(self, now: float) -> None:
        if self._by is not None and now >= self._by:
            self._asked = self._by = None
            self._decoder = c.Decoder()  # half an answer is no answer, and isn't kept
            self._missed += 1
            if self._missed >= MISSED:
                self._set_status(Status(Level.UNAVAILABLE, "no_answer"))
                self._end(TimedOut(), now)
            self._ask_at = now + FIND_AGAIN_S
        if self._asked is None and self._ask_at is not None and now >= self._ask_at:
            if self._command is not None:
                self._begin(now)
            else:
                self._ask(c.STATUS, now)

    def _next_tick(self) -> float | None:
        return min((x for x in (self._by, self._ask_at) if x is not None), default=None)


def _card(message: c.CardText) -> Completion:
    identity = message.identity
    if identity is None:
        return Failed("other_layout", "a card of another kind than a resident's")
    if not c.number_is_good(identity.number):
        return Failed("check_digit", "the number on the card has a wrong check digit")
    return Success(identity)


def _failed(message: c.Message) -> Failed:
    status = message.status if isinstance(message, c.Answer) else 0
    return Failed(f"{status:02X}", c.MEANINGS.get(status, ""))
