"""The simulated document printer's jobs: what was asked of it, and how far it has come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sim.devices.ipp_frames import Attributes, Values, put

PENDING, HELD, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = 3, 4, 5, 6, 7, 8, 9
ENDS = (CANCELED, ABORTED, COMPLETED)
NAMES = {
    PENDING: "pending",
    HELD: "held",
    PROCESSING: "processing",
    STOPPED: "stopped",
    CANCELED: "canceled",
    ABORTED: "aborted",
    COMPLETED: "completed",
}
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")


def count_pages(document: bytes) -> int:
    """How many pages a PDF has, as far as they can be seen without unpacking it; at least 1."""
    return max(1, len(_PAGE.findall(document)))


@dataclass
class Job:
    """`sides` are the printed sides to come out in all, `per_copy` those of one copy."""

    number: int
    name: str
    user: str
    wishes: Attributes = field(default_factory=dict)
    state: int = HELD
    reason: str = "job-incoming"
    per_copy: int = 0
    sides: int = 0
    done: int = 0
    sheets: int = 0
    has_document: bool = False

    @property
    def is_over(self) -> bool:
        return self.state in ENDS

    @property
    def copies(self) -> int:
        return self._number("copies", 1)

    @property
    def two_sided(self) -> bool:
        return self._word("sides", "one-sided") != "one-sided"

    def take(self, document: bytes, pages: int | None) -> None:
        """The document is there; `pages` overrules what can be counted in it."""
        total = count_pages(document) if pages is None else pages
        ranges = [(_int(raw[:4]), _int(raw[4:])) for _, raw in self.wishes.get("page-ranges", [])]
        wanted = ranges or [(1, total)]
        self.per_copy = sum(max(0, min(high, total) - low + 1) for low, high in wanted)
        self.sides = self.per_copy * self.copies
        self.has_document = True
        self.state, self.reason = PENDING, "none"

    def starts_a_sheet(self) -> bool:
        """Whether the next side needs a fresh sheet."""
        return not self.two_sided or (self.done % max(1, self.per_copy)) % 2 == 0

    def end(self, state: int, reason: str) -> None:
        self.state, self.reason = state, reason

    def attributes(self, uri: str, counts: bool) -> Attributes:
        """As IPP attributes."""
        found: Attributes = {
            "job-id": put("integer", self.number),
            "job-uri": put("uri", f"{uri}/{self.number}"),
            "job-printer-uri": put("uri", uri),
            "job-name": put("name", self.name),
            "job-originating-user-name": put("name", self.user),
            "job-state": put("enum", self.state),
            "job-state-reasons": put("keyword", self.reason),
        }
        if counts:
            found["job-impressions"] = put("integer", self.sides)
            found["job-impressions-completed"] = put("integer", self.done)
            found["job-media-sheets-completed"] = put("integer", self.sheets)
        return found

    def _first(self, name: str) -> Values:
        return self.wishes.get(name, [])[:1]

    def _number(self, name: str, default: int) -> int:
        return next((_int(raw) for _, raw in self._first(name)), default)

    def _word(self, name: str, default: str) -> str:
        return next((raw.decode("utf-8", "replace") for _, raw in self._first(name)), default)


def _int(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


SIDES = ("one-sided", "two-sided-long-edge", "two-sided-short-edge")
COLORS = ("auto", "color", "monochrome")
MEDIA = ("iso_a4_210x297mm", "iso_a5_148x210mm")
MOST_COPIES = 99


def refused(wishes: Attributes) -> Attributes:
    """Those of the wishes that this printer can't do."""
    allowed = {"sides": SIDES, "print-color-mode": COLORS, "media": MEDIA}
    bad: Attributes = {}
    for name, values in wishes.items():
        for _, raw in values:
            if name in allowed:
                good = raw.decode("utf-8", "replace") in allowed[name]
            elif name == "copies":
                good = 1 <= _int(raw) <= MOST_COPIES
            else:
                good = name != "page-ranges" or 1 <= _int(raw[:4]) <= _int(raw[4:])
            if not good:
                bad[name] = values
    return bad
