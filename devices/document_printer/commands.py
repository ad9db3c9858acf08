"""What can be asked of the document printer, and what it comes to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from devices.document_printer import values as v
from devices.document_printer.messages import one
from devices.operations import Operation, Parameter

MEDIA = "iso_a4_210x297mm"
PDF = "application/pdf"
Sides = Literal["one-sided", "two-sided-long-edge", "two-sided-short-edge"]
Color = Literal["auto", "color", "monochrome"]
MOST_COPIES = 999
MOST_PAGES = 100_000
PREFIX = "cabin-"
_JOB_NO = re.compile(r"[0-9A-Za-z-]{1,40}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """How a document is to be printed, always on A4. ``pages``: ranges from 1; () is all of them.

    ValueError for what no printer could do.
    """

    copies: int = 1
    sides: Sides = "one-sided"
    pages: tuple[tuple[int, int], ...] = ()
    color: Color = "monochrome"

    def __post_init__(self) -> None:
        if not 1 <= self.copies <= MOST_COPIES:
            raise ValueError(f"copies: 1 to {MOST_COPIES}")
        if self.sides not in get_args(Sides):
            raise ValueError(f"sides: {', '.join(get_args(Sides))}")
        if self.color not in get_args(Color):
            raise ValueError(f"color: {', '.join(get_args(Color))}")
        last = 0
        for low, high in self.pages:
            # Ascending and apart, as RFC 8011, 5.2.7, wants them.
            if not last < low <= high <= MOST_PAGES:
                raise ValueError("pages: ranges in ascending order, as 1-3,5")
            last = high

    def attributes(self) -> tuple[v.Attribute, ...]:
        """As job attributes (RFC 8011, 5.2; PWG 5100.13 for print-color-mode)."""
        pages = [v.Range(low, high) for low, high in self.pages]
        return (
            one("copies", v.INTEGER, self.copies),
            one("sides", v.KEYWORD, self.sides),
            *([one("page-ranges", v.RANGE, *pages)] if pages else ()),
            one("print-color-mode", v.KEYWORD, self.color),
            one("media", v.KEYWORD, MEDIA),
        )


def _check(job_no: str) -> None:
    if not _JOB_NO.fullmatch(job_no):
        raise ValueError("job_no: 1 to 40 letters, digits and hyphens")


@dataclass(frozen=True, slots=True)
class Print:
    """Print a PDF, a file's path or its bytes, and see it come out.

    ``job_no`` is the kiosk's own number of this job, never used twice: by it a job is found again
    whose answer was lost. It is all that the printer hears of whom it is for. ``impressions`` is
    how many printed sides are to come out in all, if the caller knows.

    Progress: `Waiting` while the printer is busy, `Printing`. Success(Printed): the
    printer says completed, and not fewer sides than asked. Failed is certain, and where something
    may have come out its Printed says what the printer counted: "canceled", "aborted", "errors",
    "fewer_sides", "stalled"; before anything was sent the printer's reason, its status
    ("0x040b"), "not_connected", "no_document". OutcomeUnknown: "job_not_found", "no_answer" or the
    port's reason; `Resolve` asks on. TimedOut: it was busy for too long, or no job could be made.
    """

    document: str | bytes
    job_no: str
    ticket: Ticket = Ticket()
    impressions: int | None = None

    def __post_init__(self) -> None:
        _check(self.job_no)


@dataclass(frozen=True, slots=True)
class Resolve:
    """What became of the job of that number? Asks only, and sees it to its end if it still runs.

    Ends as `Print` does; OutcomeUnknown("job_not_found") when the printer doesn't know it, which
    says nothing: printers forget.
    """

    job_no: str
    impressions: int | None = None

    def __post_init__(self) -> None:
        _check(self.job_no)


@dataclass(frozen=True, slots=True)
class JobState:
    """How the job of that number is now: Success(Printed), or Failed("job_not_found")."""

    job_no: str

    def __post_init__(self) -> None:
        _check(self.job_no)


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Take the job of that number back, and see its end: Success(Printed), whatever that was."""

    job_no: str

    def __post_init__(self) -> None:
        _check(self.job_no)


