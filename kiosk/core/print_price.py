"""What printing costs, and what is owed when only a part came out. Pure, in integer fen.

An impression is one printed side of a sheet (RFC 8011, job-impressions-completed). Copies come out
one after the other, each beginning on a new sheet. The free sides of a visit are the first ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.money import Fen


@dataclass(frozen=True, slots=True)
class PrintRule:
    """[print] in cabin.toml.

    Fen a side in black and in colour; fen off a side that is the back of another (two-sided
    printing saves paper), never below nothing; free sides a visit; the most pages and copies.
    """

    black_fen: Fen = 20
    colour_fen: Fen = 100
    back_off_fen: Fen = 0
    free_pages: int = 0
    max_pages: int = 50
    max_copies: int = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be printed: how many pages of the file, copies, on both sides, in colour.

    `free_left`: how many free sides the visit still has.
    """

    pages: int
    copies: int = 1
    both_sides: bool = False
    colour: bool = False
    free_left: int = 0

    @property
    def impressions(self) -> int:
        """How many sides come out."""
        return self.pages * self.copies


def allowed(rule: PrintRule, asked: Asked) -> bool:
    """Whether the cabin prints so much at once."""
    return 1 <= asked.pages <= rule.max_pages and 1 <= asked.copies <= rule.max_copies


def price(rule: PrintRule, asked: Asked) -> Fen:
    """What all of it costs."""
    return _first(rule, asked, asked.impressions)


def free_used(asked: Asked, impressions: int) -> int:
    """How many of the visit's free sides the first `impressions` used up."""
    return max(0, min(asked.free_left, impressions, asked.impressions))


def owed(rule: PrintRule, asked: Asked, printed: int | None, completed: bool) -> Fen | None:
    """What is to be paid for what came out; the rest of `price` goes back.

    `printed`: the job's impressions completed, None if the printer never said. `completed`: the
    printer said that the whole job is done. None: nobody knows, a person must look; so it is, too,
    when a printer calls a job done of which it has counted nothing.
    """
    if printed is None or printed < 0:
        return price(rule, asked) if completed else None
    if completed and printed == 0:
        return None
    return _first(rule, asked, printed if completed else certain(asked, printed))


def refund(rule: PrintRule, asked: Asked, printed: int | None, completed: bool) -> Fen | None:
    """What goes back; None: nobody knows."""
    keep = owed(rule, asked, printed, completed)
    return None if keep is None else price(rule, asked) - keep


def certain(asked: Asked, printed: int) -> int:
    """How many asked sides have certainly come out of a job that broke off.

    Whether a printer counts the blank backs of copies with an odd number of pages as impressions
    is not known of any printer here. Of the two readings the lower one counts, so that nobody
    pays for a page that isn't there.
    """
    if not asked.both_sides or asked.pages % 2 == 0:
        return printed
    return printed - printed // (asked.pages + 1)


@dataclass(frozen=True, slots=True)
class PagePrice:
    """How the price of one job grows with the sides that came out; part of its order."""

    rule: PrintRule
    asked: Asked

    def fen(self, impressions: int) -> Fen:
        """What the first ``impressions`` sides cost."""
        return _first(self.rule, self.asked, impressions)


def _first(rule: PrintRule, asked: Asked, impressions: int) -> Fen:
    """What the first `impressions` sides cost."""
    sides = max(0, min(impressions, asked.impressions))
    paid = range(min(max(0, asked.free_left), sides), sides)
    front = rule.colour_fen if asked.colour else rule.black_fen
    if not asked.both_sides:
        return front * len(paid)
    back = max(0, front - rule.back_off_fen)
    return sum(back if side % asked.pages % 2 else front for side in paid)
