"""The rice that is sold here: bins, levels of milling, prices, and the goods they make. Pure.

Amounts in grams sold; prices in fen for 500 g (一斤). Source of levels, compensation and the limit
of a batch: rice mill protocol, "What the register map leaves open".
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.goods import Goods, Ware
from kiosk.core.money import Fen

RICE_MILL = "rice_mill"
JIN_G = 500
LEAST_G, MOST_G = 500, 5000
MOST_FED_G = 1499
"""What the mill takes at once, before milling."""


@dataclass(frozen=True, slots=True)
class RiceLevel:
    """A level of milling: its name, the mill's number for it, and one plain sentence."""

    name: str
    mill: int
    words: str


@dataclass(frozen=True, slots=True)
class RiceBin:
    """``more``: per mille that milling takes away, for each of the shop's levels in order.

    ``picture`` is ``long``, ``round`` or ``none``.
    """

    number: int
    name: str
    origin: str
    price_fen: Fen
    more: tuple[int, ...]
    picture: str = "none"


@dataclass(frozen=True, slots=True)
class RiceShop:
    """Who sells here, and what. ``trial`` are two dates as ``2026-10-01``."""

    seller: str
    phone: str
    trial: tuple[str, str]
    levels: tuple[RiceLevel, ...]
    bins: tuple[RiceBin, ...]
    tolerance_g: int = 0

    def closed_on(self, day: str) -> str:
        """Why nothing is sold on a day (``2026-10-01``): ``not_yet``, ``over``, or empty.

        The trial's last day is a day of selling. An unknown day (empty) closes nothing.
        """
        first, last = self.trial
        if not day or first <= day <= last:
            return ""
        return "not_yet" if day < first else "over"

    def bin(self, number: int) -> RiceBin | None:
        return next((x for x in self.bins if x.number == number), None)

    @property
    def least_price_fen(self) -> Fen:
        """The cheapest 500 g."""
        return min(x.price_fen for x in self.bins)


def price_of(rice: RiceBin, grams: int) -> Fen:
    """What so many grams cost: never rounded up, so that nobody pays a fen for nothing."""
    return rice.price_fen * grams // JIN_G


def fed_grams(sold: int, more: int) -> int:
    """What must go into the mill so that ``sold`` grams come out; half a gram counts as one."""
    return (sold * (1000 + more) + 500) // 1000


APART_G = 2
"""Parts one after the other differ, so that the mill's registers tell which of them it had last."""


def parts_of(grams: int, more: int) -> tuple[int, ...]:
    """An amount in as few parts as the mill can take, nearly equal, no two neighbours alike."""
    if fed_grams(grams, more) <= MOST_FED_G:
        return (grams,)
    count = 2
    while fed_grams(-(-grams // count) + APART_G, more) > MOST_FED_G:
        count += 1
    least, heavier = divmod(grams, count)
    parts = [least + (n < heavier) for n in range(count)]
    for n in range(0, count - 1, 2):
        parts[n] += APART_G
        parts[n + 1] -= APART_G
    return tuple(parts)


def goods_of(shop: RiceShop, rice: RiceBin, level: RiceLevel, grams: int) -> Goods:
    """What is bought. Seller, bin and price stand in it as they are at this moment."""
    more = rice.more[shop.levels.index(level)]
    how = (
        ("bin", str(rice.number)),
        ("level", str(level.mill)),
        ("more", str(more)),
        ("rice", rice.name),
        ("milling", level.name),
        ("price_fen", str(rice.price_fen)),
        ("phone", shop.phone),
        ("trial_from", shop.trial[0]),
        ("trial_until", shop.trial[1]),
    )
    return Goods(
        Ware.RICE,
        RICE_MILL,
        f"{rice.name} {level.name}",
        grams,
        parts_of(grams, more),
        price_of(rice, grams),
        how,
        shop.seller,
        shop.tolerance_g,
        by_hand=True,
    )
