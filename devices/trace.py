"""A port's traffic as notes that anybody may read: what was said, when, and what it meant.

Sources: Design, "Devices" (codecs name the sensitive spans; recordings hold same-length synthetic
values there, with checksums made good, and of undecoded bytes on identity, health and card ports
only the length).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Direction(StrEnum):
    """Seen from this machine."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Note:
    """One frame or one run of bytes that is none.

    `data` is safe to keep: sensitive spans hold synthetic values of the same length and its
    checksums fit. It is None where nothing may be kept of it; `length` is then all that is known.
    """

    direction: Direction
    length: int
    data: bytes | None
    meaning: str


class Scribe(Protocol):
    """Turns traffic into notes. Each codec's folder has one in `scribe.py`."""

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The notes that are complete with these bytes. Never raises, whatever they are."""
        ...

    def flush(self) -> list[Note]:
        """What is left when the port closes."""
        ...


@runtime_checkable
class Reviver(Protocol):
    """A scribe of a protocol in which each run draws ids anew, noted as numbers."""

    def revive(self, data: bytes) -> bytes:
        """What was noted, with the ids that this scribe has heard instead of their numbers."""
        ...


class Lengths:
    """The scribe of a driver that has none of its own: nothing is kept but how much there was."""

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """One note for these bytes."""
        return [Note(direction, len(data), None, "")]

    def flush(self) -> list[Note]:
        """Everything has been noted."""
        return []
