"""What is said to and by the mill; there is nothing personal in it."""

from __future__ import annotations

from devices.rice_mill.modbus import crc16
from devices.trace import Direction, Note

_WORDS = {0x03: "read", 0x04: "read input", 0x06: "write", 0x10: "write"}


class RiceMillScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """A note for these bytes: what is sent comes in whole frames, answers as they come."""
        return [Note(direction, len(data), data, _meaning(direction, data))]

    def flush(self) -> list[Note]:
        """Everything has been noted."""
        return []


def _meaning(direction: Direction, data: bytes) -> str:
    if len(data) < 5 or crc16(data) != 0:
        return "part of a frame"
    function = data[1]
    if function & 0x80:
        return f"exception {data[2]:02X} to {function & 0x7F:02X}"
    word = _WORDS.get(function, f"function {function:02X}")
    if direction is Direction.IN and word.startswith("read"):
        return f"{word}: {data[3:-2].hex(' ', 2)}"
    return f"{word} {data[2:-2].hex(' ', 2)}"
