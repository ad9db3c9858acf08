"""The least a Kivy program can be: a window with one Chinese label. For comparing."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
from time import perf_counter

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"


def main() -> None:
    """Show it until killed; with ``--flips`` print how long each took (seconds) and end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=0)
    options = parser.parse_args()
    os.environ.update(
        KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1", KIVY_NO_CONSOLELOG="1"
    )

    from kivy.config import Config

    for option, value in {
        "width": 1080,
        "height": 1920,
        "borderless": 1,
        "multisamples": 0,
        "position": "custom",
        "left": 0,
        "top": 0,
    }.items():
        Config.set("graphics", option, str(value))

    from kivy.base import runTouchApp, stopTouchApp
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.uix.label import Label

    def flip_and_stop(_: float) -> None:
        print(json.dumps(flips(options.flips)), flush=True)
        stopTouchApp()

    if options.flips:
        Clock.schedule_once(flip_and_stop, 0.5)
    Window.clearcolor = (1, 1, 1, 1)
    runTouchApp(Label(text="数字小屋", font_name=FONT, font_size=72, color=(0, 0, 0, 1)))


def flips(count: int) -> list[float]:
    """Seconds to clear the window, show that, and know that the server has drawn it."""
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_COLOR_BUFFER_BIT, glClear, glClearColor

    x11 = ctypes.CDLL("libX11.so.6")
    x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
    display = Window.get_window_info().display
    times = []
    for n in range(count):
        began = perf_counter()
        glClearColor(*(3 * (n % 2,)), 1)
        glClear(GL_COLOR_BUFFER_BIT)
        Window._win.flip()
        x11.XSync(display, 0)
        times.append(perf_counter() - began)
    return times


if __name__ == "__main__":
    main()
