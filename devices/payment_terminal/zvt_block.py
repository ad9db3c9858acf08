"""Blocks of the ZVT serial line: bytes to frozen blocks and back. No I/O, no clock.

Source: payment terminal protocols, 1.2 (PA00P016). A block is `10 02`, the APDU with each 10
doubled, `10 03` and a CRC, low byte first: poly 8408 reflected, start 0000, over the undoubled
APDU and the byte 03 (CRC-16/KERMIT). ACK is 06 and NAK is 15, each a byte of its own.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from enum import Enum, auto

DLE, STX, ETX = 0x10, 0x02, 0x03
ACK, NAK = b"\x06", b"\x15"
LONGEST = 5 + 0xFFFF
"""The longest APDU, in bytes: more than that is no block."""

_START, _END, _DOUBLED = bytes((DLE, STX)), bytes((DLE, ETX)), bytes((DLE, DLE))
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True)
class Ack:
    """The block arrived."""


@dataclass(frozen=True, slots=True)
class Nak:
    """The block arrived damaged."""


@dataclass(frozen=True, slots=True)
class Block:
    """A good block; `apdu` is what it carried."""

    apdu: bytes


@dataclass(frozen=True, slots=True)
class Damaged:
    """A block of `length` bytes that came cut or with a wrong CRC: it wants a NAK."""

    length: int


@dataclass(frozen=True, slots=True)
class Noise:
    """So many bytes that belong to nothing."""

    length: int


Piece = Ack | Nak | Block | Damaged | Noise


def crc(data: bytes) -> int:
    """CRC-16/KERMIT, which is the mirror image of the CRC that binascii computes."""
    mirrored = binascii.crc_hqx(data.translate(_MIRRORED), 0)
    return _MIRRORED[mirrored & 0xFF] << 8 | _MIRRORED[mirrored >> 8]


def encode(apdu: bytes) -> bytes:
    """The block that carries `apdu`."""
    check = crc(apdu + bytes((ETX,))).to_bytes(2, "little")
    return _START + apdu.replace(bytes((DLE,)), _DOUBLED) + _END + check


class _In(Enum):
    NOTHING = auto()
    DLE_SEEN = auto()
    BODY = auto()
    BODY_DLE = auto()
    CRC_LOW = auto()
    CRC_HIGH = auto()


class Decoder:
    """Finds blocks and single bytes in any split of the stream. Never raises; linear time.

    Within a block a 10 is doubled, so `10 02` always begins a new one: no look back is needed.
    """

    def __init__(self) -> None:
        self._in = _In.NOTHING
        self._body = bytearray()
        self._length = 0
        self._low = 0
        self._noise = 0

    @property
    def pending(self) -> int:
        """How many bytes of a block that isn't whole have come."""
        return self._length

    def clear(self) -> None:
        """Forget what is held."""
        self._begin(_In.NOTHING, 0)
        self._noise = 0

    def feed(self, data: bytes) -> list[Piece]:
        """Take more bytes; what is whole now, in order."""
        found: list[Piece] = []
        at = 0
        while at < len(data):
            if self._in is _In.BODY:
                stop = data.find(DLE, at)
                stop = len(data) if stop < 0 else stop
                self._body += data[at:stop]
                self._length += stop - at
                at = stop
                if len(self._body) > LONGEST:
                    self._break_off(found)
                elif at < len(data):
                    self._length += 1
                    self._in = _In.BODY_DLE
                    at += 1
            else:
                self._take(data[at], found)
                at += 1
        self._tell_noise(found)
        return found

    def give_up(self) -> list[Piece]:
        """The rest of a block isn't coming (T1)."""
        found: list[Piece] = []
        if self._length:
            self._break_off(found)
        return found

    def _take(self, byte: int, found: list[Piece]) -> None:
        match self._in:
            case _In.NOTHING | _In.BODY:
                self._outside(byte, found)
            case _In.DLE_SEEN:
                if byte == STX:
                    self._tell_noise(found)
                    self._begin(_In.BODY, 2)
                else:
                    self._noise += 1
                    self._begin(_In.NOTHING, 0)
                    self._outside(byte, found)
            case _In.BODY_DLE:
                self._after_dle(byte, found)
            case _In.CRC_LOW:
                self._low = byte
                self._length += 1
                self._in = _In.CRC_HIGH
            case _In.CRC_HIGH:
                self._length += 1
                self._finish(self._low | byte << 8, found)

    def _outside(self, byte: int, found: list[Piece]) -> None:
        if byte == DLE:
            self._begin(_In.DLE_SEEN, 1)
        elif byte in (ACK[0], NAK[0]):
            self._tell_noise(found)
            found.append(Ack() if byte == ACK[0] else Nak())
        else:
            self._noise += 1

    def _after_dle(self, byte: int, found: list[Piece]) -> None:
        if byte == DLE:
            self._length += 1
            self._body.append(DLE)
            self._in = _In.BODY
        elif byte == ETX:
            self._length += 1
            self._in = _In.CRC_LOW
        elif byte == STX:
            found.append(Damaged(self._length - 1))
            self._begin(_In.BODY, 2)
        else:
            self._break_off(found)
            self._outside(byte, found)

    def _finish(self, check: int, found: list[Piece]) -> None:
        apdu = bytes(self._body)
        good = crc(apdu + bytes((ETX,))) == check
        found.append(Block(apdu) if good else Damaged(self._length))
        self._begin(_In.NOTHING, 0)

    def _break_off(self, found: list[Piece]) -> None:
        if self._in is _In.DLE_SEEN:
            found.append(Noise(self._length))
        else:
            found.append(Damaged(self._length))
        self._begin(_In.NOTHING, 0)

    def _begin(self, state: _In, length: int) -> None:
        self._in = state
        self._length = length
        self._body.clear()

    def _tell_noise(self, found: list[Piece]) -> None:
        if self._noise:
            found.append(Noise(self._noise))
            self._noise = 0
