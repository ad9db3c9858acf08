"""How fast a touch shows: from the release of the finger to the first pixel of the next screen.

Everything is measured from outside, on a screen of its own under Xvfb with software GL: touches
through XTest, pixels through XGetImage. ``python -m tests.bench.latency`` prints one line of
JSON. Times in milliseconds but where a name says otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.touch import Glass

# A point that differs between the two screens and lies in no button that is touched.
_LOOK = (540, 700)
_PAY_BILL, _BACK = (280, 810), (160, 1832)
_HOLD_S = 0.06  # a finger stays on the glass for about this long


@contextmanager
def virtual_screen() -> Iterator[str]:
    """An X server with a 1080×1920 screen; its name."""
    readable, writable = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writable), "-screen", "0", "1080x1920x24", "-noreset"],
        pass_fds=(writable,),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    try:
        with os.fdopen(readable) as pipe:
            yield f":{int(pipe.readline())}"
    finally:
        server.terminate()
        server.wait()


class Stage:
    """The stage (``tests.bench.stage``) as a process that answers questions."""

    def __init__(self, display: str, data_dir: Path, *options: str) -> None:
        environment = {**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.stage", "--data-dir", str(data_dir), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def read(self, key: str) -> dict[str, Any]:
        """The next line that has this key. Raises EOFError when the process ended."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message: dict[str, Any] = json.loads(line)
            if key in message:
                return message
        raise EOFError("the stage has ended")

    def say(self, line: str) -> None:
        """Give it an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def stop(self) -> int:
        """End it and return its exit code."""
        self.say("stop")
        return self._process.wait(timeout=20)


def touches(glass: Glass, count: int) -> list[float]:
    """Seconds from release to the first changed pixel, home → second screen, ``count`` times."""
    waited = []
    for n in range(count + 1):
        for point in (_PAY_BILL, _BACK):
            before = glass.pixels(*_LOOK)
            glass.move(*point)
            glass.press()
            time.sleep(_HOLD_S)
            lifted = time.perf_counter()
            glass.release()
            seen = glass.wait_change(*_LOOK, before)
            if point is _PAY_BILL and n:
                waited.append(seen - lifted)
            time.sleep(0.05)
    return waited


def darkening(glass: Glass, count: int) -> list[float]:
    """Seconds from the touch to the first darkened pixel of the button touched."""
    corner = (120, 900)  # inside the tile, beside its texts
    waited = []
    for _ in range(count):
        glass.move(*_PAY_BILL)
        before = glass.pixels(*corner)
        began = time.perf_counter()
        glass.press()
        waited.append(glass.wait_change(*corner, before) - began)
        glass.move(540, 420)  # slides off: nothing happens
        glass.release()
        time.sleep(0.1)
    return waited


def first_pixel(display: str, glass: Glass, command: list[str]) -> float:
    """Seconds from starting a program to the first pixel of its window."""
    before = glass.pixels(*_LOOK)
    environment = {**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
    )
    try:
        return glass.wait_change(*_LOOK, before, 30) - began
    finally:
        process.terminate()
        process.wait()
        if process.stdin:
            process.stdin.close()


def summary(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and the largest, in milliseconds."""
    ordered = sorted(1000 * s for s in seconds)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[max(0, round(0.95 * len(ordered)) - 1)], 2),
        "max": round(ordered[-1], 2),
    }


def measure(count: int, idle_s: float) -> dict[str, Any]:
    """All numbers of the window."""
    with (
        tempfile.TemporaryDirectory() as folder,
        virtual_screen() as display,
        Glass(display) as glass,
    ):
        data = Path(folder)
        stage = Stage(display, data)
        stage.read("ready")  # also copies the fonts, once
        time.sleep(1)
        stage.say("facts")
        before = stage.read("facts")["facts"]
        time.sleep(idle_s)
        stage.say("facts")
        after = stage.read("facts")["facts"]
        pressed = darkening(glass, 20)
        waited = touches(glass, count)
        stage.say("flip")
        flip = stage.read("flip")["flip"]
        stage.say("facts")
        end = stage.read("facts")["facts"]
        stage.stop()
        home = [sys.executable, "-m", "tests.bench.stage", "--data-dir", folder]
        bare = [sys.executable, "-m", "tests.bench.bare", "--data-dir", folder]
        starts: dict[str, list[float]] = {"home": [], "bare": []}
        for _ in range(5):
            starts["home"].append(first_pixel(display, glass, home))
            starts["bare"].append(first_pixel(display, glass, bare))
        return {
            "touch_to_pixel_ms": summary(waited),
            "press_to_dark_ms": summary(pressed),
            "bare_flip_ms": flip,
            "touches": count,
            "cold_start_s": {k: round(statistics.median(v), 3) for k, v in starts.items()},
            "pss_home_mib": round(before["pss_mib"], 1),
            "pss_after_mib": round(end["pss_mib"], 1),
            "idle_percent": round(
                100 * (after["cpu_s"] - before["cpu_s"]) / (after["age_s"] - before["age_s"]), 3
            ),
            "load_before": os.getloadavg()[0],
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touches", type=int, default=200)
    parser.add_argument(
        "--idle", type=float, default=20.0, help="seconds to watch it doing nothing"
    )
    options = parser.parse_args()
    print(json.dumps(measure(options.touches, options.idle)))


if __name__ == "__main__":
    main()
