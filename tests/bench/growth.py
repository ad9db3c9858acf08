"""Whether memory grows with payments: many, one after the other, through the whole kiosk."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.resident import lift_limits, pay_many
from tests.bench.scene import SPEED, process_of, processor_s, pss_mib, scene

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
        self.samples: list[tuple[int, float]] = []

    def after(self, number: int) -> None:
        if number == WARM_UP:
            self.warm_s = processor_s(self._process)
        if number % SAMPLE_EVERY == 0:
            self.samples.append((number, round(pss_mib(self._process), 2)))
        if number % TELL_EVERY == 0:
            each = (time.monotonic() - self._began) / number
            left = (self._payments + WARM_UP - number) * each / 60
            mib = self.samples[-1][1]
            print(f"  {number} payments, {mib:.1f} MiB, {left:.0f} min left", flush=True)

    def report(self) -> dict[str, Any]:
        """Levels after the warm-up and at the end, in MiB."""
        before, after = growth(self.samples)
        spent = processor_s(self._process) - self.warm_s
        return {
            "payments": self._payments,
            "growth_mib": round(after - before, 2),
            "before_mib": before,
            "after_mib": after,
            "processor_ms_per_payment": round(1000 * spent / self._payments, 1),
            "samples": self.samples,
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
