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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from screens.environment import Panel, prepare


def main() -> None:
    """Show the window until it is told to end by a line ``stop`` or SIGTERM."""
    started = perf_counter()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--palette", default="day", choices=("day", "night"))
    parser.add_argument("--screen", default="home", choices=("home", "choose"))
    parser.add_argument("--low", action="store_true")
    parser.add_argument("--png", type=Path, help="save what the window shows and end")
    options = parser.parse_args()
    panel = Panel(scale=options.scale)
    prepare(panel)

    from screens.app import KioskApp, Picture
    from screens.walk import faults
    from tests.bench.stage_screens import SCREENS, first_pictures

    pictures = first_pictures(options.palette, low=options.low)
    lock = threading.Lock()
    now: dict[str, Picture] = {"picture": pictures[options.screen]}

    def send(touch_id: str, value: object, version: int) -> None:
        print(json.dumps({"touch": touch_id, "value": value, "version": version}), flush=True)
        goal = {"home.pay_bill": "choose", "nav.back": "home", "nav.home": "home"}.get(touch_id)
        with lock:
            picture = pictures[goal] if goal else now["picture"]
            now["picture"] = replace(picture, version=version + 1)
        app.wake()

    app = KioskApp(
        panel,
        SCREENS,
        lambda: now["picture"],
        send,
        data_dir=options.data_dir,
        inspect=True,
    )
    answers: dict[str, Callable[[], Any]] = {
        "snapshot": lambda: app.snapshot,
        "faults": lambda: {name: faults(app.screen(name)) for name in SCREENS},
    }

    def ghost() -> None:
        """A finger that only the window has seen, on the first tile."""
        box = app.screen("home").tiles[0].box
        app._event("mousebuttondown", box.x + box.w / 2, box.y + box.h / 2, 1)

    def answer(word: str) -> None:
        print(json.dumps({word: answers[word]()}), flush=True)

    def listen() -> None:
        for line in sys.stdin:
            word = line.strip()
            if word == "stop":
                break
            if word == "ghost":
                app.loop.call_at(0.0, ghost)
                app.wake()
            elif word in answers:
                app.loop.call_at(0.0, lambda word=word: answer(word))
                app.wake()
            elif word.startswith("{"):
                with lock:
                    change = json.loads(word)
                    name = change.pop("show", now["picture"].screen)
                    version = now["picture"].version + 1
                    now["picture"] = replace(pictures[name], version=version, **change)
                app.wake()
        app.stop()

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
        threading.Thread(target=listen, daemon=True).start()
    app.loop.call_at(0.0, ready)
    app.run()


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
