"""Signs of life of the parts that must not stand still: screen, engine, journal.

Nobody polls them. Whoever wants to know asks (`Heartbeat.ask`, and posts a `Ping` to the engine or
wakes the screen's loop); the part answers with `beat` when its turn comes. A part that is asked
and doesn't answer is stuck; one that nobody asks is only quiet. Times are monotonic seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

SCREEN = "screen"
"""The window's loop has ticked."""
ENGINE = "engine"
"""The engine's thread has taken a message from its queue."""
JOURNAL = "journal"
"""The books could be written just now."""
PARTS = (SCREEN, ENGINE, JOURNAL)
STUCK_S = 5.0
"""A part that doesn't answer for so long stands still: a touch is answered in a tenth of that."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """One part. ``age_s``: since its last sign of life, None if there was none.

    ``waiting_s``: for how long somebody has waited for one, 0 when nobody does. ``trouble``: what
    it said was wrong when it last answered ("only 3 MiB left for the journal").
    """

    age_s: float | None
    waiting_s: float
    trouble: str = ""


class Heartbeat:
    """Kept by the program, beaten by its parts. Safe in every thread; nothing here waits.

    ``parts``: those that this run has; a kiosk without a window has no screen.
    """

    def __init__(
        self,
        parts: Collection[str] = PARTS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.parts = tuple(parts)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._beaten: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._trouble: dict[str, str] = {}

    def ask(self, *parts: str) -> None:
        """A sign of life is wanted from now on; one that is waited for already stays so."""
        now = self._monotonic()
        with self._lock:
            for part in parts:
                if part in self.parts:
                    self._asked.setdefault(part, now)

    def stale(self, age_s: float) -> tuple[str, ...]:
        """The parts whose last sign of life is older than that (seconds)."""
        now = self._monotonic()
        with self._lock:
            return tuple(x for x in self.parts if now - self._beaten.get(x, -age_s) >= age_s)

    def wanted(self, part: str) -> bool:
        """Whether somebody waits for a sign of life of that part."""
        with self._lock:
            return part in self._asked

    def beat(self, part: str, trouble: str = "") -> None:
        """The part is alive. ``trouble``: it answers, and says that something is wrong.

        A part in trouble is still waited for: it hasn't done what it is there for.
        """
        now = self._monotonic()
        with self._lock:
            self._trouble[part] = trouble
            if not trouble:
                self._beaten[part] = now
                self._asked.pop(part, None)

    def pulses(self) -> Mapping[str, Pulse]:
        """Every part of this run, as it is now."""
        now = self._monotonic()
        with self._lock:
            return {
                part: Pulse(
                    now - self._beaten[part] if part in self._beaten else None,
                    now - self._asked[part] if part in self._asked else 0.0,
                    self._trouble.get(part, ""),
                )
                for part in self.parts
            }

    def answered(self) -> bool:
        """Whether every part that was asked has answered."""
        with self._lock:
            return not self._asked


@dataclass(frozen=True, slots=True)
class Ping:
    """A message to the engine, whose answer is a beat of ENGINE, and of JOURNAL if it can write."""

    heart: Heartbeat
