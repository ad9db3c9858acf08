"""From starting the program to a home screen that can be touched, beside a bare window."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.scene import Scene, bare_window, scene, surroundings

MORE_S = 0.35
STARTS = 9
PATIENCE_S = 40.0
LOOK_EVERY_S = 0.005
_LOOK = (540, 700)  # black until a window is there


def measure(starts: int = STARTS) -> dict[str, Any]:
    """Medians in seconds; the two take turns, after one start each that isn't counted."""
    kiosk: list[dict[str, float]] = []
    bare: list[float] = []
    with scene() as place:
        for _ in range(starts + 1):
            kiosk.append(_kiosk_start(place))
            bare.append(_bare_start(place))
    return {
        "touchable_s": _median([x["touchable"] for x in kiosk[1:]]),
        "first_pixel_s": _median([x["first_pixel"] for x in kiosk[1:]]),
        "bare_s": _median(bare[1:]),
        "each_touchable_s": [round(x["touchable"], 3) for x in kiosk[1:]],
        "each_bare_s": [round(x, 3) for x in bare[1:]],
    }


def _median(seconds: list[float]) -> float:
    return round(statistics.median(seconds), 3)


def _bare_start(place: Scene) -> float:
    black = place.glass.pixels(*_LOOK)
    began = time.perf_counter()
    process = subprocess.Popen(
        bare_window(), env=surroundings(place.display), stderr=subprocess.DEVNULL
    )
    try:
        return place.glass.wait_change(*_LOOK, black, PATIENCE_S) - began
    finally:
        _end(process)
        _until_black(place, black)


def _kiosk_start(place: Scene) -> dict[str, float]:
    """First pixel, and the home screen on the glass with its first tile ready to be touched."""
    path = place.cabin.folder / "inspect"
    path.unlink(missing_ok=True)
    black = place.glass.pixels(*_LOOK)
    words = ["run", "--config", str(place.cabin.config), "--inspect", str(path)]
    with (place.cabin.folder / "kiosk.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.main", *words],
            env=surroundings(place.display),
            stdout=log,
            stderr=log,
        )
    try:
        first = place.glass.wait_change(*_LOOK, black, PATIENCE_S) - began
        return {"first_pixel": first, "touchable": _wait_touchable(path) - began}
    finally:
        _end(process)
        _until_black(place, black)


def _wait_touchable(path: Path) -> float:
    """The ``perf_counter`` when the kiosk says that its home screen can be touched."""
    end = time.perf_counter() + PATIENCE_S
    with socket.socket(socket.AF_UNIX) as connection:
        _connect(connection, path, end)
        with connection.makefile("rw") as talk:
            while time.perf_counter() < end:
                talk.write('{"get":"screen"}\n')
                talk.flush()
                if _touchable(json.loads(talk.readline())):
                    return time.perf_counter()
                time.sleep(LOOK_EVERY_S)
    raise TimeoutError("the home screen never became touchable")


def _connect(connection: socket.socket, path: Path, end: float) -> None:
    while True:
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            if time.perf_counter() > end:
                raise
            time.sleep(LOOK_EVERY_S)
        else:
            return


def _touchable(screen: dict[str, Any]) -> bool:
    enabled = any(x["id"] == "home.pay_bill" and x["enabled"] for x in screen["widgets"])
    return bool(screen["screen"] == "home" and screen["settled"] and enabled)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)


def _until_black(place: Scene, black: bytes) -> None:
    """Wait until the server has taken the window away."""
    now = place.glass.pixels(*_LOOK)
    if now != black:
        place.glass.wait_change(*_LOOK, now, PATIENCE_S)
