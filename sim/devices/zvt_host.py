"""The terminal's side of ZVT between commands: what it says, and whether it is answered."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Literal

from sim.devices.model import Model, Timer
from sim.devices.zvt_wire import Blocks, Plain, Transport
from sim.faults import Faults

ANSWER_S, T3_S = 0.05, 5.0

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
        if control >> 8 in (0x80, 0x84):
            awaiting = self._awaiting
            if awaiting is not None and not self._strikes("answer_unheard"):
                self._stop_waiting()
                awaiting(control, data)
            return
        self._after(ANSWER_S, lambda: self._command(control, data))

    def _ask_host(self, control: int, data: bytes, then: OnAnswer) -> None:
        """Say something whose answer matters; silence is answered as 0."""
        self._stop_waiting()
        self._awaiting = then
        self._patience = self._after(T3_S, lambda: self._unanswered(then))
        self._say(control, data)

    def _unanswered(self, then: OnAnswer) -> None:
        self._awaiting = self._patience = None
        then(0, b"")

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._awaiting = self._patience = None
