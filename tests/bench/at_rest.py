"""What the kiosk costs while nobody is there: memory and processor time on the home screen.

PSS shares out what several processes map. Measured beside another window, OpenGL's libraries count
half and the figure is 18 MiB too good: run it alone.
"""

from __future__ import annotations

import time
from typing import Any

from tests.bench.scene import memory_of, process_of, processor_s, scene

PSS_MIB = 150.0
IDLE_PERCENT = 0.5
SETTLE_S = 10.0
"""Every screen has been built and every gateway asked by then."""
WATCH_S = 60.0
"""What is done once a minute (the clock, asking whether the biller answers) is in it."""


def measure(watch_s: float = WATCH_S) -> dict[str, Any]:
    """PSS and its parts in MiB, processor time in per cent of one core."""
    with scene() as place, place.kiosk() as kiosk:
        time.sleep(SETTLE_S)
        process = process_of(kiosk)
        memory = memory_of(process)
        began, used = time.monotonic(), processor_s(process)
        time.sleep(watch_s)
        spent = processor_s(process) - used
        passed = time.monotonic() - began
        return {
            "pss_mib": memory.pss,
            "own_mib": memory.own,
            "libraries_mib": memory.files,
            "rss_mib": round(process.memory_info().rss / (1 << 20), 1),
            "idle_percent": round(100 * spent / passed, 3),
            "watched_s": round(passed, 1),
            "threads": process.num_threads(),
            "screen": kiosk.look()["screen"],
        }
