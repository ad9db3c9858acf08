"""What the engine does by the clock: timers by name, in monotonic seconds, and regular chores."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chore:
    """Something the engine does every ``period_s`` seconds, quickly and without money.

    One with ``urgent_s`` is about the device or gateway of its name, and is done that often while
    that can't be used.
    """

    name: str
    period_s: float
    do: Callable[[], None]
    urgent_s: float = 0


class Timers:
    """A heap of named deadlines. Not for use by more than one thread."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Hashable]] = []
        self._live: dict[Hashable, int] = {}
        self._count = 0

    def start(self, key: Hashable, when: float) -> None:
        """Let ``key`` fall due at ``when``; one of the same key is replaced."""
        self._count += 1
        self._live[key] = self._count
        heapq.heappush(self._heap, (when, self._count, key))

    def stop(self, key: Hashable) -> None:
        self._live.pop(key, None)

    def due(self, now: float) -> list[Hashable]:
        """Return, and forget, the keys whose time has come, earliest first."""
        keys = []
        while self._heap and self._heap[0][0] <= now:
            _, number, key = heapq.heappop(self._heap)
            if self._live.get(key) == number:
                del self._live[key]
                keys.append(key)
        return keys

    def next_due(self) -> float | None:
        """Return when the next key falls due, None if none waits."""
        while self._heap and self._live.get(self._heap[0][2]) != self._heap[0][1]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
