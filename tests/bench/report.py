"""The frame of `make bench`: measures by name, a table, and build/bench.json.

A measure is a function that returns one or more readings; `@measure` puts it on the list:

    @measure("journal")
    def journal_append() -> list[Reading]:
        ours, bare = ...
        return [Reading("append with fsync", ours, "ms", 0.15, "over", bare, "bare sqlite3")]
"""

from __future__ import annotations

import json
import os
import platform
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Reading:
    """One number with what it should be. Less is better.

    `limit` is what `value` may be ("at most"), or how much more than `reference`, measured in the
    same run, it may be ("over"). None: reported only. `details` go into the JSON as they are.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    kind: Literal["at most", "over"] = "at most"
    reference: float | None = None
    reference_name: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind == "over" and (self.reference is None or self.limit is None):
            raise ValueError(f"{self.name}: over what, and by how much?")

    @property
    def target(self) -> float | None:
        """The largest value that is good enough, in `unit`."""
        if self.limit is None or self.kind == "at most":
            return self.limit
        return self.limit + (self.reference or 0.0)

    @property
    def reached(self) -> bool | None:
        """None where there is no target."""
        return None if self.target is None else self.value <= self.target


@dataclass(frozen=True, slots=True)
class Failure:
    """A measure that could not be taken."""

    name: str
    reason: str


Measure = Callable[[], Iterable[Reading]]
MEASURES: dict[str, Measure] = {}


def measure(name: str) -> Callable[[Measure], Measure]:
    """Put a function on the list of measures. Raises ValueError if the name is taken."""

    def add(function: Measure) -> Measure:
        if name in MEASURES:
            raise ValueError(f"two measures are called {name}")
        MEASURES[name] = function
        return function

    return add


def take(names: Iterable[str]) -> tuple[list[Reading], list[Failure]]:
    """Take the named measures, one after the other. One that breaks doesn't stop the others."""
    readings: list[Reading] = []
    failures: list[Failure] = []
    for name in names:
        print(f"measuring {name} …", flush=True)
        try:
            readings.extend(MEASURES[name]())
        except Exception as error:  # noqa: BLE001 - the boundary: reported with its trace
            traceback.print_exc()
            failures.append(Failure(name, f"{type(error).__name__}: {error}"))
    return readings, failures


def table(readings: Iterable[Reading], failures: Iterable[Failure]) -> str:
    """What a person reads."""
    rows = [("what", "measured", "reach", "", "beside it")]
    for reading in readings:
        target = "" if reading.target is None else f"≤ {reading.target:.4g} {reading.unit}"
        beside = ""
        if reading.reference is not None:
            beside = f"{reading.reference:.4g} {reading.unit} {reading.reference_name}"
        verdict = {True: "reached", False: "NOT REACHED", None: ""}[reading.reached]
        measured = f"{reading.value:.4g} {reading.unit}"
        rows.append((reading.name, measured, target, verdict, beside))
    rows += [(failure.name, "–", "", "NOT MEASURED", failure.reason) for failure in failures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def write(path: Path, readings: Iterable[Reading], failures: Iterable[Failure]) -> None:
    """What programs read: each number with its target, whether it was reached, its reference."""
    report = {
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
            "load": os.getloadavg(),
        },
        "taken_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "readings": [
            asdict(reading) | {"target": reading.target, "reached": reading.reached}
            for reading in readings
        ],
        "failures": [asdict(failure) for failure in failures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
