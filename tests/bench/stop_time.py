"""How fast 停止 is said: from the press of the finger to the stop frame on the meter's wire.

Through the whole kiosk while the cuff presses and its figure moves: window, engine, driver, a real
pty. The wire is tapped by a second pty between the kiosk and the simulated meter, which passes on
whatever comes and notes when a stop frame has come whole.

Run alone: ``python -m tests.bench.stop_time``.
"""

from __future__ import annotations

import json
import os
import queue
import re
import select
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.numbers import summary_ms
from tests.bench.scene import Scene, scene
from tests.support.window import KioskWindow

P95_MS = 50.0
ROUNDS = 24
PRESSED_MMHG = 40
HOLD_S = 0.06
PATIENCE_S = 30.0
STOP = bytes.fromhex("CC80030301030002")
"""Blood-pressure meter protocol, 1b: the host's stop frame."""


class Tap:
    """A pty for the kiosk, joined to the simulator's port; `stops` has the moments of stops."""

    def __init__(self, port: Path) -> None:
        self._kiosk, slave = os.openpty()
        self._slave = slave
        self._meter = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        for end in (slave, self._meter):
            tty.setraw(end)
        self.path = os.ttyname(slave)
        self.stops: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._end_r, self._end_w = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="tap")
        self._thread.start()

    def close(self) -> None:
        os.write(self._end_w, b"\0")
        self._thread.join()
        for end in (self._kiosk, self._slave, self._meter, self._end_r, self._end_w):
            os.close(end)

    def _carry(self) -> None:
        said = b""
        while True:
            ready, _, _ = select.select([self._kiosk, self._meter, self._end_r], (), ())
            if self._end_r in ready:
                return
            if self._kiosk in ready:
                data = os.read(self._kiosk, 4096)
                seen = time.perf_counter()
                said = (said + data)[-64:]
                if STOP in said:
                    said = b""
                    self.stops.put(seen)
                os.write(self._meter, data)
            if self._meter in ready:
                os.write(self._kiosk, os.read(self._meter, 4096))


@contextmanager
def _tapped() -> Iterator[tuple[Scene, Tap]]:
    taps: list[Tap] = []

    def prepare(config: Path) -> None:
        tap = Tap(config.parent / "bp_meter")
        taps.append(tap)
        text = config.read_text(encoding="utf-8")
        port = re.escape(str(config.parent.resolve() / "bp_meter"))
        text, count = re.subn(rf'"serial://{port}\?', f'"serial://{tap.path}?', text)
        assert count == 1, "one meter in the configuration"
        config.write_text(text, encoding="utf-8")

    try:
        with scene(prepare) as place:
            yield place, taps[0]
    finally:
        for tap in taps:
            tap.close()


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Milliseconds from the press to the stop frame, whole on the wire."""
    seconds = []
    with _tapped() as (place, tap), place.kiosk() as kiosk:
        for touch in ("home.clinic", "clinic.begin", "clinic.rested"):
            kiosk.touch(touch)
        for _ in range(rounds + 1):
            seconds.append(_stop_once(place, tap, kiosk))
    return {"rounds": rounds, "press_to_frame_ms": summary_ms(seconds[1:])}


def _stop_once(place: Scene, tap: Tap, kiosk: KioskWindow) -> float:
    kiosk.touch("clinic.start")
    x, y = kiosk.middle("clinic.stop")
    place.cabin.bench.until("bp_meter", lambda now: now["pressure"] > PRESSED_MMHG)
    while not tap.stops.empty():
        tap.stops.get()
    place.glass.move(x, y)
    began = time.perf_counter()
    place.glass.press()
    seen = tap.stops.get(timeout=PATIENCE_S)
    time.sleep(HOLD_S)
    place.glass.release()
    kiosk.on("clinic_trouble")
    kiosk.touch("clinic.again")
    kiosk.on("clinic_arm")
    return seen - began


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
