"""A cabin's day of 80 visits in virtual time: how long it takes, and what many visits leave behind.

All services, with troubles; the same seed each time, so that the same is measured.
"""

from __future__ import annotations

import gc
import logging
import os
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from kiosk.soak import Soak

VISITS, DAYS, FAULTS, SEED = 80, 1.0, 0.5, 7
DAY_S, SYNCED_S = 20.0, 30.0
GROWTH_MIB = 2.0
MIXED = int(os.environ.get("BENCH_VISITS", "500"))
WARM_UP = 80
_ROOT = Path(__file__).parents[2]
OURS = (f"{_ROOT}/kiosk/*", f"{_ROOT}/devices/*")
"""What counts is allocated by the kiosk's own code: the simulator keeps every receipt."""


@contextmanager
def _cabin(where: Path | None, visits: int, days: float, faults: float) -> Iterator[Soak]:
    """A cabin in a new folder; nothing of it is logged."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="day-", dir=where) as folder:
        run = Soak(Path(folder), SEED, visits, days, faults)
        try:
            yield run
        finally:
            run.kiosk.close()
            root.setLevel(level)


def day(where: Path | None = None) -> dict[str, Any]:
    """Seconds of one day with its audit. RuntimeError if the books differ."""
    with _cabin(where, VISITS, DAYS, FAULTS) as run:
        report = run.run()
    if not report.good:
        raise RuntimeError(f"the books differ: {report.all_differences}")
    return {
        "seconds": round(report.seconds, 2),
        "orders": report.audit.orders if report.audit else 0,
        "rows": report.rows,
        "troubles": report.troubles,
        "services": {name: x.came for name, x in report.services.items()},
    }


def growth(visits: int = MIXED) -> dict[str, Any]:
    """MiB that the kiosk's own code holds after a warm-up, and after so many visits more."""
    process = psutil.Process()
    levels: dict[int, tuple[float, float]] = {}
    # Close upon each other: hours in which nobody comes cost time and tell nothing.
    with _cabin(None, WARM_UP + visits, DAYS, 0.0) as run:
        visit = run._visit
        count = 0

        def counted(one: Any) -> None:
            nonlocal count
            visit(one)
            count += 1
            if count in (WARM_UP, WARM_UP + visits):
                run.kiosk.advance(300)  # everything of the last visit is gone
                levels[count] = (_held_mib(), process.memory_info().rss / (1 << 20))

        run._visit = counted  # type: ignore[method-assign]
        tracemalloc.start()
        try:
            run.live()
        finally:
            tracemalloc.stop()
    before, after = levels[WARM_UP], levels[WARM_UP + visits]
    return {
        "visits": visits,
        "growth_mib": round(after[0] - before[0], 2),
        "before_mib": round(before[0], 2),
        "after_mib": round(after[0], 2),
        "process_growth_mib": round(after[1] - before[1], 2),
    }


def _held_mib() -> float:
    gc.collect()
    wanted = [tracemalloc.Filter(inclusive=True, filename_pattern=x) for x in OURS]
    snapshot = tracemalloc.take_snapshot().filter_traces(wanted)
    return sum(x.size for x in snapshot.statistics("filename")) / (1 << 20)
