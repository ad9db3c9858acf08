"""MDER, the byte encoding of IEEE 11073: big-endian, lists with count and length.

Source: blood-pressure meter protocol, 1a.
"""

from __future__ import annotations

from collections.abc import Iterator

_NAN, _POSITIVE_INFINITY, _NEGATIVE_INFINITY, _NOT_AT_THIS_RESOLUTION, _RESERVED = (
    0x07FF,
    0x07FE,
    0x0802,
    0x0800,
    0x0801,
)
_NO_VALUE = (_NAN, _POSITIVE_INFINITY, _NEGATIVE_INFINITY, _NOT_AT_THIS_RESOLUTION, _RESERVED)


class ShortError(ValueError):
    """The bytes end before what they announce."""


class Reader:
    """Takes values off the front of some bytes; `ShortError` when there are too few."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not taken yet."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > self.left:
            raise ShortError(f"{count} bytes wanted, {self.left} left")
        self._at += count
        return self._data[self._at - count : self._at]

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def octets(self) -> bytes:
        """A string of bytes behind its length."""
        return self.take(self.u16())

    def items(self) -> Iterator[Reader]:
        """A list behind its count and its length: the same reader, bounded, for each item."""
        count = self.u16()
        inner = Reader(self.octets())
        for _ in range(count):
            if not inner.left:
                raise ShortError(f"a list of {count} ends early")
            yield inner


def u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def octets(data: bytes) -> bytes:
    """Bytes behind their length."""
    return u16(len(data)) + data


def listed(items: list[bytes]) -> bytes:
    """Items behind their count and their length."""
    return u16(len(items)) + octets(b"".join(items))


def sfloat(raw: int) -> float | None:
    """The value of an SFLOAT (exponent 4 bits, mantissa 12, both signed); None for no number.

    NaN means "no reading", never 0 (blood-pressure meter protocol, 1a).
    """
    if raw in _NO_VALUE:
        return None
    exponent, mantissa = raw >> 12, raw & 0x0FFF
    exponent -= 16 if exponent >= 8 else 0
    mantissa -= 0x1000 if mantissa >= 0x0800 else 0
    return float(mantissa * 10**exponent)


def absolute_time(data: bytes) -> str | None:
    """Eight BCD bytes as ``2026-11-22T20:18:51.50``; None where a digit is none.

    The meter's own clock: nothing is decided by it.
    """
    text = data.hex()
    if len(text) != 16 or not text.isdecimal():
        return None
    century, year, month, day, hour, minute, second, part = (
        text[i : i + 2] for i in range(0, 16, 2)
    )
    return f"{century}{year}-{month}-{day}T{hour}:{minute}:{second}.{part}"
