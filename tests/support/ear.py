"""Hears what goes over a driver's wire, and what a scribe makes of it."""

from __future__ import annotations

import itertools

from devices.driver import Tap
from devices.trace import Direction, Note, Scribe

IN, OUT = Direction.IN, Direction.OUT


class Ear(Tap):
    """Keeps what went over the wire."""

    def __init__(self) -> None:
        self.heard: list[tuple[Direction, bytes]] = []

    def received(self, data: bytes, now: float) -> None:
        del now
        if data:
            self.heard.append((IN, data))

    def sent(self, data: bytes) -> None:
        self.heard.append((OUT, data))


def notes_of(scribe: Scribe, heard: list[tuple[Direction, bytes]]) -> list[Note]:
    """Everything that is noted of this, in order."""
    return [*itertools.chain.from_iterable(scribe.feed(*x) for x in heard), *scribe.flush()]


def all_is_noted(heard: list[tuple[Direction, bytes]], notes: list[Note]) -> None:
    """Every byte is counted once, and what is kept is as long as what was said."""
    for way in Direction:
        said = sum(len(data) for direction, data in heard if direction is way)
        assert sum(x.length for x in notes if x.direction is way) == said
    assert all(x.data is None or len(x.data) == x.length for x in notes)


def kept_of(notes: list[Note], way: Direction) -> bytes:
    """The bytes that a recording holds of one direction."""
    return b"".join(x.data or b"" for x in notes if x.direction is way)
