"""ESC/POS: what a printer sends, as frozen messages, and the questions put to it. No I/O.

Source: receipt printer protocols, 3a (DLE EOT bits; ASB; `1D 72`). Every byte a printer sends
tells by fixed bits what it belongs to: a DLE EOT reply has b & 93 == 12, an ASB's first byte
b & 93 == 10, an answer to `1D 72` and an ASB's other three bytes b & 90 == 0, XON is 11, XOFF 13.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.status import Level, Status

BARRIER = b"\x1d\x72\x01"
"""Queued question: answered when everything before it is printed."""
QUESTIONS = (1, 2, 3, 4)
"""The DLE EOT questions that together make up a printer's state."""

_XON = 0x11
_XOFF = 0x13


def question(n: int) -> bytes:
    """DLE EOT n: answered in real time, overtaking what is in the buffer."""
    return bytes((0x10, 0x04, n))


@dataclass(frozen=True, slots=True)
class RealTimeReply:
    """The reply to a DLE EOT; it doesn't say to which."""

    byte: int


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """The answer to a `1D 72`."""

    byte: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes that the printer sends by itself when its state changes (ASB)."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Flow:
    """The printer's buffer is full (`go` False) or has room again."""

    go: bool


Message = RealTimeReply | QueuedReply | AutomaticStatus | Flow


class Decoder:
    """Sorts a printer's bytes, split in any way. Never raises; bytes of no kind are dropped."""

    def __init__(self) -> None:
        self._automatic = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Take more bytes; the messages that are whole now, in order."""
        messages: list[Message] = []
        for byte in data:
            message = self._take(byte)
            if message is not None:
                messages.append(message)
        return messages

    def _take(self, byte: int) -> Message | None:
        if byte in (_XON, _XOFF):
            return Flow(byte == _XON)
        if byte & 0x90 == 0:
            return self._take_plain(byte)
        # Only XON and XOFF may stand between the four bytes of an ASB.
        self._automatic.clear()
        if byte & 0x93 == 0x12:
            return RealTimeReply(byte)
        if byte & 0x93 == 0x10:
            self._automatic.append(byte)
        return None

    def _take_plain(self, byte: int) -> Message | None:
        if not self._automatic:
            return QueuedReply(byte)
        self._automatic.append(byte)
        if len(self._automatic) < 4:
            return None
        raw = bytes(self._automatic)
        self._automatic.clear()
        return AutomaticStatus(raw)


def status_of(replies: tuple[int, int, int, int]) -> Status:
    """The health that the replies to DLE EOT 1 to 4 add up to; the worst comes first."""
    general, offline, error, paper = replies
    detail = bytes(replies).hex(" ")
    if offline & 0x04:
        return Status(Level.UNAVAILABLE, "cover_open", detail)
    if paper & 0x60 or offline & 0x20:
        return Status(Level.UNAVAILABLE, "paper_out", detail)
    if error & 0x08:
        return Status(Level.UNAVAILABLE, "cutter_error", detail)
    if error & 0x20:
        return Status(Level.UNAVAILABLE, "printer_error", detail)
    if error & 0x44 or offline & 0x40:
        return Status(Level.UNAVAILABLE, "printer_recovering", detail)
    if offline & 0x08 or general & 0x40:
        return Status(Level.UNAVAILABLE, "paper_feeding", detail)
    if general & 0x28:
        return Status(Level.UNAVAILABLE, "offline", detail)
    if paper & 0x0C:
        return Status(Level.ATTENTION, "paper_low", detail)
    return Status(Level.READY)
