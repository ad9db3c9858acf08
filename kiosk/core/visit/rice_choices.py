"""The steps of choosing rice. Frozen values; ``kiosk.core.visit.rice_steps`` decides on them."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.rice import JIN_G


@dataclass(frozen=True, slots=True)
class ChooseRice:
    """Which rice?"""


@dataclass(frozen=True, slots=True)
class ChooseRiceAmount:
    """How much of the rice in ``bin``?"""

    bin: int


@dataclass(frozen=True, slots=True)
class ChooseRiceWeight:
    """An amount that has no button of its own, more or less by one 斤."""

    bin: int
    grams: int = 4 * JIN_G


@dataclass(frozen=True, slots=True)
class ChooseRiceLevel:
    """Milled how far?"""

    bin: int
    grams: int
