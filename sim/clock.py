"""Time for the simulated cabin: real (at any speed) or virtual.

Models never read the operating system's clock. Durations come from `monotonic()` and dates from
`time()` (both in seconds), so that a jump of the wall clock moves the dates and nothing else.
"""

from __future__ import annotations

import threading
import time as _time
from typing import Protocol


class Clock(Protocol):
    """What models and gateways may ask of time."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC, as the simulated world believes."""
        ...


class RealClock:
    """The machine's clock, `speed` times as fast, its date shifted by `offset` seconds."""

    def __init__(self, speed: float = 1.0, offset: float = 0.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be greater than 0")
        self.speed = speed
        self._lock = threading.Lock()
        self._offset = offset
        self._monotonic_start = _time.monotonic()
        self._wall_start = _time.time()

    def monotonic(self) -> float:
        return (_time.monotonic() - self._monotonic_start) * self.speed

    def time(self) -> float:
        with self._lock:
            return self._wall_start + self.monotonic() + self._offset

    def wall(self) -> float:
        """The machine's own date, whatever the speed; a jump moves it as well.

        Programs beside the simulator live by it: their signatures carry it.
        """
        with self._lock:
            return _time.time() + self._offset

    def jump(self, seconds: float) -> None:
        """Move the date by `seconds` (may be negative); durations don't notice."""
        with self._lock:
            self._offset += seconds


class VirtualClock:
    """A clock that moves only when told to. `start` is the date in seconds since 1970 UTC."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._monotonic = 0.0
        self._wall = start

    def monotonic(self) -> float:
        return self._monotonic

    def time(self) -> float:
        return self._wall

    def advance(self, dt: float) -> None:
        """Let `dt` seconds pass."""
        if dt < 0:
            raise ValueError("time can't be advanced by a negative duration")
        self._monotonic += dt
        self._wall += dt

    def jump(self, seconds: float) -> None:
        """Move the date by `seconds` (may be negative); durations don't notice."""
        self._wall += seconds
