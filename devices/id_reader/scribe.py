"""What may be noted of the ID-card reader's traffic: never what stands on a card.

A reading is replaced by an invented one of the same length, its checksum made good; of what can't
be decoded only the length is kept (design, Devices: identity ports).
"""

from __future__ import annotations

from devices.id_reader import codec as c
from devices.trace import Direction, Note

_COMMANDS = {
    c.encode(word): name
    for word, name in (
        (c.FIND, "find"),
        (c.SELECT, "select"),
        (c.READ, "read"),
        (c.STATUS, "status"),
        (c.SAM_ID, "SAM number"),
    )
}
_NUMBER = "31010118500101000"
_INVENTED = (
    ("测试", 30),
    ("1", 2),
    ("01", 4),
    ("18500101", 16),
    ("示例", 70),
    (_NUMBER + c.check_digit(_NUMBER), 36),
    ("示例", 30),
    ("20200101", 16),
    ("长期", 16),
    ("", 36),
)
"""Nobody alive was born in 1850."""
_PHOTO = 1024


def invented_reading() -> bytes:
    """The frame of a card that nobody has."""
    text = b"".join(value.ljust(width // 2).encode("utf-16-le") for value, width in _INVENTED)
    return c.frame(b"\0\0\x90\x01\x00\x04\x00" + text + bytes(_PHOTO))


class SamVScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoder = c.Decoder()

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """A note for each write; of what is heard, one for each message complete with it."""
        if direction is Direction.OUT:
            return [Note(direction, len(data), data, _COMMANDS.get(data, "unknown command"))]
        return [_note(x) for x in self._decoder.feed(data)]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        length = self._decoder.pending
        return [Note(Direction.IN, length, None, "unfinished")] if length else []


def _note(message: c.Message) -> Note:
    if isinstance(message, c.Noise):
        return Note(Direction.IN, message.length, None, "no frame")
    if isinstance(message, c.CardText):
        data = invented_reading()
        return Note(Direction.IN, len(data), data, "card (invented)")
    data = c.frame(bytes((0, 0, message.status)) + message.payload)
    meaning = c.MEANINGS.get(message.status, "good")
    return Note(Direction.IN, len(data), data, f"{message.status:02X} {meaning}")
