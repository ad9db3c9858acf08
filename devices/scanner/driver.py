"""The barcode scanner on a CDC serial port. It never answers: present or absent is all it says.

Sources: scanner protocols, 3; Serial and USB on Linux, "Liveness".
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol

from devices.driver import Driver, Notice
from devices.operations import Operation
from devices.scanner.codec import Decoder, Scanned
from devices.status import Completion, Failed, Level, Status

GAP_S = 0.5
"""A line that stops for so long is given up: a whole one takes some 30 ms at 9600 baud."""


class CodeDecoder(Protocol):
    """The codec of one kind of scanner."""

    @property
    def pending(self) -> bool:
        """Whether a code has begun that has not ended."""
        ...

    def feed(self, data: bytes) -> list[Scanned]:
        """The codes that ended with these bytes."""
        ...

    def give_up(self) -> list[Scanned]:
        """What is left is all that comes."""
        ...


class Scanner(Driver):
    """Reports each code as Notice(Scanned(...)); it has no commands."""

    operations: ClassVar[Mapping[str, Operation]] = {
        "listen": Operation("wait for the next code", None, patience_s=60.0)
    }
    gap_s: ClassVar[float]
    """The decoder gives up when nothing has come for so long (seconds)."""

    def __init__(self) -> None:
        super().__init__()
        self._decoder = self._new_decoder()
        self._give_up_at: float | None = None
        self.last_code_at: float | None = None
        """When the last code came (monotonic seconds)."""

    @abstractmethod
    def _new_decoder(self) -> CodeDecoder:
        """A decoder for a new connection."""

    def _on_opened(self, now: float) -> None:  # noqa: ARG002
        self._decoder = self._new_decoder()
        self._give_up_at = None
        self._set_status(Status(Level.READY))

    def _on_received(self, data: bytes, now: float) -> None:
        for code in self._decoder.feed(data):
            self.last_code_at = now
            self._report(Notice(code))
        self._give_up_at = now + self.gap_s if self._decoder.pending else None

    def _on_ticked(self, now: float) -> None:
        if self._give_up_at is not None and now >= self._give_up_at:
            self._give_up_at = None
            for code in self._decoder.give_up():
                self._report(Notice(code))

    def _next_tick(self) -> float | None:
        return self._give_up_at

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        name = type(command).__name__
        self._complete(command_id, Failed("not_supported", f"a scanner can't do {name}"), now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        """Nothing runs here: every command has failed when it was submitted."""

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:  # noqa: ARG002
        return Failed("not_connected", "the scanner is gone")


class CdcScanner(Scanner):
    """A scanner that sends lines."""

    gap_s: ClassVar[float] = GAP_S

    def _new_decoder(self) -> Decoder:
        return Decoder()