@dataclass(frozen=True, slots=True)
class Purge:
    """Take back every job of ours, or with ``everybody`` all that are in the printer.

    Success(Purged); Failed("jobs_remain", value=Purged) when some are still there after a while.
    """

    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Validate:
    """Would the printer take such a job? Success(); Failed with its status and what it can't do."""

    ticket: Ticket = Ticket()


@dataclass(frozen=True, slots=True)
class Identify:
    """What the printer is and can do: Success(Capabilities)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The printer is busy with something else; it has been asked so many times."""

    tries: int
    reason: str = "busy"


@dataclass(frozen=True, slots=True)
class Printing:
    """How far it is. ``sides`` and ``sheets`` that came out, None when the printer doesn't count.

    ``state``: "sending" while the document goes out, then the job's. ``reason``: why it doesn't go
    on, as in Status, or "".
    """

    state: str
    sides: int | None
    sheets: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A job by the printer's own word. ``sides`` is what may be charged; None: it didn't count."""

    job_id: int
    state: str
    sides: int | None
    sheets: int | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purged:
    """How many jobs were there, and how many still are."""

    found: int
    left: int


def parse_pages(text: str) -> tuple[tuple[int, int], ...]:
    """``1-3,5`` as ranges. ValueError for anything else."""
    ranges = []
    for part in text.split(",") if text else ():
        low, hyphen, high = part.strip().partition("-")
        ranges.append((int(low), int(high) if hyphen else int(low)))
    return tuple(ranges)


def _document(text: str) -> str:
    path = Path(text).expanduser()
    if not path.is_file():
        raise ValueError("there is no such file")
    return str(path.resolve())


def _print(document: str, job_no: str, impressions: int | None, **ticket: object) -> Print:
    return Print(document, job_no or secrets.token_hex(6), _ticket(**ticket), impressions)


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def _ticket(**ticket: object) -> Ticket:
    return Ticket(**ticket)  # type: ignore[arg-type]


def _validate(**ticket: object) -> Validate:
    return Validate(_ticket(**ticket))


_TICKET: Mapping[str, Parameter] = {
    "copies": Parameter(int, f"1 to {MOST_COPIES}", 1),
    "sides": Parameter(str, ", ".join(get_args(Sides)), "one-sided"),
    "pages": Parameter(parse_pages, "as 1-3,5; all of them if left out", ()),
    "color": Parameter(str, ", ".join(get_args(Color)), "monochrome"),
}
_NUMBER = Parameter(str, "the job's number, as it was printed under")
_SIDES = Parameter(int, "how many printed sides are to come out, if known", None)

OPERATIONS: Mapping[str, Operation] = {
    "identify": Operation("what it is and can do", Identify),
    "validate": Operation("would it print like this?", _validate, _TICKET),
    "print": Operation(
        "print a PDF on A4 and see it come out",
        _print,
        {
            "document": Parameter(_document, "a PDF file"),
            "job_no": Parameter(str, "a number of your own, never used twice", ""),
            "impressions": _SIDES,
            **_TICKET,
        },
        patience_s=1800.0,
    ),
    "job": Operation("how a job is now", JobState, {"job_no": _NUMBER}),
    "cancel": Operation("take a job back", CancelJob, {"job_no": _NUMBER}, patience_s=120.0),
    "resolve": Operation(
        "what became of a job; asks only",
        Resolve,
        {"job_no": _NUMBER, "impressions": _SIDES},
        patience_s=1800.0,
    ),
    "purge": Operation(
        "take back every job of ours",
        Purge,
        {"everybody": Parameter(_yes, "yes or no", False)},
        patience_s=60.0,
    ),
}
