"""A finger on the display server: XTest presses and releases, as a real panel's pointer."""

from __future__ import annotations

from Xlib import X, display
from Xlib.ext import xtest


class Finger:
    """Touches a display at pixels from the top left corner."""

    def __init__(self, name: str) -> None:
        self._display = display.Display(name)

    def press(self, x: int, y: int) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        xtest.fake_input(self._display, X.ButtonPress, 1)
        self._display.sync()

    def move(self, x: int, y: int) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        self._display.sync()

    def release(self) -> None:
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()

    def touch(self, x: int, y: int) -> None:
        self.press(x, y)
        self.release()

    def key(self, keysym: int, *held: int) -> None:
        """Strike a key of the keyboard while others are held down."""
        codes = [self._display.keysym_to_keycode(x) for x in (*held, keysym)]
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def close(self) -> None:
        self._display.close()
