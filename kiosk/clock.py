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


SETTLED_S = 300.0
"""A wall clock that was set forward is believed when it has run on by itself for so long."""
BEHIND_S = 600.0
"""A wall clock so far behind the books is wrong, or the books are: no money is taken."""


class TrustedClock:
    """Wall time for the books: it starts at the later of wall and journal, then only runs on.

    A jump of the wall clock moves nothing here at once. One forward is followed when it has lasted
    (a clock without a battery is set by the network some time after the start); one back never is:
    no row may be earlier than the one before (design, Time; R22).
    """

    def __init__(self, clock: Clock, last_at_ms: int) -> None:
        self._clock = clock
        self._base_ms = max(int(clock.wall() * 1000), last_at_ms)
        self._base_monotonic = clock.monotonic()
        self._ahead_ms = 0
        self._ahead_since: float | None = None

    def now_ms(self) -> int:
        now = self._clock.monotonic()
        run = self._base_ms + int((now - self._base_monotonic) * 1000)
        ahead = int(self._clock.wall() * 1000) - run
        if ahead <= 1000:
            self._ahead_since = None
        elif self._ahead_since is None or abs(ahead - self._ahead_ms) > 1000:
            self._ahead_ms, self._ahead_since = ahead, now
        elif now - self._ahead_since >= SETTLED_S:
            self._base_ms += ahead
            run += ahead
            self._ahead_since = None
        return run

    def behind_s(self) -> float:
        """How far the wall clock is behind the books (seconds), 0 if it isn't."""
        return max(0.0, self.now_ms() / 1000 - self._clock.wall())
