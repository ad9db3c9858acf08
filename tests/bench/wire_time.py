"""Time on the wire beside the physical minimum, with simulated lines that keep their baud rate.

The real worker drives the simulated machine over a real pty. What it sent and heard is written
down; then a host that needs no time plays the same conversation to the same machine in virtual
time: each write leaves as soon as the bytes that came before it are there. That takes as long as
the bytes and the machine need, and nothing else.

Run alone: ``python -m tests.bench.wire_time``.
"""

from __future__ import annotations

import json
import queue
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devices import registry
from devices.driver import Completed, Driver, Progress, Report, Tap
from devices.id_reader.driver import ReadCard
from devices.receipt_printer.document import Print
from devices.receipt_printer.operations import sample
from devices.rice_mill.commands import Mill, Milling
from devices.rice_mill.driver import SILENCE_S
from devices.status import Success
from devices.worker import Worker
from sim.cabin import BAUD
from sim.virtual import VirtualCabin
from tests.support.simulated import Bench, simulated_cabin

LIMIT = 1.05
RUNS = 3
PATIENCE_S = 120.0


@dataclass
class Said(Tap):
    """What went over the wire since `begin`: a write, or how many bytes were heard."""

    script: list[bytes | int] = field(default_factory=list)

    def sent(self, data: bytes) -> None:
        self.script.append(data)

    def received(self, data: bytes, now: float) -> None:
        del now
        if self.script and isinstance(self.script[-1], int):
            self.script[-1] += len(data)
        else:
            self.script.append(len(data))


@dataclass(frozen=True)
class Task:
    """One piece of work of one machine, with what somebody does at it before and after."""

    device: str
    driver: str
    settings: dict[str, object]
    command: Callable[[int], object]
    before: tuple[tuple[str, dict[str, object]], ...] = ()
    after: tuple[tuple[str, dict[str, object]], ...] = ()
    done: Callable[[Report], bool] = lambda report: isinstance(report, Completed)
    """What ends it: the command's end, or something said on the way."""
    silence_s: float = 0.0
    """How long the line must be silent before the host may speak (seconds)."""
    to_take: str = ""
    """The phase in which somebody takes what came out, before the command can end."""


TASKS = {
    "receipt at 19200": Task(
        "receipt_printer",
        "escpos_serial",
        {"columns": 48},
        lambda run: Print(f"bench-{run}", sample("数字小屋 3801")),
    ),
    "ID card at 115200": Task(
        "id_reader", "sam_v", {}, lambda _: ReadCard(30.0), (("lay", {}),), (("lift", {}),)
    ),
    # Until the mill is seen running: what comes after is milling, not talking.
    "Modbus batch at 9600": Task(
        "rice_mill",
        "rice_mill",
        {},
        lambda _: Mill(1, 500, 7),
        done=lambda report: isinstance(report, Progress) and isinstance(report.what, Milling),
        silence_s=SILENCE_S,
        to_take="take",
    ),
}


class _Host:
    """The real worker over the real pty."""

    def __init__(self, folder: Path, bench: Bench, task: Task) -> None:
        self._task, self._bench = task, bench
        self._reports: queue.SimpleQueue[tuple[float, Report]] = queue.SimpleQueue()
        self.said = Said()
        url = f"serial://{folder / task.device}?baud={BAUD[task.device]}"
        self._worker = Worker(task.device, self._driver, url, self._hear)
        self._worker.start()
        end = time.monotonic() + PATIENCE_S
        while not self._worker.status.usable:
            self._reports.get(timeout=end - time.monotonic())

    def _driver(self) -> Driver:
        driver = registry.factory(self._task.driver, self._task.settings)()
        driver.tap = self.said
        return driver

    def _hear(self, name: str, report: Report) -> None:
        del name
        self._reports.put((time.monotonic(), report))

    def run(self, number: int) -> tuple[float, list[bytes | int]]:
        """Seconds from the command to its end, and what was said."""
        for name, body in self._task.before:
            self._bench.act(self._task.device, name, **body)
        self.said.script.clear()
        began = time.monotonic()
        self._worker.submit(self._task.command(number))
        at, report = self._until(self._task.done)
        script = list(self.said.script)
        if not isinstance(report, Completed):
            self._finish()
        elif not isinstance(report.completion, Success):
            raise RuntimeError(f"{self._task.device}: {report.completion}")
        for name, body in self._task.after:
            self._bench.act(self._task.device, name, **body)
        return at - began, script

    def _finish(self) -> None:
        """Let the command come to its end behind what was measured."""
        phase = self._task.to_take
        self._bench.until(self._task.device, lambda state: state["phase"] == phase)
        self._bench.act(self._task.device, phase)
        self._until(lambda report: isinstance(report, Completed))

    def _until(self, holds: Callable[[Report], bool]) -> tuple[float, Report]:
        while True:
            at, report = self._reports.get(timeout=PATIENCE_S)
            if holds(report):
                return at, report

    def stop(self) -> None:
        self._worker.stop()


def ideal(task: Task, script: list[bytes | int]) -> float:
    """Seconds that the same conversation takes with a host that answers at once."""
    cabin = VirtualCabin(pace=True)
    line = cabin.lines[task.device]
    cabin.advance_to(5.0)
    for name, body in task.before:
        line.model.act(name, body)
    line.to_host()
    began = cabin.clock.monotonic()
    heard = wanted = 0
    for step in script:
        if isinstance(step, bytes):
            cabin.advance_to(cabin.clock.monotonic() + task.silence_s)
            heard += sum(map(len, line.to_host()))
            line.from_host(step)
            continue
        wanted += step
        while heard < wanted:
            event = line.next_event()
            if event is None:
                break  # an answer to something asked before the beginning was among them
            cabin.advance_to(cabin.clock.monotonic() + event)
            heard += sum(map(len, line.to_host()))
    return cabin.clock.monotonic() - began


@contextmanager
def _cabin() -> Iterator[tuple[Path, Bench]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        simulated_cabin(Path(folder), "--pace") as cabin,
    ):
        yield cabin.folder, cabin.bench


def measure() -> dict[str, dict[str, Any]]:
    """By task: seconds taken (the median of the runs), the least possible, and their ratio."""
    found = {}
    with _cabin() as (folder, bench):
        for name, task in TASKS.items():
            host = _Host(folder, bench, task)
            try:
                taken = []
                for run in range(RUNS):
                    took, script = host.run(run)
                    taken.append((took / ideal(task, script), took, ideal(task, script)))
            finally:
                host.stop()
            ratio, took, least = sorted(taken)[RUNS // 2]
            found[name] = {
                "ratio": round(ratio, 4),
                "taken_s": round(took, 4),
                "least_s": round(least, 4),
            }
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
