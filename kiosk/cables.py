"""Two cables that somebody has exchanged: noticed, tried the other way round, and said.

Two machines that never answered since their ports were opened are each tried at the other's port,
once. If both answer there (or the one of the two that can), they stay, and the log says which two;
if not, they go back. A machine that has answered at its port is never moved: one that is switched
off later keeps its place. Whatever is paid or dispensed begins only on a machine that has answered
in its own language, so a trial moves nothing. Source: Serial and USB on Linux, "Liveness".
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from devices.driver import Report, StatusChanged
from kiosk.device_probe import elsewhere

_log = logging.getLogger(__name__)

PATIENCE_S = 20.0
"""Longer than two questions that go unanswered and a slow machine's start."""
TRIAL_S = 12.0
LOOK_EVERY_S = 2.0
_NO_PORT = frozenset(
    (
        "port_missing",
        "port_busy",
        "port_forbidden",
        "port_error",
        "unplugged",
        "stuck",
        "stopped",
        "moved",
    )
)


class Movable(Protocol):
    """A device's worker."""

    def move(self, url: str) -> None:
        """Go on at another port."""
        ...


@dataclass(slots=True)
class _Place:
    """One role: where it belongs, and what was heard of it since its port was opened."""

    worker: Movable
    url: str
    answers: bool
    open_since: float | None = None
    heard: bool = False
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class _Trial:
    one: str
    other: str
    until: float


class Cables:
    """Hears the workers' reports (from any thread); ``look`` is called every `LOOK_EVERY_S`.

    ``add`` each worker before it starts.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
        trial_s: float = TRIAL_S,
    ) -> None:
        self._monotonic = monotonic
        self._patience_s, self._trial_s = patience_s, trial_s
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        self._tried: set[frozenset[str]] = set()
        self._trial: _Trial | None = None
        self.exchanged: tuple[tuple[str, str], ...] = ()
        """Pairs of roles that work at each other's ports."""

    def add(self, role: str, worker: Movable, url: str, *, answers: bool) -> None:
        """``answers``: whether its machine says what it is when asked."""
        self._places[role] = _Place(worker, url, answers)

    def heard(self, role: str, report: Report) -> None:
        """A worker's report."""
        if not isinstance(report, StatusChanged) or role not in self._places:
            return
        place, status = self._places[role], report.status
        with self._lock:
            if status.reason in _NO_PORT:
                place.open_since, place.heard = None, False
                place.has_moved = place.has_moved or status.reason == "moved"
                if status.reason == "unplugged" and self._trial is None:
                    # Whatever is plugged in next may be another cable.
                    self._tried = {pair for pair in self._tried if role not in pair}
                return
            if place.open_since is None:
                place.open_since = self._monotonic()
            if status.answered and place.answers:
                place.heard = True

    def look(self) -> None:
        """Begin a trial, or end the one that runs."""
        with self._lock:
            moves = self._end_trial() if self._trial is not None else self._begin_trial()
        # A worker reports while it moves: not under our lock.
        for worker, url in moves:
            worker.move(url)

    def _begin_trial(self) -> list[tuple[Movable, str]]:
        now = self._monotonic()
        for one, other in self._candidates(now):
            pair = frozenset((one, other))
            if pair in self._tried:
                continue
            self._tried.add(pair)
            self._trial = _Trial(one, other, now + self._trial_s)
            return self._move(one, other)
        return []

    def _candidates(self, now: float) -> list[tuple[str, str]]:
        """Pairs worth a trial: both silent, or one silent and one that never answers anyway."""
        waiting = [
            role
            for role, place in self._places.items()
            if not place.heard
            and place.open_since is not None
            and now - place.open_since >= self._patience_s
            and not any(role in pair for pair in self.exchanged)
        ]
        pairs = [
            (one, other)
            for at, one in enumerate(waiting)
            for other in waiting[at + 1 :]
            if self._places[one].answers or self._places[other].answers
        ]
        # Two that answer tell each other apart; a scanner is disturbed only when none are left.
        return sorted(pairs, key=lambda pair: not all(self._places[x].answers for x in pair))

    def _end_trial(self) -> list[tuple[Movable, str]]:
        trial = self._trial
        if trial is None:
            return []
        both = (self._places[trial.one], self._places[trial.other])
        moved = all(place.has_moved for place in both)
        if moved and all(place.heard for place in both if place.answers):
            self._trial = None
            self.exchanged = (*self.exchanged, (trial.one, trial.other))
            _log.warning(
                "the cables of %s and %s are exchanged: each is driven at the other's port",
                trial.one,
                trial.other,
            )
            return []
        if self._monotonic() < trial.until:
            return []
        self._trial = None
        for place in both:
            place.open_since, place.heard = None, False
        return [(place.worker, place.url) for place in both]

    def _move(self, one: str, other: str) -> list[tuple[Movable, str]]:
        a, b = self._places[one], self._places[other]
        for place in (a, b):
            place.open_since, place.heard, place.has_moved = None, False, False
        return [(a.worker, elsewhere(a.url, b.url)), (b.worker, elsewhere(b.url, a.url))]
