"""What can be printed in this cabin, and what a person has chosen so far. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core.goods import Goods, Ware
from kiosk.core.money import Fen
from kiosk.core.print_price import Asked, PagePrice, PrintRule, price

DOCUMENT_PRINTER = "document_printer"
RELAY = "relay"
SCANNER = "document_scanner"


@dataclass(frozen=True, slots=True)
class PrintShop:
    """Prices and limits; which ways a file can come, and what the printer is let do.

    ``phone``: there is an upload relay. ``stick``: there is a place for USB sticks.
    ``scanner``: originals can be copied.
    """

    rule: PrintRule
    phone: bool = True
    stick: bool = True
    both_sides: bool = True
    colour: bool = True
    scanner: bool = False


@dataclass(frozen=True, slots=True)
class PrintChoice:
    """The open file and how it is to be printed. Pages count from 1.

    ``shown`` is the page on the screen, ``picture`` the number under which its pixels lie ready
    (0: it is being drawn; ``request`` is that question). ``first`` to ``last`` are printed.
    ``name`` is fit for the screen. ``trouble``: why it can't be printed so.
    """

    name: str = field(repr=False)
    pages: int
    shown: int = 1
    picture: int = 0
    first: int = 1
    last: int = 1
    copies: int = 1
    both_sides: bool = False
    colour: bool = False
    trouble: str = ""
    request: int = 0

    def asked(self, rule: PrintRule) -> Asked:
        """The same in the words of the price. Each visit begins with all its free sides."""
        count = self.last - self.first + 1
        return Asked(count, self.copies, self.both_sides, self.colour, rule.free_pages)


def price_of(rule: PrintRule, choice: PrintChoice) -> Fen:
    """What the choice costs."""
    return price(rule, choice.asked(rule))


def goods_of(rule: PrintRule, choice: PrintChoice, file: str, name: str) -> Goods:
    """What is ordered. ``file`` is the token of the file made for the printer, nothing of it."""
    asked = choice.asked(rule)
    how = (
        ("file", file),
        ("copies", str(choice.copies)),
        ("sides", "two-sided-long-edge" if choice.both_sides else "one-sided"),
        ("color", "color" if choice.colour else "monochrome"),
        ("pages", str(asked.pages)),
    )
    return Goods(
        Ware.PAGES,
        DOCUMENT_PRINTER,
        name,
        asked.impressions,
        (asked.impressions,),
        price(rule, asked),
        how,
        pages=PagePrice(rule, asked),
    )
