"""ZVT's bitmaps, in the simulator's own reading of "1.2 ZVT", Bitmaps (only what it uses)."""

from __future__ import annotations

from datetime import datetime

LENGTHS = {
    0x01: 1,
    0x02: 1,
    0x03: 1,
    0x04: 6,
    0x0B: 3,
    0x0C: 3,
    0x0D: 2,
    0x0E: 2,
    0x19: 1,
    0x27: 1,
    0x29: 4,
    0x49: 2,
    0x87: 2,
    0x88: 3,
}


def read(data: bytes) -> dict[int, bytes]:
    """The bitmaps of a command of the host, up to the first that isn't known here."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data) and (length := LENGTHS.get(data[at])) is not None:
        if at + 1 + length > len(data):
            break
        found[data[at]] = data[at + 1 : at + 1 + length]
        at += 1 + length
    return found


def read_after_password(data: bytes) -> dict[int, bytes]:
    """The same behind a password of three bytes."""
    return read(data[3:])


def bcd(number: int, size: int) -> bytes:
    return bytes.fromhex(str(number).rjust(2 * size, "0"))


def fen(value: bytes) -> int | None:
    """An amount of six BCD bytes; None if it is none."""
    return int(value.hex()) if len(value) == 6 and value.hex().isdecimal() else None


def variable(value: bytes, digits: int = 2) -> bytes:
    """LL or LLL in front of a value."""
    return bytes(0xF0 + int(x) for x in str(len(value)).rjust(digits, "0")) + value


def masked_pan(pan: str) -> str:
    """All but the last four digits replaced by E."""
    return "E" * (len(pan) - 4) + pan[-4:]


def info_fields(
    amount_fen: int,
    currency: bytes,
    trace: int,
    receipt: int,
    now: datetime,
    method: str,
    pan: str,
) -> bytes:
    """A status of something that went well. A card brings its number, tracks and expiry too."""
    out = b"\x27\x00\x04" + bcd(amount_fen, 6) + b"\x49" + currency
    out += b"\x0b" + bcd(trace, 3)
    out += b"\x0c" + bytes.fromhex(now.strftime("%H%M%S"))
    out += b"\x0d" + bytes.fromhex(now.strftime("%m%d"))
    if pan:
        digits = pan + "F" * (len(pan) % 2)
        out += b"\x0e\x30\x12\x17\x00\x01"
        out += b"\x22" + variable(bytes.fromhex(digits))
        out += b"\x23" + variable(bytes.fromhex(digits[:16].replace("E", "0") + "D3012201F"[:8]))
    out += b"\x29\x12\x34\x56\x78" + b"\x2a" + b"100000000000000"
    out += b"\x87" + bcd(receipt, 2) + b"\x88" + bcd(trace, 3)
    if method:
        out += b"\x8b" + variable(method.encode("ascii", "replace") + b"\0")
    if pan:
        out += b"\x06\x04\x1f\x12\x01\x02"
    return out
