"""What comes out of a machine for money, or for nothing: rice, pages, a booklet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.money import Fen
from kiosk.core.print_price import PagePrice


class Ware(StrEnum):
    RICE = "rice"
    PAGES = "pages"
    BOOKLET = "booklet"


class GoodsState(StrEnum):
    WAITING = "waiting"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    PARTLY = "partly"
    NOT_DELIVERED = "not_delivered"
    DELIVERY_UNKNOWN = "delivery_unknown"


@dataclass(frozen=True, slots=True)
class Goods:
    """``units``: grams, pages or pieces, given out in ``parts``, one after the other.

    ``role`` is the machine, ``how`` its settings as pairs of texts (journalled as they are: nothing
    of a person's). So many units as ``tolerance`` may be missing. ``by_hand``: it begins when the
    person says so, because something must lie ready first. ``pages`` is how the price grows with
    the sides printed; without it each unit costs the same. Raises ValueError if the parts aren't
    the whole, or that price isn't the total.
    """

    ware: Ware
    role: str
    name: str
    units: int
    parts: tuple[int, ...]
    total_fen: Fen
    how: tuple[tuple[str, str], ...] = ()
    seller: str = ""
    tolerance: int = 0
    by_hand: bool = False
    pages: PagePrice | None = None

    def __post_init__(self) -> None:
        if self.units <= 0 or sum(self.parts) != self.units or min(self.parts) <= 0:
            raise ValueError(f"{self.units} units can't be given out as {self.parts}")
        if self.worth_fen(self.units) != self.total_fen:
            raise ValueError(f"{self.units} units don't cost {self.total_fen} fen")

    def worth_fen(self, units: int) -> Fen:
        """What the first ``units`` cost, never rounded up."""
        if self.pages is not None:
            return self.pages.fen(units)
        return self.total_fen * max(0, min(units, self.units)) // self.units

    def setting(self, key: str) -> str:
        """One of the machine's settings; KeyError if it isn't among them."""
        return dict(self.how)[key]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a machine is, for the screen alone: ``done`` of ``total`` units; ``word`` is a code
    of the machine's ("milling", "at_take", "media_empty"), ``value`` a figure that goes with it.
    """

    done: int = 0
    total: int = 0
    word: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """``part`` is the one under way or the next; ``given`` counts the units known to be out."""

    goods: Goods
    state: GoodsState = GoodsState.WAITING
    part: int = 0
    given: int = 0
    attempts: int = 0
    first_tried_at: int = 0
    checking: bool = False
    code: str = ""
    needs_person: bool = False

    @property
    def at_rest(self) -> bool:
        """Given out, for certain not, or openly handed to a person."""
        return self.certain or self.needs_person

    @property
    def certain(self) -> bool:
        return self.state in (
            GoodsState.DELIVERED,
            GoodsState.PARTLY,
            GoodsState.NOT_DELIVERED,
        )

    @property
    def worth_fen(self) -> Fen:
        """What of the price is kept: all of it, or the part that came out, never rounded up."""
        if self.state is GoodsState.DELIVERED:
            return self.goods.total_fen
        if self.state is GoodsState.PARTLY:
            return self.goods.worth_fen(self.given)
        return 0

    @property
    def back_fen(self) -> Fen:
        """What of the price goes back; nothing as long as nobody knows."""
        return self.goods.total_fen - self.worth_fen if self.certain else 0
