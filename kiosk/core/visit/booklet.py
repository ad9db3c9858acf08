"""病历本: where a visit is before there is an order. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CardTrouble(StrEnum):
    """Why nobody could be told by what was laid down."""

    UNREADABLE = "unreadable"
    CHECK_DIGIT = "check_digit"
    OTHER_LAYOUT = "other_layout"
    OTHER_CODE = "other_code"


@dataclass(frozen=True, slots=True)
class LayCard:
    """Lay the card down, or scan the code. ``request`` is 0 while nothing is being read.

    ``card`` is false if only a code can be read now; ``found``: a card lies there.
    """

    request: int = 0
    card: bool = True
    found: bool = False
    trouble: CardTrouble | None = None


@dataclass(frozen=True, slots=True)
class HadBooklet:
    """They have had one. ``on``: ``YYYY-MM-DD``, or ``OPEN``; ``again``: from when on."""

    on: str
    again: str = ""
