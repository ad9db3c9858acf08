"""The staff's screens for self-tests as steps. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.selftest import NOTHING, Check, Run
from kiosk.core.visit.tech_base import TechStep

POINTS = ((0.12, 0.1), (0.88, 0.1), (0.5, 0.5), (0.12, 0.9), (0.88, 0.9))
"""Where the five crosses stand, as shares of the panel's width and height."""
COLOURS = ("white", "black", "red", "green", "blue", "grey")
HIT_MM = 5.0
"""A touch may be so far from its cross."""

Hit = tuple[float, float, float, float, float]
"""One cross and the touch meant for it: x, y and x, y as shares of the panel, and mm between."""


@dataclass(frozen=True, slots=True)
class TechTests(TechStep):
    """Which tests there are; ``checks`` is None while they are being asked for. ``role``: only
    this device's.
    """

    screen = "tech_tests"

    checks: tuple[Check, ...] | None = None
    request: int = 0
    role: str = ""


@dataclass(frozen=True, slots=True)
class TechTest(TechStep):
    """A test that wants something, runs, or wants to be looked at. ``whole``: it is part of the
    guided run through everything.
    """

    screen = "tech_test"

    run: Run = NOTHING
    request: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class TechTouch(TechTest):
    """The next of the five crosses is to be touched."""

    screen = "tech_touch"

    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class TechColours(TechTest):
    """The whole screen in one colour; a touch shows the next one."""

    screen = "tech_colours"

    at: int = 0


@dataclass(frozen=True, slots=True)
class TechTested(TechStep):
    """What came of a run. ``said``: what became of the report on paper: ``printing``,
    ``printed``, ``not_printed``; ``saved``: the file's path, "-" if it couldn't be written.
    ``look``: whose advice is shown in full.
    """

    screen = "tech_tested"

    run: Run = NOTHING
    request: int = 0
    said: str = ""
    saved: str = ""
    look: str = ""
