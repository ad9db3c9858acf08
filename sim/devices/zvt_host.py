"""The terminal's side of ZVT between commands: what it says, and whether it is answered."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Literal

from sim.devices.model import Model, Timer
from sim.devices.zvt_wire import Blocks, Plain, Transport
from sim.faults import Faults

ANSWER_S, T3_S = 0.05, 5.0
STATUS_INFO = 0x040F

OnAnswer = Callable[[int, bytes], None]


class HostSide(Model):
    """`framing` is "blocks" (serial) or "plain" (TCP)."""

    def __init__(self, faults: Faults, device_id: str, framing: Literal["blocks", "plain"]) -> None:
        super().__init__(device_id)
        self._faults = faults
        self._transport: Transport = (
            Plain(self._write, self._heard)
            if framing == "plain"
            else Blocks(self, faults, self._write, self._after, self._heard)
        )
        self._questions: deque[tuple[int, bytes, OnAnswer, bool]] = deque()
        self._asked = 0
        self._awaiting: OnAnswer | None = None
        self._patience: Timer | None = None
        self._rebooting = False

    @abstractmethod
    def _command(self, control: int, data: bytes) -> None:
        """The host has commanded something."""

    def receive(self, data: bytes) -> None:
        if not self._rebooting and not self._hangs():
            self._transport.receive(data)

    def link_down(self) -> None:
        super().link_down()
        self._transport.drop()

    def _hangs(self) -> bool:
        return self._faults.waiting(self.device_id, "silent")

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None

    def _say(self, control: int, data: bytes = b"") -> None:
        if not self._rebooting and not self._hangs():
            self._transport.send(control, data)

    def _heard(self, control: int, data: bytes) -> None:
        if control >> 8 not in (0x80, 0x84):
            self._after(ANSWER_S, lambda: self._command(control, data))
            return
        awaiting = self._awaiting
        if awaiting is None or (self._asked == STATUS_INFO and self._strikes("answer_unheard")):
            return
        self._end_waiting()
        awaiting(control, data)
        self._next_question()

    def _ask_host(self, control: int, data: bytes, then: OnAnswer, lost: bool = False) -> None:
        """Say something whose answer matters; silence is answered as 0.

        One thing is said at a time: the next waits until this one is answered, or T3 is over.
        A `lost` one never leaves.
        """
        self._questions.append((control, data, then, lost))
        self._next_question()

    def _tell(self, control: int, data: bytes = b"") -> None:
        """Say something whose answer doesn't matter."""
        self._ask_host(control, data, lambda *_: None)

    def _next_question(self) -> None:
        if self._awaiting is not None or not self._questions:
            return
        self._asked, data, then, lost = self._questions.popleft()
        self._awaiting = then
        self._patience = self._after(T3_S, lambda: self._unanswered(then))
        if not lost:
            self._say(self._asked, data)

    def _unanswered(self, then: OnAnswer) -> None:
        self._awaiting = self._patience = None
        then(0, b"")
        self._next_question()

    def _end_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._awaiting = self._patience = None

    def _forget_questions(self) -> None:
        self._end_waiting()
        self._questions.clear()
