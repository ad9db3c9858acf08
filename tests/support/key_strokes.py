"""What the kernel says of a keyboard, and codes to be scanned."""

from __future__ import annotations

from devices.scanner.codec import Scanned
from sim.devices.scanner_hid import KEYS, record

BILL = "910000000000000000000000000"
ORDER = "SX13801261122000001ABCDEZ"
PAYMENT = "28" + "0" * 14 + "17"
UNREADABLE = Scanned("", kind="unreadable")
ENTER, SHIFT = 28, 42
# As the kernel of a 64-bit machine writes them: "1" goes down at 5.25 s, its usage before it.
ONE_DOWN = bytes.fromhex(
    "0500000000000000 90d0030000000000 0400 0400 1e000700"
    "0500000000000000 90d0030000000000 0100 0200 01000000"
    "0500000000000000 90d0030000000000 0000 0000 00000000"
)


def typed(text: str, at: float = 10.0, suffix: int | None = ENTER) -> bytes:
    """What the kernel says when a keyboard types this, one report in 4 ms."""
    out = b""
    strokes: list[tuple[int, int]] = []
    for char in text:
        key, shifted = KEYS[char]
        one = [(key, 1), (key, 0)]
        strokes += [(SHIFT, 1), *one, (SHIFT, 0)] if shifted else one
    if suffix is not None:
        strokes += [(suffix, 1), (suffix, 0)]
    for number, (key, value) in enumerate(strokes):
        out += stroke(at + number * 0.004, key, value)
    return out


def stroke(at: float, key: int, value: int) -> bytes:
    """A key goes down (1), comes up (0) or repeats itself (2)."""
    return record(at, 1, key, value) + record(at, 0, 0, 0)
