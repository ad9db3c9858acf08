"""What is to be printed, apart from how: a document is a tuple of blocks.

Columns are those of the printer's narrow font; a Chinese character takes two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text. `size` is (width, height), each 1 to 8 times the normal."""

    text: str
    size: tuple[int, int] = (1, 1)
    bold: bool = False
    align: Align = "left"

    def __post_init__(self) -> None:
        if not all(1 <= times <= 8 for times in self.size):
            raise ValueError("a size is 1 to 8 times the normal, in width and in height")


@dataclass(frozen=True, slots=True)
class Columns:
    """One line with text at its left and at its right edge (two lines if both don't fit)."""

    left: str
    right: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, centred. `size` is the width of a module in dots, 1 to 16."""

    data: str
    size: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 16:
            raise ValueError("a QR code's modules are 1 to 16 dots wide")
        if not 1 <= len(self.data.encode()) <= 2048:
            raise ValueError("a QR code holds 1 to 2048 bytes here")


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines, 1 to 255."""

    lines: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.lines <= 255:
            raise ValueError("1 to 255 lines are fed")


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut, leaving a bridge of paper."""


Block = Text | Columns | Rule | Qr | Feed | Cut
Document = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """Print `document` once.

    Success carries the printer's status, or "already_printed" if the job of that `job_id` was
    printed before and this is no `reprint`. Failed is certain, not a byte was sent: its code is a
    status reason ("paper_out", "cover_open", "no_answer", ...), "not_settled" (the printer isn't
    done with an earlier job), "stalled", or "needs_reprint" (some of this job may have been
    printed before). OutcomeUnknown names what was seen ("paper_out", "no_barrier", ...). A reprint
    is marked 补打 if its document isn't.
    """

    job_id: str
    document: Document
    reprint: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the printer for its status; Success carries it."""


Command = Print | Ask
