"""Time as the engine knows it: a monotonic clock, and a wall that can't jump."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """``monotonic`` and ``wall`` in seconds; tests and virtual time drive their own."""

    def monotonic(self) -> float: ...

    def wall(self) -> float: ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()


class TrustedClock:
    """Wall time for the books: it starts at the later of wall and journal, then only runs on.

    A wall clock that jumps while the program runs moves nothing here, and one that was set back
    before the start can't bring an earlier time than the last row's (design, Time; R22).
    """

    def __init__(self, clock: Clock, last_at_ms: int) -> None:
        self._clock = clock
        self._base_ms = max(int(clock.wall() * 1000), last_at_ms)
        self._base_monotonic = clock.monotonic()

    def now_ms(self) -> int:
        passed = self._clock.monotonic() - self._base_monotonic
        return self._base_ms + int(passed * 1000)
