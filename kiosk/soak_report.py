"""What a simulated run came to: figures, and the report for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kiosk.audit import Audit
from kiosk.audit_wares import Balance

HOURS = 24
UNITS = {"rice": "g", "pages": "sides", "booklet": "booklets"}


def _hours() -> list[float]:
    return [0.0] * HOURS


@dataclass
class Service:
    """``came`` with that errand, ``served``: they had what they came for, or were told why not."""

    came: int = 0
    served: int = 0


@dataclass
class Report:
    """What a run came to. Times in seconds; ``virtual_s`` is the simulated time.

    ``arrivals`` and ``busy_s`` are by the hour of the day; ``struck`` counts troubles by what they
    struck. ``differences`` are of the audits that aren't the money's: wares and the journal's own.
    """

    seed: int
    residents: int
    days: float
    faults: float
    seconds: float = 0.0
    virtual_s: float = 0.0
    restarts: int = 0
    troubles: int = 0
    words: dict[str, int] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=_hours)
    busy_s: list[float] = field(default_factory=_hours)
    struck: Counter[str] = field(default_factory=Counter)
    measurements: int = 0
    refunds: int = 0
    rows: int = 0
    wares: tuple[Balance, ...] = ()
    differences: tuple[str, ...] = ()
    audit: Audit | None = None

    @property
    def all_differences(self) -> tuple[str, ...]:
        found = self.audit.differences if self.audit is not None else ()
        return (*found, *self.differences)

    @property
    def good(self) -> bool:
        return self.audit is not None and not self.all_differences


def text(report: Report) -> str:
    """The report for people."""
    found = report.audit
    if found is None:
        raise ValueError("the run has not ended")
    lines = [
        f"{report.residents} residents, {report.virtual_s / 86_400:.1f} simulated days in "
        f"{report.seconds:.1f} s, seed {report.seed}",
        f"{report.troubles} troubles, {report.restarts} restarts",
        *_table("service", ("came", "served"), _services(report)),
        f"{report.measurements} measurements of blood pressure",
        f"{found.orders} orders: {found.closed} closed, {found.waiting_for_person} wait for a "
        f"person, {found.open} open",
        f"charged {found.charged_fen} = delivered {found.posted_fen} + paid back "
        f"{found.refunded_fen} + openly unknown {found.unknown_fen} fen",
        *(f"  {word}: {count}" for word, count in report.words.items()),
        *map(_ware, report.wares),
        *_table("troubles of", ("",), [(x, (n,)) for x, n in report.struck.most_common()]),
        f"the journal's {report.rows} rows have been checked",
        *(f"DIFFERENCE {x}" for x in report.all_differences),
        "the books are right" if report.good else "THE BOOKS DIFFER",
    ]
    return "\n".join(lines)


def _services(report: Report) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, (x.came, x.served)) for name, x in report.services.items()]


def _table(
    head: str, columns: tuple[str, ...], rows: list[tuple[str, tuple[int, ...]]]
) -> list[str]:
    lines = [f"  {head:<20}" + "".join(f"{x:>8}" for x in columns)] if rows else []
    return [x.rstrip() for x in lines] + [
        f"  {name:<20}" + "".join(f"{x:>8}" for x in values) for name, values in rows
    ]


def _ware(ware: Balance) -> str:
    return (
        f"{ware.ware}: paid {ware.paid} = given {ware.given} + paid back {ware.back} + openly "
        f"unknown {ware.unknown} {UNITS[ware.ware]}; the machine counts {ware.counted}"
    )
