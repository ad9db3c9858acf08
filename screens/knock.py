"""The staff's way in: some plain taps on the cabin's name, which is no button.

Residents never need it, and five taps in five seconds on one corner seldom happen by themselves;
what comes then is only a question for a PIN, which goes away by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from screens.drawing import Box
from screens.finger import FIRST_BUTTON

TAPS = 5
WITHIN_S = 5.0
AREA_MM = (92.0, 30.0)
"""From the top left corner: where the cabin's name stands."""


class Knock:
    """Fed with the pointer events that ``OneFinger`` gets; calls ``knocked`` at the last tap."""

    def __init__(
        self, area: Box, knocked: Callable[[], None], clock: Callable[[], float] = monotonic
    ) -> None:
        self._area = area
        self._knocked = knocked
        self._clock = clock
        self._down = False
        self._taps: list[float] = []

    def feed(self, action: str, *args: float) -> None:
        """Take an event as ``OneFinger.feed`` does."""
        if action == "mousebuttondown" and args[2] == FIRST_BUTTON:
            self._down = self._area.holds(args[0], args[1])
            if not self._down:
                self._taps.clear()
        elif action == "mousebuttonup" and args[2] == FIRST_BUTTON:
            if self._down and self._area.holds(args[0], args[1]):
                self._tap()
            self._down = False

    def _tap(self) -> None:
        now = self._clock()
        self._taps = [x for x in self._taps if now - x < WITHIN_S] + [now]
        if len(self._taps) == TAPS:
            self._taps.clear()
            self._knocked()
