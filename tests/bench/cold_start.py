"""From starting the program to a home screen that can be touched, beside a bare window."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from tests.bench.scene import Scene, bare_window, scene, surroundings

MORE_S = 0.35
STARTS = 9
PATIENCE_S = 40.0
LOOK_EVERY_S = 0.005
HELP = "nav.help"
NEEDED = ("terminal", "receipt_printer", "scanner", "biller")
_LOOK = (540, 700)  # black until a window is there


def measure(starts: int = STARTS) -> dict[str, Any]:
    """Medians in seconds; the two take turns, after one start each that isn't counted."""
    kiosk: list[dict[str, float]] = []
    bare: list[float] = []
    with scene() as place:
        for _ in range(starts + 1):
            kiosk.append(_kiosk_start(place))
            bare.append(_bare_start(place))
    found: dict[str, Any] = {
        f"{name}_s": _median([x[name] for x in kiosk[1:]]) for name in kiosk[0]
    }
    found["bare_s"] = _median(bare[1:])
    found["each_touchable_s"] = [round(x["touchable"], 3) for x in kiosk[1:]]
    found["each_bare_s"] = [round(x, 3) for x in bare[1:]]
    return found


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
    """Seconds from the start of the process to what comes one after the other.

    ``first_pixel``: something is on the glass. ``touchable``: it is the home screen, drawn to
    the end, and what can be touched on it answers. ``answered``: a touch in that moment has its
    answer on the screen. ``open``: a bill could be paid, too, since machines and biller have
    answered; what they take for that isn't the kiosk's.
    """
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
        touchable, answered, is_open = _watch(place, path)
        return {
            "first_pixel": first,
            "touchable": touchable - began,
            "answered": answered - began,
            "open": is_open - began,
        }
    finally:
        _end(process)
        _until_black(place, black)


def _watch(place: Scene, path: Path) -> tuple[float, float, float]:
    """The ``perf_counter`` of what ``_kiosk_start`` names behind the first pixel."""
    end = time.perf_counter() + PATIENCE_S
    with socket.socket(socket.AF_UNIX) as connection:
        connect(connection, path, end)
        with connection.makefile("rw") as talk:
            screen, touchable = when(talk, home_answers, end)
            x, y, width, height = next(w["box"] for w in screen["widgets"] if w["id"] == HELP)
            place.glass.move(x + width / 2, y + height / 2)
            place.glass.press()
            place.glass.release()
            _, answered = when(talk, lambda now: now["screen"] == "help", end)
            _, is_open = when(talk, _machines_answered, end)
            return touchable, answered, is_open


def when(
    talk: TextIO, condition: Callable[[dict[str, Any]], bool], end: float
) -> tuple[dict[str, Any], float]:
    """The first screen that meets a condition, and the ``perf_counter`` of that moment."""
    while time.perf_counter() < end:
        talk.write('{"get":"screen"}\n')
        talk.flush()
        screen = json.loads(talk.readline())
        if condition(screen):
            return screen, time.perf_counter()
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError("the screen never came to that")


def connect(connection: socket.socket, path: Path, end: float) -> None:
    while True:
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            if time.perf_counter() > end:
                raise
            time.sleep(LOOK_EVERY_S)
        else:
            return


def home_answers(screen: dict[str, Any]) -> bool:
    enabled = any(x["id"] == HELP and x["enabled"] for x in screen["widgets"])
    return bool(screen["screen"] == "home" and screen["settled"] and enabled)


def _machines_answered(screen: dict[str, Any]) -> bool:
    return all(screen["devices"].get(x, [""])[0] == "ready" for x in NEEDED)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)


def _until_black(place: Scene, black: bytes) -> None:
    """Wait until the server has taken the window away."""
    now = place.glass.pixels(*_LOOK)
    if now != black:
        place.glass.wait_change(*_LOOK, now, PATIENCE_S)
