"""Looks after the workers: whoever hangs in a call on its port is abandoned and replaced.

One thread for all of them, asleep but for a glance every two seconds. Source: requirement R13
(write() or close() hangs for ever).
"""

from __future__ import annotations

import functools
import threading
from typing import Protocol


class Watched(Protocol):
    """What the supervisor asks of a worker."""

    def check(self) -> None:
        """Look whether the thread hangs, and if so replace it."""
        ...


class Supervisor:
    """Checks every watched worker once in `interval_s` seconds while there is one."""

    def __init__(self, interval_s: float = 2.0) -> None:
        self._interval_s = interval_s
        self._condition = threading.Condition()
        self._watched: list[Watched] = []
        self._thread: threading.Thread | None = None

    def watch(self, worker: Watched) -> None:
        """Look after `worker` from now on."""
        with self._condition:
            self._watched.append(worker)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
                self._thread.start()

    def forget(self, worker: Watched) -> None:
        """Look after it no longer; one that isn't watched is fine."""
        with self._condition:
            self._watched = [other for other in self._watched if other is not worker]
            self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait(self._interval_s)
                if not self._watched:
                    self._thread = None
                    return
                watched = tuple(self._watched)
            for worker in watched:
                worker.check()


@functools.cache
def default_supervisor() -> Supervisor:
    """The one supervisor that workers share."""
    return Supervisor()
