"""One finger, whatever the hardware says.

A touch panel may speak twice for one touch (pointer and finger events) and once for each finger.
Only the pointer counts, only its first button, and only one touch at a time; a second finger does
nothing, neither when it comes nor when it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from screens.widgets.base import Touchable, Widget

FIRST_BUTTON = 1


class OneFinger:
    """Turns pointer events into presses of widgets.

    ``find`` gives the widget under a point (pixels from the top left) or ``None``. ``swallow``
    is asked when a touch begins; if it says yes, that touch does nothing to its end (the touch
    that wakes a dimmed screen).
    """

    def __init__(
        self,
        find: Callable[[float, float], Touchable | None],
        swallow: Callable[[], bool] = lambda: False,
    ) -> None:
        self._find = find
        self._swallow = swallow
        self._down = False
        self._target: Touchable | None = None
        self._acted: Touchable | None = None

    @property
    def down(self) -> bool:
        """Whether a finger is on the glass."""
        return self._down

    def feed(self, action: str, *args: float) -> None:
        """Take an event as the window names it, its arguments in the window's pixels.

        ``mousebuttondown`` and ``mousebuttonup``: x, y, button; ``mousemotion``: x, y. Every
        other event, the finger events of the same touch among them, is ignored.
        """
        if action == "mousemotion":
            self._move(args[0], args[1])
        elif action == "mousebuttondown" and args[2] == FIRST_BUTTON:
            self._begin(args[0], args[1])
        elif action == "mousebuttonup" and args[2] == FIRST_BUTTON:
            self._end(args[0], args[1])

    def release(self) -> None:
        """Forget the touch: its widget is gone or its device was unplugged."""
        if self._target is not None:
            self._target.press(False)
        self._target = None

    def settle(self) -> None:
        """Lighten the widget that acted last: its answer is here, or doesn't come.

        Until then it stays dark, which saves the frame that would only show it light again and
        would hold up the answer.
        """
        if self._acted is not None:
            self._acted.press(False)
        self._acted = None

    def lost(self) -> None:
        """The pointer device went away: no release will come."""
        self.release()
        self._down = False

    def _begin(self, x: float, y: float) -> None:
        if self._down:
            return
        self._down = True
        if self._swallow():
            return
        widget = self._find(x, y)
        if widget is None or not widget.answers:
            return
        self.settle()
        self._target = widget
        widget.press(True)
        if widget.acts_on_press:
            widget.act()

    def _move(self, x: float, y: float) -> None:
        if self._target is not None and not self._target.box.holds(x, y):
            self.release()

    def _end(self, x: float, y: float) -> None:
        self._down = False
        widget, self._target = self._target, None
        if widget is None:
            return
        if not widget.acts_on_press and widget.box.holds(x, y) and widget.answers:
            self._acted = widget
            widget.touched_at = (x, y)
            widget.act()
        else:
            widget.press(False)


def touchable_at(root: Widget, x: float, y: float) -> Touchable | None:
    """The uppermost visible touchable widget at a point, or ``None``."""
    found = None
    for widget in root.walk():
        if widget.touchable and widget.box.holds(x, y):
            found = cast("Touchable", widget)
    return found
