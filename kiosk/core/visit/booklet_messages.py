"""What reaches a visit from the card reader, and what it asks of reader and register.

None of it is journalled, and none of it holds a name or a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.booklet import Person
from kiosk.core.visit.messages import VisitCommand, VisitEvent


@dataclass(frozen=True, slots=True)
class CardEvent(VisitEvent):
    """The answer to the question of this number."""

    request: int


@dataclass(frozen=True, slots=True)
class CardFound(CardEvent):
    """A card lies there and is being read."""


@dataclass(frozen=True, slots=True)
class CardRefused(CardEvent):
    """A card or a code that tells nobody: ``check_digit``, ``other_layout``, the reader's code."""

    code: str


@dataclass(frozen=True, slots=True)
class CardSilent(CardEvent):
    """Nobody has laid a card down, or the reader said nothing."""


@dataclass(frozen=True, slots=True)
class Identified(CardEvent):
    """``had``: the day of this person's last booklet, ``OPEN``, or empty; ``again``: from then on.

    Dates are ``YYYY-MM-DD``.
    """

    person: Person
    had: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class ReadCard(VisitCommand):
    """Wait for a card, if ``card``, and for a medical insurance code, if that will do."""

    request: int
    card: bool = True


@dataclass(frozen=True, slots=True)
class StopReading(VisitCommand):
    request: int


@dataclass(frozen=True, slots=True)
class BookletFor(VisitCommand):
    """The order about to be opened is this person's."""

    order_id: str
    person: Person
