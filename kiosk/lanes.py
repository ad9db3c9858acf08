"""Slow calls off the engine's thread: one thread a lane, jobs of a lane in order."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A call and what to say instead of its value if our own code fails in it."""

    call: Callable[[], object]
    broken: object = None


class ThreadLanes:
    """Lanes as daemon threads, begun when first needed. A value that is None isn't posted.

    ``mark`` begins the names of the threads.
    """

    def __init__(self, post: Callable[[object], None], mark: str = "") -> None:
        self._post = post
        self._mark = mark
        self._queues: dict[str, queue.SimpleQueue[Job | None]] = {}

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:
        """Make the call in its lane and post what it returns; ``broken`` if it raises."""
        if lane not in self._queues:
            self._queues[lane] = queue.SimpleQueue()
            thread = threading.Thread(
                target=self._work,
                args=(self._queues[lane],),
                name=f"{self._mark}lane-{lane}",
                daemon=True,
            )
            thread.start()
        self._queues[lane].put(Job(call, broken))

    def close(self) -> None:
        """Let each lane end with what it is at and what waits in it."""
        for jobs in self._queues.values():
            jobs.put(None)

    def _work(self, jobs: queue.SimpleQueue[Job | None]) -> None:
        while (job := jobs.get()) is not None:
            value = outcome_of(job)
            if value is not None:
                self._post(value)


def outcome_of(job: Job) -> object:
    """Return a job's value. A defect in it must not leave an order without an answer."""
    try:
        return job.call()
    except Exception:  # noqa: BLE001  # the lane goes on for the other orders
        _log.exception("a call outside failed in our own code")
        return job.broken
