"""ZVT APDUs: bytes to frozen APDUs and back. No I/O, no clock.

Source: payment terminal protocols, 1.2 (PA00P015: "APDU"; PA00P016: over TCP plain APDUs without
framing). An APDU is class, instruction, a length of one byte (FF: the length follows in two bytes,
little endian) and that many bytes of data.
"""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = frozenset((0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84))
"""The classes of PA00P015. A stream without framing begins anew at one of these."""
LONGEST_DATA = 0xFFFF
_LONG = 0xFF


@dataclass(frozen=True, slots=True)
class Apdu:
    """One APDU. `control` is class and instruction (0x0601), or class and answer (0x8400)."""

    control: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Noise:
    """So many bytes that belong to nothing."""

    length: int


def encode(apdu: Apdu) -> bytes:
    """The APDU's bytes; ValueError if the data is longer than a length can say."""
    size = len(apdu.data)
    if size > LONGEST_DATA:
        raise ValueError(f"an APDU carries at most {LONGEST_DATA} bytes")
    length = bytes((size,)) if size < _LONG else bytes((_LONG,)) + size.to_bytes(2, "little")
    return apdu.control.to_bytes(2, "big") + length + apdu.data


def parse(raw: bytes) -> Apdu | None:
    """The APDU that these bytes are, neither more nor fewer of them; None if they are none."""
    size = _size_at(raw, 0)
    if size is None or size != len(raw):
        return None
    return _cut(raw, 0, size)


class Decoder:
    """Cuts a TCP stream into APDUs. Never raises; linear time.

    A stream without framing can't prove where an APDU begins: bytes that are no class are passed
    over, and a driver that doubts what it hears opens the connection anew.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """How many bytes of an APDU that isn't whole are held."""
        return len(self._buffer)

    def clear(self) -> None:
        """Forget what is held."""
        self._buffer.clear()

    def feed(self, data: bytes) -> list[Apdu | Noise]:
        """Take more bytes; what is whole now, in order."""
        self._buffer += data
        found: list[Apdu | Noise] = []
        at = 0
        while at < len(self._buffer):
            start = self._next_start(at)
            if start > at:
                found.append(Noise(start - at))
                at = start
                continue
            size = _size_at(self._buffer, at)
            if size is None or len(self._buffer) - at < size:
                break
            found.append(_cut(self._buffer, at, size))
            at += size
        del self._buffer[:at]
        return found

    def give_up(self) -> list[Apdu | Noise]:
        """The rest isn't coming: what is held was noise."""
        held = len(self._buffer)
        self._buffer.clear()
        return [Noise(held)] if held else []

    def _next_start(self, at: int) -> int:
        end = len(self._buffer)
        while at < end and self._buffer[at] not in CLASSES:
            at += 1
        return at


def _size_at(raw: bytes | bytearray, at: int) -> int | None:
    """The size of the APDU that begins here; None while its length isn't there yet."""
    held = len(raw) - at
    if held < 3:
        return None
    if raw[at + 2] != _LONG:
        return 3 + raw[at + 2]
    return 5 + int.from_bytes(raw[at + 3 : at + 5], "little") if held >= 5 else None


def _cut(raw: bytes | bytearray, at: int, size: int) -> Apdu:
    head = 5 if raw[at + 2] == _LONG else 3
    control = int.from_bytes(raw[at : at + 2], "big")
    return Apdu(control, bytes(raw[at + head : at + size]))
