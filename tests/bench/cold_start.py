"""From starting the program to a home screen that can be touched, beside a bare window."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from tests.bench.scene import Scene, bare_window, scene, surroundings

MORE_S = 0.35
STARTS = 9
PATIENCE_S = 40.0
LOOK_EVERY_S = 0.005
HELP, SERVICE = "nav.help", "home.pay_bill"
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
    the end, and what can be touched on it answers. ``open``: paying a bill, too, since machines
    and biller have answered; what they take for that isn't the kiosk's.
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
        touchable, is_open = _watch_home(path)
        return {"first_pixel": first, "touchable": touchable - began, "open": is_open - began}
    finally:
        _end(process)
        _until_black(place, black)


def _watch_home(path: Path) -> tuple[float, float]:
    """The ``perf_counter`` when the home screen could be touched, and when its service was open."""
    end = time.perf_counter() + PATIENCE_S
    with socket.socket(socket.AF_UNIX) as connection:
        _connect(connection, path, end)
        with connection.makefile("rw") as talk:
            touchable = _when(talk, HELP, end)
            return touchable, _when(talk, SERVICE, end)


def _when(talk: TextIO, widget_id: str, end: float) -> float:
    """The ``perf_counter`` when a widget of a settled home screen answers."""
    while time.perf_counter() < end:
        talk.write('{"get":"screen"}\n')
        talk.flush()
        if _answers(json.loads(talk.readline()), widget_id):
            return time.perf_counter()
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"{widget_id} never answered")


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


def _answers(screen: dict[str, Any], widget_id: str) -> bool:
    enabled = any(x["id"] == widget_id and x["enabled"] for x in screen["widgets"])
    return bool(screen["screen"] == "home" and screen["settled"] and enabled)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)


def _until_black(place: Scene, black: bytes) -> None:
    """Wait until the server has taken the window away."""
    now = place.glass.pixels(*_LOOK)
    if now != black:
        place.glass.wait_change(*_LOOK, now, PATIENCE_S)
