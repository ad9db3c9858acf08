"""Whether memory grows with payments: many, one after the other, through the whole kiosk.

What counts is the program's own memory. Of libraries it may hold more or less at the end, only
because another program with the same libraries has come or gone; that is told beside it.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.resident import lift_limits, pay_many
from tests.bench.scene import SPEED, Memory, memory_of, process_of, processor_s, scene

GROWTH_MIB = 2.0
PAYMENTS = int(os.environ.get("BENCH_PAYMENTS", "1000"))
WARM_UP = 50
SAMPLE_EVERY = 10
SAMPLES = 5
"""Memory goes up and down by some pages: a level is the median of so many samples."""
TELL_EVERY = 100


class _Watch:
    """Memory and processor time behind each payment."""

    def __init__(self, process: Any, payments: int) -> None:
        self._process = process
        self._payments = payments
        self._began = time.monotonic()
        self.warm_s = 0.0
        self.samples: list[tuple[int, Memory]] = []

    def after(self, number: int) -> None:
        if number == WARM_UP:
            self.warm_s = processor_s(self._process)
        if number % SAMPLE_EVERY == 0:
            self.samples.append((number, memory_of(self._process)))
        if number % TELL_EVERY == 0:
            each = (time.monotonic() - self._began) / number
            left = (self._payments + WARM_UP - number) * each / 60
            mib = self.samples[-1][1].own
            print(f"  {number} payments, {mib:.1f} MiB of its own, {left:.0f} min left", flush=True)

    def report(self) -> dict[str, Any]:
        """Levels after the warm-up and at the end, in MiB."""
        before, after = growth([(number, memory.own) for number, memory in self.samples])
        pss = growth([(number, memory.pss) for number, memory in self.samples])
        spent = processor_s(self._process) - self.warm_s
        return {
            "payments": self._payments,
            "growth_mib": round(after - before, 2),
            "before_mib": before,
            "after_mib": after,
            "pss_before_mib": pss[0],
            "pss_after_mib": pss[1],
            "processor_ms_per_payment": round(1000 * spent / self._payments, 1),
            "own_mib": [(number, memory.own) for number, memory in self.samples],
        }


def growth(samples: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """The levels after the warm-up and at the end; a sample is a payment's number and MiB."""
    counted = [mib for number, mib in samples if number >= WARM_UP]
    return statistics.median(counted[:SAMPLES]), statistics.median(counted[-SAMPLES:])


def measure(payments: int = PAYMENTS) -> dict[str, Any]:
    """Growth of PSS over ``payments`` behind a warm-up; all with a card, home to home."""
    with scene(lift_limits, SPEED) as place, place.kiosk() as kiosk:
        watch = _Watch(process_of(kiosk), payments)
        pay_many(kiosk, place.cabin, WARM_UP + payments, watch.after)
        return watch.report()
