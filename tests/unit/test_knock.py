"""Five plain taps on the corner, and what isn't five plain taps."""

from __future__ import annotations

from screens.drawing import Box
from screens.knock import TAPS, WITHIN_S, Knock


class Corner:
    def __init__(self) -> None:
        self.now, self.knocks = 0.0, 0
        self.knock = Knock(Box(0, 0, 100, 40), self._knocked, lambda: self.now)

    def _knocked(self) -> None:
        self.knocks += 1

    def tap(self, x: int = 50, y: int = 20, to: tuple[int, int] | None = None) -> None:
        self.now += 0.4
        self.knock.feed("mousebuttondown", x, y, 1)
        self.knock.feed("mousebuttonup", *(to or (x, y)), 1)


def test_five_taps_knock_once() -> None:
    corner = Corner()
    for _ in range(TAPS - 1):
        corner.tap()
    assert corner.knocks == 0
    corner.tap()
    assert corner.knocks == 1
    corner.tap()
    assert corner.knocks == 1


def test_slow_taps_drags_and_taps_elsewhere_do_not() -> None:
    corner = Corner()
    for _ in range(3 * TAPS):
        corner.now += WITHIN_S / (TAPS - 1)
        corner.tap()
    for _ in range(TAPS):
        corner.tap(to=(300, 20))
    for _ in range(TAPS):
        corner.tap()
        corner.tap(x=300)
    for _ in range(TAPS):
        corner.knock.feed("mousebuttondown", 50, 20, 3)
        corner.knock.feed("mousebuttonup", 50, 20, 3)
    assert corner.knocks == 0
