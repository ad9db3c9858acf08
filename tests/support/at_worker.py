"""A driver in its worker on a real port; what it reports can be awaited."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

from devices import registry
from devices.driver import Completed, Progress, Report
from devices.status import Completion, Level
from devices.worker import Worker
from tests.support.simulated import PATIENCE_S


class AtWorker:
    """``ends`` and ``progress`` hold what was told so far; ``until`` takes more."""

    def __init__(self, device: str, driver: str, url: str) -> None:
        self._reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.ends: dict[int, Completion] = {}
        self.progress: list[object] = []
        factory = registry.factory(driver, {})
        self.worker = Worker(device, factory, url, lambda _, report: self._reports.put(report))
        self.worker.start()

    @property
    def reason(self) -> str:
        return self.worker.status.reason

    def ready(self) -> bool:
        return self.worker.status.level is Level.READY

    def gone(self) -> bool:
        return self.worker.status.level is Level.UNAVAILABLE

    def until(self, holds: Callable[[], bool]) -> None:
        """Take reports until something holds. Raises queue.Empty when it never does."""
        end = time.monotonic() + PATIENCE_S
        while not holds():
            report = self._reports.get(timeout=max(0.0, end - time.monotonic()))
            if isinstance(report, Completed):
                assert report.command_id not in self.ends, "one completion each"
                self.ends[report.command_id] = report.completion
            elif isinstance(report, Progress):
                self.progress.append(report.what)

    def submit(self, command: object) -> int:
        return self.worker.submit(command)

    def cancel(self, number: int) -> None:
        self.worker.cancel(number)

    def end(self, number: int) -> Completion:
        self.until(lambda: number in self.ends)
        return self.ends[number]

    def do(self, command: object) -> Completion:
        return self.end(self.submit(command))

    def said(self, kind: type) -> list[object]:
        return [x for x in self.progress if isinstance(x, kind)]

    def stop(self) -> None:
        assert self.worker.stop()
