"""A panel that goes while it is touched may never say that the finger left it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.finger import OneFinger

HELD_S = 1.0
"""How often a finger that stays on the glass is doubted."""


class FingerWatch:
    """As long as a finger seems to be down the display server is asked whether one is.

    ``call_in(seconds, call)`` calls once, in the window's thread and after all events that have
    come by then; ``held`` asks the server.
    """

    def __init__(
        self,
        finger: OneFinger,
        call_in: Callable[[float, Callable[[], None]], None],
        held: Callable[[], bool],
    ) -> None:
        self._finger = finger
        self._call_in = call_in
        self._held = held
        self._touches = 0

    def begin(self) -> None:
        """A touch has begun."""
        self._touches += 1
        touch = self._touches

        def ask() -> None:
            if not self._is_down(touch):
                return
            if self._held():
                self._call_in(HELD_S, ask)
            else:
                # The finger may have left just now: what the server said of it is read first.
                self._call_in(0.0, forget)

        def forget() -> None:
            if self._is_down(touch):
                self._finger.lost()

        self._call_in(HELD_S, ask)

    def _is_down(self, touch: int) -> bool:
        """Whether the newest touch is this one, and not over as far as the window knows."""
        return touch == self._touches and self._finger.down
