"""Touching a window and looking at it from outside, through the X server, as a person would."""

from __future__ import annotations

import select
import time
from types import TracebackType

from Xlib import X, display
from Xlib.ext import damage, xtest


class Glass:
    """The screen of an X display: a finger to touch it, eyes to see it."""

    def __init__(self, name: str) -> None:
        self._display = display.Display(name)
        self._root = self._display.screen().root
        self._display.damage_query_version()
        self._damage = self._root.damage_create(damage.DamageReportNonEmpty)

    def __enter__(self) -> Glass:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._display.close()

    def move(self, x: float, y: float) -> None:
        """Bring the finger over a point (pixels from the top left)."""
        xtest.fake_input(self._display, X.MotionNotify, x=int(x), y=int(y))
        self._display.sync()

    def press(self, button: int = 1) -> None:
        """Put the finger down."""
        xtest.fake_input(self._display, X.ButtonPress, button)
        self._display.sync()

    def release(self, button: int = 1) -> None:
        """Lift the finger."""
        xtest.fake_input(self._display, X.ButtonRelease, button)
        self._display.sync()

    def key(self, keysym: int, *held: int) -> None:
        """Strike a key with others held, by keysym."""
        codes = [self._display.keysym_to_keycode(symbol) for symbol in (*held, keysym)]
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def pixels(self, x: int, y: int, width: int = 1, height: int = 1) -> bytes:
        """Four bytes a pixel (blue, green, red, unused)."""
        data: bytes = self._root.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF).data
        return data

    def rgb(self, x: int, y: int) -> tuple[int, int, int]:
        """Colour of one pixel."""
        blue, green, red = self.pixels(x, y)[:3]
        return red, green, blue

    def wait_change(self, x: int, y: int, before: bytes, timeout: float = 10.0) -> float:
        """Sleep until a pixel differs; the ``perf_counter`` of the moment it was drawn.

        The server tells of everything drawn (XDamage). Looking without pause instead would take
        the processor from the program that is watched.
        Raises TimeoutError when it stays as it is.
        """
        end = time.perf_counter() + timeout
        seen = time.perf_counter()
        while self.pixels(x, y) == before:
            self._wait_drawn(end)
            seen = time.perf_counter()
        return seen

    def _wait_drawn(self, end: float) -> None:
        """Until something was drawn anywhere."""
        while True:
            while self._display.pending_events():
                event = self._display.next_event()
                if event.type == self._display.extension_event.DamageNotify:
                    damage.damage_subtract(self._display, self._damage, X.NONE, X.NONE)
                    self._display.flush()
                    return
            left = end - time.perf_counter()
            if left <= 0 or not select.select([self._display.fileno()], (), (), left)[0]:
                raise TimeoutError("the pixel did not change")
