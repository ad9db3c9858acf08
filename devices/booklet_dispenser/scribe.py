"""What is said to and by the booklet dispenser; there is nothing personal in it."""

from __future__ import annotations

from devices.booklet_dispenser import codec as c
from devices.trace import Direction, Note

_COMMANDS = {
    c.encode(word): word.decode("ascii")
    for word in (c.DISPENSE, c.CAPTURE, c.STATE, c.RESET, c.POLL, c.CLEAR, c.VERSION)
}


class QuCdScribe:
    """A scribe for both directions (`devices.trace.Scribe`).

    What is sent comes in whole writes; what is heard is noted write by write beside its meaning.
    """

    def __init__(self) -> None:
        self._decoder = c.Decoder()

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """A note for these bytes."""
        if direction is Direction.OUT:
            meaning = "ENQ" if data == c.ENQ else _COMMANDS.get(data, "unknown command")
            return [Note(direction, len(data), data, meaning)]
        meanings = [_words(x) for x in self._decoder.feed(data)]
        return [Note(direction, len(data), data, "; ".join(meanings) or "part of an answer")]

    def flush(self) -> list[Note]:
        """Everything has been noted."""
        return []


def _words(message: c.Message) -> str:
    if isinstance(message, c.Flags):
        on = [name for name in c.Flags.__slots__ if getattr(message, name)]
        return f"flags {' '.join(on) or 'none'}"
    return str(message)
