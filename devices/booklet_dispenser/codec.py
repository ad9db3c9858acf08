"""QU-CD-720M/820M frames: bytes ⇄ messages, without I/O.

A command is ``02 C1 C2 03 BCC``; the dispenser says ACK or NAK, and acts or answers only when the
host has then said ENQ. An answer is ``02 R1 R2 D1 D2 D3 03 BCC``; BCC is the XOR of all before it.
Source: ID-card reader and record-booklet dispenser, 5b.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass

STX, ETX, ENQ_BYTE, ACK_BYTE, NAK_BYTE = 0x02, 0x03, 0x05, 0x06, 0x15
ENQ = bytes((ENQ_BYTE,))
DISPENSE, CAPTURE, STATE, RESET, POLL, CLEAR, VERSION = (
    b"DC",
    b"CP",
    b"RF",
    b"ST",
    b"PB",
    b"PC",
    b"GV",
)
_ANSWER_LENGTH = 8
_FLAG_ANSWERS = (POLL, CLEAR)


@dataclass(frozen=True, slots=True)
class Ack:
    """The command was understood; it waits for ENQ."""


@dataclass(frozen=True, slots=True)
class Nak:
    """The command was not understood."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The twelve bits of PB. ``taken`` and ``called_back`` stay until they are cleared (PC)."""

    bin_full: bool = False
    failure: bool = False
    calling_back: bool = False
    dispensing: bool = False
    low: bool = False
    jammed: bool = False
    called_back: bool = False
    taken: bool = False
    ready: bool = False
    at_read: bool = False
    at_take: bool = False
    empty: bool = False


_FLAG_ORDER = tuple(Flags.__slots__)
"""From D1 bit 0 to D3 bit 3, as the fields stand."""


@dataclass(frozen=True, slots=True)
class State:
    """The answer to RF: three digits, one condition by the maker's priority."""

    digits: str


@dataclass(frozen=True, slots=True)
class Version:
    """``"315"`` is 3.15."""

    digits: str


@dataclass(frozen=True, slots=True)
class Noise:
    """So many bytes that belong to nothing."""

    length: int


Message = Ack | Nak | Flags | State | Version | Noise


def encode(command: bytes) -> bytes:
    """The frame of a command."""
    body = bytes((STX,)) + command + bytes((ETX,))
    return body + bytes((functools.reduce(operator.xor, body),))


class Decoder:
    """Finds answers in any split of the stream; a bad one costs one byte, then it looks again."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes that may yet become an answer."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Message]:
        """The messages complete with these bytes."""
        self._buffer += data
        found: list[Message] = []
        at = noise = 0
        while at < len(self._buffer):
            byte = self._buffer[at]
            length = 1
            message: Message | None = None
            if byte == ACK_BYTE:
                message = Ack()
            elif byte == NAK_BYTE:
                message = Nak()
            elif byte == STX:
                length = _ANSWER_LENGTH
                if at + length > len(self._buffer):
                    if self._may_become(at):
                        break
                    length = 1
                else:
                    message = _answer(bytes(self._buffer[at : at + length]))
            if message is None:
                at, noise = at + 1, noise + 1
                continue
            if noise:
                found.append(Noise(noise))
                noise = 0
            found.append(message)
            at += length
        if noise:
            found.append(Noise(noise))
        del self._buffer[:at]
        return found

    def give_up(self) -> list[Message]:
        """An answer that was never finished is noise; what follows its first byte is looked at."""
        if not self._buffer:
            return []
        rest = bytes(self._buffer[1:])
        self._buffer.clear()
        return [Noise(1), *self.feed(rest)]

    def _may_become(self, at: int) -> bool:
        """Whether what has come of an answer could be one: letters, then digits."""
        name, digits = self._buffer[at + 1 : at + 3], self._buffer[at + 3 : at + 6]
        return all(0x41 <= x <= 0x5A for x in name) and all(0x30 <= x <= 0x3F for x in digits)


def _answer(raw: bytes) -> Message | None:
    if raw[-2] != ETX or functools.reduce(operator.xor, raw):
        return None
    name, digits = raw[1:3], raw[3:6]
    if any(not 0x30 <= x <= 0x3F for x in digits):
        return None
    if name in _FLAG_ANSWERS:
        bits = [bool(digit >> bit & 1) for digit in digits for bit in range(4)]
        return Flags(**dict(zip(_FLAG_ORDER, bits, strict=True)))
    if name == b"SF":
        return State(digits.decode("ascii"))
    return Version(digits.decode("ascii")) if name == VERSION else None
