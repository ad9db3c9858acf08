"""How fast a touch shows: from the release of the finger to the first pixel of the next screen.

Through the whole kiosk: window, engine and back; measured from outside, touches by XTest, pixels
as the X server tells of them.
"""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

from tests.bench.numbers import summary_ms
from tests.bench.scene import Scene, bare_window, scene, surroundings
from tests.bench.touch import Glass
from tests.support.window import KioskWindow

P50_MS, P95_MS = 24.0, 32.0
TOUCHES = 200
FLIPS = 100
HOLD_S = 0.06
"""A finger stays on the glass for about this long."""
BETWEEN_S = 0.15
WIDTH, HEIGHT = 1080, 1920
HOME, BILL = ("home", "home.pay_bill"), ("bill", "nav.back")

Box = tuple[int, int, int, int]


def measure(touches: int = TOUCHES) -> dict[str, Any]:
    """Times in milliseconds: home → bill and back, and of a bare flip on the same screen."""
    with scene() as place:
        flip = bare_flip(place)
        with place.kiosk() as kiosk:
            there, home_again, look = back_and_forth(place.glass, kiosk, touches)
    return {
        "home_to_bill_ms": summary_ms(there),
        "bill_to_home_ms": summary_ms(home_again),
        "bare_flip_ms": flip,
        "looked_at": look,
    }


def back_and_forth(
    glass: Glass, kiosk: KioskWindow, touches: int
) -> tuple[list[float], list[float], tuple[int, int]]:
    """Seconds there and back, without the first touches; and the point looked at."""
    there: list[float] = []
    back_again: list[float] = []
    go, back = _boxes(kiosk)
    look = _telling_point(glass, kiosk, go, back)
    for _ in range(touches + 1):
        there.append(_touch(glass, kiosk, go, look, BILL[0]))
        back_again.append(_touch(glass, kiosk, back, look, HOME[0]))
    return there[1:], back_again[1:], look


def bare_flip(place: Scene) -> dict[str, float]:
    """Milliseconds to clear a bare window and to see that on the screen; nothing else runs."""
    done = subprocess.run(
        bare_window("--flips", str(FLIPS)),
        env=surroundings(place.display),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=120,
    )
    seconds: list[float] = json.loads(done.stdout.splitlines()[-1])
    return summary_ms(seconds)


def _boxes(kiosk: KioskWindow) -> tuple[Box, Box]:
    """Where one touches to go and to come back; both screens have been shown once after this."""
    go: Box = kiosk.widget(HOME[1])["box"]
    kiosk.touch(HOME[1])
    kiosk.on(BILL[0])
    back: Box = kiosk.widget(BILL[1])["box"]
    kiosk.touch(BILL[1])
    kiosk.on(HOME[0])
    time.sleep(1)
    return go, back


def _telling_point(glass: Glass, kiosk: KioskWindow, go: Box, back: Box) -> tuple[int, int]:
    """A point by which the two screens differ, outside of what is touched.

    A touched button darkens: its pixels would change before the screen does.
    """
    home = glass.pixels(0, 0, WIDTH, HEIGHT)
    kiosk.touch(HOME[1])
    kiosk.on(BILL[0])
    bill = glass.pixels(0, 0, WIDTH, HEIGHT)
    kiosk.touch(BILL[1])
    kiosk.on(HOME[0])
    for y in range(HEIGHT // 6, HEIGHT - HEIGHT // 6, 4):
        for x in range(8, WIDTH, 8):
            at = 4 * (y * WIDTH + x)
            inside = any(_inside(box, x, y) for box in (go, back))
            if not inside and home[at : at + 3] != bill[at : at + 3]:
                return x, y
    raise RuntimeError("home and bill look the same")


def _inside(box: Box, x: int, y: int) -> bool:
    left, top, width, height = box
    return left <= x <= left + width and top <= y <= top + height


def _touch(glass: Glass, kiosk: KioskWindow, box: Box, look: tuple[int, int], goal: str) -> float:
    """Seconds from the release to the first pixel of the next screen, which must be ``goal``."""
    x, y, width, height = box
    before = glass.pixels(*look)
    glass.move(x + width // 2, y + height // 2)
    glass.press()
    time.sleep(HOLD_S)
    lifted = time.perf_counter()
    glass.release()
    seen = glass.wait_change(*look, before)
    kiosk.on(goal)
    time.sleep(BETWEEN_S)
    return seen - lifted
