"""A window with the home screen and a second one, fed with invented state.

Used by the bench and by the tests of the window; ``python -m tests.bench.stage --help`` shows it.
Prints ``ready`` once the first frame is on the screen. Touches go out on stdout, a line each.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from screens.environment import Panel, prepare


def main() -> None:
    """Show the window until it is told to end by a line ``stop`` or SIGTERM."""
    started = perf_counter()
    options = _options()
    panel = Panel(scale=options.scale)
    prepare(panel)

    stage = _Stage(options, panel)
    app = stage.app

    def ready() -> None:
        if not app.loop.frame:
            app.loop.call_at(monotonic() + 0.001, ready)
        elif options.png:
            screenshot(options.png, app.theme.rgba("paper"))
            app.stop()
        else:
            print(json.dumps({"ready": perf_counter() - started}), flush=True)

    signal.signal(signal.SIGTERM, lambda *_: app.stop())
    if not options.png:
        threading.Thread(target=stage.listen, daemon=True).start()
    app.loop.call_at(0.0, ready)
    app.run()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--palette", default="day", choices=("day", "night"))
    parser.add_argument("--screen", default="home", choices=("home", "choose"))
    parser.add_argument("--low", action="store_true")
    parser.add_argument("--png", type=Path, help="save what the window shows and end")
    return parser.parse_args()


class _Stage:
    """The window, and a state that only knows which of its two screens is shown."""

    def __init__(self, options: argparse.Namespace, panel: Panel) -> None:
        # Kivy opens the window while it is imported: only after prepare().
        from screens.app import KioskApp
        from tests.bench.stage_screens import SCREENS, first_pictures

        self._pictures = first_pictures(options.palette, low=options.low)
        self._lock = threading.Lock()
        self._now = self._pictures[options.screen]
        self.app = KioskApp(
            panel,
            SCREENS,
            lambda: self._now,
            self._send,
            data_dir=options.data_dir,
            inspect=True,
        )

    def listen(self) -> None:
        """Do what the lines on stdin say; their end is the window's."""
        for line in sys.stdin:
            word = line.strip()
            if word == "stop":
                break
            self._obey(word)
        self.app.stop()

    def _send(self, touch_id: str, value: object, version: int) -> None:
        print(json.dumps({"touch": touch_id, "value": value, "version": version}), flush=True)
        goal = {"home.pay_bill": "choose", "nav.back": "home", "nav.home": "home"}.get(touch_id)
        with self._lock:
            picture = self._pictures[goal] if goal else self._now
            self._now = replace(picture, version=version + 1)
        self.app.wake()

    def _obey(self, word: str) -> None:
        calls = {"ghost": self._ghost, "snapshot": self._tell_snapshot, "faults": self._tell_faults}
        if word in calls:
            self.app.loop.call_at(0.0, calls[word])
            self.app.wake()
        elif word.startswith("{"):
            with self._lock:
                change = json.loads(word)
                name = change.pop("show", self._now.screen)
                version = self._now.version + 1
                self._now = replace(self._pictures[name], version=version, **change)
            self.app.wake()

    def _ghost(self) -> None:
        """A finger that only the window has seen, on the first tile."""
        home: Any = self.app.screen("home")
        box = home.tiles[0].box
        self.app._event("mousebuttondown", box.x + box.w / 2, box.y + box.h / 2, 1)

    def _tell_snapshot(self) -> None:
        print(json.dumps({"snapshot": self.app.snapshot}), flush=True)

    def _tell_faults(self) -> None:
        from screens.walk import faults
        from tests.bench.stage_screens import SCREENS

        found = {name: faults(self.app.screen(name)) for name in SCREENS}
        print(json.dumps({"faults": found}), flush=True)


def screenshot(path: Path, paper: tuple[float, float, float, float]) -> None:
    """Draw the window once more, without showing it, and save that."""
    from kivy.core.window import Window
    from kivy.graphics.opengl import (
        GL_COLOR_BUFFER_BIT,
        GL_RGB,
        GL_UNSIGNED_BYTE,
        glClear,
        glClearColor,
        glReadPixels,
    )
    from PIL import Image

    glClearColor(*paper)
    glClear(GL_COLOR_BUFFER_BIT)
    Window.render_context.draw()
    size = tuple(Window.size)
    data = glReadPixels(0, 0, *size, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", size, data)
    image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path)


if __name__ == "__main__":
    main()
