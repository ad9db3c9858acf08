"""What a printer says is the matter, as stable codes and plain words.

``printer-state-reasons`` are keywords that may end in how bad it is: ``-report``, ``-warning``
(the job will come out all the same) or ``-error``, which is also what no ending means. Printers
take liberties with that, so a reason that hinders every page is believed to hinder when it has no
ending, and is only a call for attention when the printer itself says that it goes on.
Sources: RFC 8011, 5.4.12; PWG 5100.9 for the names from the Printer MIB; PWG 5100.13 for trays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from devices.status import Level, Status

IDLE, PROCESSING, STOPPED = 3, 4, 5


class Severity(IntEnum):
    """The worst is the greatest."""

    REPORT = 0
    WARNING = 1
    ERROR = 2


_ENDINGS = {
    "-report": Severity.REPORT,
    "-warning": Severity.WARNING,
    "-error": Severity.ERROR,
}

MEANINGS = {
    "jammed": "paper is jammed",
    "cover_open": "a cover or door is open",
    "paper_out": "no paper",
    "tray_missing": "a paper tray is missing",
    "toner_out": "no toner or ink",
    "output_full": "the output tray is full",
    "waste_full": "the waste container is full",
    "paused": "somebody has paused the printer",
    "shut_down": "the printer is switched off or starting",
    "stopped": "the printer has stopped",
    "not_accepting": "the printer takes no jobs now",
    "spool_full": "the printer's memory is full",
    "other": "the printer wants to be looked at",
    "paper_low": "paper runs low",
    "toner_low": "toner or ink runs low",
    "output_nearly_full": "the output tray is nearly full",
    "waste_nearly_full": "the waste container is nearly full",
}
"""Every code in plain words, the gravest first."""

_CODES = {
    "media-jam": "jammed",
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "interlock-open": "cover_open",
    "media-empty": "paper_out",
    "media-needed": "paper_out",
    "input-tray-missing": "tray_missing",
    "toner-empty": "toner_out",
    "marker-supply-empty": "toner_out",
    "output-area-full": "output_full",
    "marker-waste-full": "waste_full",
    "paused": "paused",
    "moving-to-paused": "paused",
    "shutdown": "shut_down",
    "connecting-to-device": "shut_down",
    "timed-out": "shut_down",
    "stopped-partly": "stopped",
    "stopping": "stopped",
    "spool-area-full": "spool_full",
    "other": "other",
    "media-low": "paper_low",
    "toner-low": "toner_low",
    "marker-supply-low": "toner_low",
    "output-area-almost-full": "output_nearly_full",
    "marker-waste-almost-full": "waste_nearly_full",
}
_ORDER = {code: at for at, code in enumerate(MEANINGS)}
_NEVER_HINDER = frozenset(
    ("paper_low", "toner_low", "output_nearly_full", "waste_nearly_full", "other")
)

A4 = frozenset(((29700, 21000), (21000, 29700)))
"""Feed and cross-feed size of A4, in hundredths of a millimetre."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason: our code, how bad, and the printer's own word."""

    code: str
    severity: Severity
    keyword: str

    @property
    def hinders(self) -> bool:
        """Whether pages can't come out."""
        return self.severity is Severity.ERROR and self.code not in _NEVER_HINDER


@dataclass(frozen=True, slots=True)
class Tray:
    """A paper tray. ``level``: sheets, -2 not known, -3 some. ``size``: hundredths of mm."""

    size: tuple[int, int]
    level: int


def troubles(keywords: Iterable[str]) -> tuple[Trouble, ...]:
    """What the keywords come to, the gravest first; words that nobody knows are left out."""
    found = []
    for keyword in keywords:
        base, severity = keyword, Severity.ERROR
        for ending, meant in _ENDINGS.items():
            if keyword.endswith(ending):
                base, severity = keyword.removesuffix(ending), meant
        if base in _CODES:
            found.append(Trouble(_CODES[base], severity, keyword))
    return tuple(sorted(found, key=lambda x: (-x.hinders, _ORDER[x.code], -x.severity)))


def tray(text: str) -> Tray | None:
    """One value of printer-input-tray: ``name=value`` between semicolons."""
    fields = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
    try:
        size = (int(fields["mediafeed"]), int(fields["mediaxfeed"]))
        return Tray(size, int(fields["level"]))
    except (KeyError, ValueError):
        return None


def a4_is_out(trays: Iterable[Tray]) -> bool | None:
    """Whether no tray with A4 has any left; None when the printer doesn't tell."""
    levels = [x.level for x in trays if x.size in A4]
    if not levels or any(level in (-1, -2) for level in levels):
        return None
    return all(level == 0 for level in levels)


def status_of(
    state: int | None, accepting: bool | None, found: tuple[Trouble, ...], trays: tuple[Tray, ...]
) -> Status:
    """The printer's health, by what it says of itself; ready only when it says idle."""
    detail = " ".join(x.keyword for x in found)
    worst = found[0] if found else None
    if worst is not None and worst.hinders:
        return Status(Level.UNAVAILABLE, worst.code, detail)
    if state == STOPPED:
        return Status(Level.UNAVAILABLE, worst.code if worst else "stopped", detail)
    if state not in (IDLE, PROCESSING):
        return Status(Level.UNKNOWN, "no_state", detail)
    if accepting is False:
        return Status(Level.UNAVAILABLE, "not_accepting", detail)
    if any(x.code == "paper_out" for x in found) and a4_is_out(trays):
        return Status(Level.UNAVAILABLE, "paper_out", detail)
    if state == PROCESSING:
        # A mere warning of something that stops pages is worth telling while they come.
        grave = worst is not None and worst.code not in _NEVER_HINDER
        return Status(Level.BUSY, worst.code if worst and grave else "printing", detail)
    if worst is None:
        return Status(Level.READY)
    code = "paper_low" if worst.code == "paper_out" and a4_is_out(trays) is False else worst.code
    return Status(Level.ATTENTION, code, detail)
