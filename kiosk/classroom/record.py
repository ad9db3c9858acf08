"""What classes have learned, as counts: which steps were done alone, which with what help.

No name and nothing of a person is here, only sums of a day. The file is written anew after each
lesson and holds 90 days; losing the newest lesson in a power cut is no harm.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kiosk.classroom.results import Help, StepResult
from kiosk.durable import Disk

_log = logging.getLogger(__name__)

KEPT_DAYS = 90
_VERSION = 1


@dataclass
class Count:
    """One step of a lesson, or several together. ``came``: learners who came to it. ``helped``
    counts them by the most help that each had. ``seconds`` are those of all of them.
    """

    came: int = 0
    alone: int = 0
    skipped: int = 0
    seconds: int = 0
    helped: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Count) -> None:
        """Take the other's sums in."""
        self.came += other.came
        self.alone += other.alone
        self.skipped += other.skipped
        self.seconds += other.seconds
        self.helped += other.helped
        self.mistakes += other.mistakes

    @property
    def stuck(self) -> int:
        """Learners who needed more than hearing it again, or never did it."""
        easy = self.alone + self.helped[Help.AGAIN.name.lower()]
        return max(0, self.came - easy)


@dataclass(frozen=True, slots=True)
class Entry:
    """The sums of a step on a day. ``screen`` is where it is done, as far as it says."""

    day: date
    lesson: str
    step: str
    screen: str
    count: Count


class ClassRecord:
    """The file. ``add`` and ``forget`` may be called from any one thread at a time."""

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        self._path = path
        self._disk = disk or Disk()

    def add(self, lesson: str, results: Iterable[StepResult], today: date) -> None:
        """Count a learner's lesson. A file that can't be written costs the count, nothing else."""
        try:
            entries = kept(self.read(), today)
            entries += [
                Entry(today, lesson, x.step, x.screen, count_of(x)) for x in results if x.times
            ]
            self._disk.replace(self._path, _encoded(_summed(entries)))
        except OSError as error:
            _log.error("%s: what a class learned can't be kept: %s", self._path, error)

    def forget(self, today: date) -> None:
        """Drop what is older than it may be, though no class is held any more."""
        try:
            entries = self.read()
            if len(fresh := kept(entries, today)) < len(entries):
                self._disk.replace(self._path, _encoded(fresh))
        except OSError as error:
            _log.error("%s: what is too old can't be dropped: %s", self._path, error)

    def read(self) -> tuple[Entry, ...]:
        """Every entry; none from a file that isn't one of ours. Raises OSError."""
        content = self._disk.read(self._path)
        if content is None:
            return ()
        try:
            return tuple(_decoded(json.loads(content)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            _log.error("%s is no class record, and begins anew: %s", self._path, error)
            return ()


def kept(entries: Iterable[Entry], today: date) -> list[Entry]:
    """Those of the last 90 days."""
    return [x for x in entries if x.day > today - timedelta(days=KEPT_DAYS)]


def count_of(result: StepResult) -> Count:
    """One learner's step as a count."""
    helped: Counter[str] = Counter()
    if result.done and result.help is not Help.NONE:
        helped[result.help.name.lower()] += 1
    return Count(
        came=1,
        alone=int(result.alone),
        skipped=int(result.skipped),
        seconds=round(result.seconds),
        helped=helped,
        mistakes=Counter(result.mistakes),
    )


def _summed(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each step and day."""
    found: dict[tuple[date, str, str], Entry] = {}
    for entry in entries:
        key = entry.day, entry.lesson, entry.step
        if key in found:
            found[key].count.add(entry.count)
        else:
            found[key] = entry
    return list(found.values())


def _encoded(entries: Iterable[Entry]) -> bytes:
    rows = [
        {
            "day": x.day.isoformat(),
            "lesson": x.lesson,
            "step": x.step,
            "screen": x.screen,
            "came": x.count.came,
            "alone": x.count.alone,
            "skipped": x.count.skipped,
            "seconds": x.count.seconds,
            "helped": dict(x.count.helped),
            "mistakes": dict(x.count.mistakes),
        }
        for x in entries
    ]
    lines = ",\n".join(json.dumps(x) for x in rows)
    return f'{{"version": {_VERSION}, "entries": [\n{lines}\n]}}\n'.encode()


def _decoded(content: Any) -> Iterator[Entry]:
    if content["version"] != _VERSION:
        raise ValueError(f"version {content['version']} isn't {_VERSION}")
    for x in content["entries"]:
        numbers = [int(x[name]) for name in ("came", "alone", "skipped", "seconds")]
        came, alone, skipped, seconds = numbers
        helped, mistakes = Counter(x["helped"]), Counter(x["mistakes"])
        count = Count(came, alone, skipped, seconds, helped, mistakes)
        yield Entry(date.fromisoformat(x["day"]), x["lesson"], x["step"], x["screen"], count)
