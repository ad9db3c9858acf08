"""What a lesson's guidance adds to a frame: the home screen with and without it, in turns.

``python -m tests.bench.guided`` is the window; `measure` runs it on a screen of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from screens import environment
from tests.bench.numbers import summary_ms
from tests.bench.scene import scene, surroundings

MORE_MS = 3.0
FRAMES = 200
WARM_UP = 20


def measure() -> dict[str, Any]:
    """Milliseconds a frame takes, bare and guided, drawn and seen by the display server."""
    with scene() as place:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.guided"],
            env=surroundings(place.display),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=300,
        )
    seconds = json.loads(done.stdout.splitlines()[-1])
    return {f"{name}_ms": summary_ms(values) for name, values in seconds.items()}


def main() -> None:
    """Draw both kinds of frames in turns, and print how long each took."""
    environment.prepare(environment.Panel())
    from kiosk.classroom.run import Guidance
    from screens.app import KioskApp
    from tests.bench.stage_screens import SCREENS, first_pictures

    bare = first_pictures("day")["home"]
    view = Guidance(
        *(2, 8, "碰一下「水电煤缴费」。", "用指尖轻轻碰，碰到就松开。碰错了也没关系。"),
        hint="指一指左上角的「费」字，请学员自己碰。",
        target="home.pay_bill",
        finger=True,
        light=True,
    )
    pictures = {"bare": bare, "guided": replace(bare, guide=view)}
    shown: list[Any] = [bare]
    with tempfile.TemporaryDirectory() as folder:
        app = KioskApp(
            environment.Panel(),
            SCREENS,
            lambda: shown[0],
            lambda *_: None,
            data_dir=Path(folder),
            ahead=(),
        )
        taken: dict[str, list[float]] = {name: [] for name in pictures}
        for turn in range(WARM_UP + FRAMES):
            for name, picture in pictures.items():
                shown[0] = replace(picture, version=turn)
                app.refresh()
                app.loop.sync()
                begin = time.perf_counter()
                app.loop.draw()
                app.loop.sync()
                if turn >= WARM_UP:
                    taken[name].append(time.perf_counter() - begin)
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
