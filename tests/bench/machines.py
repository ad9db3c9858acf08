"""All the cabin's machines at once: what their workers cost at rest, how soon a change is known.

Run alone: ``python -m tests.bench.machines``.
"""

from __future__ import annotations

import json
import queue
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devices import registry
from devices.driver import Report, StatusChanged
from devices.status import Level, Status
from devices.worker import Worker
from sim.cabin import APP_ID, BAUD
from tests.support.simulated import Bench, simulated_cabin

IDLE_PERCENT = 1.0
CHANGE_S = 1.0
WATCH_S = 30.0
SETTLE_S = 8.0
CHANGES = 9
PATIENCE_S = 60.0

MACHINES: dict[str, tuple[str, dict[str, object]]] = {
    "terminal": ("ecr_hub", {"app_id": APP_ID}),
    "scanner": ("cdc_scanner", {}),
    "receipt_printer": ("escpos_serial", {"columns": 48}),
    "bp_meter": ("rbp_meter", {}),
    "bp_meter_standard": ("ieee_meter", {}),
    "booklet_dispenser": ("qu_cd", {}),
    "id_reader": ("sam_v", {}),
    "rice_mill": ("rice_mill", {}),
}


class Cabin:
    """Every machine with its worker; what they report, with its moment."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self.folder, self.bench = folder, bench
        self._reports: queue.SimpleQueue[tuple[float, str, Report]] = queue.SimpleQueue()
        self.workers: dict[str, Worker] = {}

    def start(self, device: str, driver: str, settings: dict[str, object], url: str) -> None:
        factory = registry.factory(driver, settings)
        self.workers[device] = Worker(device, factory, url, self._hear)
        self.workers[device].start()

    def _hear(self, name: str, report: Report) -> None:
        self._reports.put((time.monotonic(), name, report))

    def until(self, device: str, holds: Callable[[Status], bool]) -> float:
        """The moment at which a machine's status became what is hoped for."""
        end = time.monotonic() + PATIENCE_S
        while True:
            at, name, report = self._reports.get(timeout=max(0.0, end - time.monotonic()))
            if name == device and isinstance(report, StatusChanged) and holds(report.status):
                return at

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.stop()


@contextmanager
def _cabin() -> Iterator[Cabin]:
    with tempfile.TemporaryDirectory() as folder, simulated_cabin(Path(folder)) as simulated:
        cabin = Cabin(simulated.folder, simulated.bench)
        for device, (driver, settings) in MACHINES.items():
            url = f"serial://{simulated.folder / device}?baud={BAUD.get(device, 9600)}"
            cabin.start(device, driver, settings, url)
        try:
            yield cabin
        finally:
            cabin.stop()


def _changes(cabin: Cabin, device: str, bad: tuple[str, str], good: tuple[str, str]) -> float:
    """The longest of several times from something done at a machine to the report of it."""
    times = []
    for turn in range(CHANGES):
        # Not always at the same moment of the driver's round of questions.
        time.sleep(0.5 + turn * 0.37)
        for action, reason in (bad, good):
            began = time.monotonic()
            cabin.bench.act(device, action)
            times.append(cabin.until(device, _is(reason)) - began)
    return max(times)


def _is(reason: str) -> Callable[[Status], bool]:
    if reason:
        return lambda status: status.reason == reason
    return lambda status: status.level is Level.READY


def measure() -> dict[str, Any]:
    """Processor time at rest in per cent of a core, and seconds from a change to its report."""
    with _cabin() as cabin:
        time.sleep(SETTLE_S)
        began, used = time.monotonic(), time.process_time()
        time.sleep(WATCH_S)
        percent = 100 * (time.process_time() - used) / (time.monotonic() - began)
        levels = {name: worker.status.level.value for name, worker in cabin.workers.items()}
        paper = _changes(cabin, "receipt_printer", ("paper_out", "paper_out"), ("paper_in", ""))
        unplugged = []
        for _ in range(CHANGES):
            moment = time.monotonic()
            cabin.bench.act("id_reader", "unplug")
            unplugged.append(cabin.until("id_reader", lambda x: not x.usable) - moment)
            cabin.bench.act("id_reader", "plug")
            cabin.until("id_reader", lambda x: x.level is Level.READY)
    return {
        "devices": len(levels),
        "idle_percent": round(percent, 3),
        "levels": levels,
        "paper_s": round(paper, 3),
        "unplugged_s": round(max(unplugged), 3),
        "unplugged_median_s": round(statistics.median(unplugged), 3),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
