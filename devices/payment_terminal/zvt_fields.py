"""The fields of a ZVT APDU: bitmaps (BMPs) of fixed, LL, LLL and TLV length. Pure.

Sources: payment terminal protocols, 1.2 (the table of bitmaps; LL and LLL have a byte for each
decimal digit, F0 to F9; TLV lengths are BER). The lengths of bitmaps that the table doesn't name,
and of 3A, are those on which two public implementations agree (Wireshark's ZVT dissector, and
github Portalum/Portalum.Zvt): without them nothing behind such a field could be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TIMEOUT, MOST_ASKS, AMOUNT, TLV = 0x01, 0x02, 0x04, 0x06
TRACE, TIME, DATE, EXPIRY = 0x0B, 0x0C, 0x0D, 0x0E
PAYMENT_TYPE, PAN, TRACK_2, TRACK_3 = 0x19, 0x22, 0x23, 0x24
RESULT, TERMINAL_ID, MERCHANT_NO, TRACK_1 = 0x27, 0x29, 0x2A, 0x2D
CVV, AUTHORISATION, TEXT, CURRENCY = 0x3A, 0x3B, 0x3C, 0x49
RECEIPT, TURNOVER, CARD_NAME = 0x87, 0x88, 0x8B
SENSITIVE = frozenset((PAN, TRACK_2, TRACK_3, EXPIRY, TRACK_1, CVV, TLV))
"""What recordings must not hold. All of a TLV container counts: track tags hide in it."""

_FIXED = {
    TIMEOUT: 1,
    MOST_ASKS: 1,
    0x03: 1,
    AMOUNT: 6,
    0x05: 1,
    TRACE: 3,
    TIME: 3,
    DATE: 2,
    EXPIRY: 2,
    0x17: 2,
    PAYMENT_TYPE: 1,
    RESULT: 1,
    TERMINAL_ID: 4,
    MERCHANT_NO: 15,
    0x37: 3,
    CVV: 2,
    AUTHORISATION: 8,
    0x3D: 3,
    CURRENCY: 2,
    RECEIPT: 2,
    TURNOVER: 3,
    0x8A: 1,
    0x8C: 1,
    0xA0: 1,
    0xAA: 3,
    0xBA: 5,
}
_DIGITS = {
    PAN: 2,
    TRACK_2: 2,
    TRACK_3: 3,
    TRACK_1: 2,
    TEXT: 3,
    0x60: 3,
    CARD_NAME: 2,
    0x9A: 3,
    0xA7: 2,
    0xAF: 3,
}
"""By bitmap, how many digits its length has: two (LL) or three (LLL)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One bitmap. `at` is where its value begins in the data it was found in."""

    number: int
    value: bytes
    at: int


def fields(data: bytes) -> Iterator[Field]:
    """The fields in order, as far as they can be read: behind one of unknown length or cut short
    nothing is known. Never raises.
    """
    at = 0
    while at < len(data):
        begin = _value_at(data, at)
        if begin is None or begin[1] > len(data):
            return
        start, end = begin
        yield Field(data[at], data[start:end], start)
        at = end


def read_to(data: bytes) -> int:
    """How many bytes of `data` are whole fields; less than all of them means that some can't be
    read.
    """
    last = None
    for last in fields(data):  # noqa: B007
        continue
    return 0 if last is None else last.at + len(last.value)


def ll(value: bytes, digits: int = 2) -> bytes:
    """The length of `value` as LL or LLL, and the value; ValueError if it is too long."""
    if len(value) >= 10**digits:
        raise ValueError(f"{len(value)} bytes don't fit {digits} digits")
    return bytes(0xF0 | int(x) for x in f"{len(value):0{digits}d}") + value


def bcd(number: int, size: int) -> bytes:
    """A number as `size` bytes of BCD; ValueError if it is negative or doesn't fit."""
    if not 0 <= number < 100**size:
        raise ValueError(f"{number} doesn't fit {size} bytes of BCD")
    return bytes.fromhex(f"{number:0{2 * size}d}")


def digits_of(value: bytes) -> str:
    """BCD as text; empty if there is a nibble that is no decimal digit."""
    text = value.hex()
    return text if text.isdecimal() else ""


def _value_at(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the value of the field at `at` begins and ends; None if that can't be known."""
    number = data[at]
    if number in _FIXED:
        return at + 1, at + 1 + _FIXED[number]
    if number == TLV:
        return _ber(data, at + 1)
    if number not in _DIGITS:
        return None
    start = at + 1 + _DIGITS[number]
    length = 0
    for byte in data[at + 1 : start]:
        if not 0xF0 <= byte <= 0xF9:
            return None
        length = length * 10 + (byte & 0x0F)
    return start, start + length


def _ber(data: bytes, at: int) -> tuple[int, int] | None:
    """Begin and end of a value whose BER length (below 80, 81 nn, 82 nnnn) stands at `at`."""
    if at >= len(data):
        return None
    first = data[at]
    if first < 0x80:
        return at + 1, at + 1 + first
    size = first & 0x7F
    if size not in (1, 2) or at + 1 + size > len(data):
        return None
    return at + 1 + size, at + 1 + size + int.from_bytes(data[at + 1 : at + 1 + size], "big")
