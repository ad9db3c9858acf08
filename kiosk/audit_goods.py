"""Goods against the counters of the machines that gave them out. Pure.

A machine knows no order, so what orders claim together is compared with what came out in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.core.booklet import DISPENSER
from kiosk.core.goods import GoodsLine, GoodsState, Ware
from kiosk.core.order import Order, PaymentState
from kiosk.core.rice import RICE_MILL, fed_grams

ROUNDING_G = 2
"""A part's weight on the scale, as grams sold and back again, loses so much at most."""


@dataclass(frozen=True, slots=True)
class Range:
    """Grams before milling: ``low`` are claimed for certain, ``high`` may have come out."""

    low: int = 0
    high: int = 0

    def plus(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)


def goods_differences(orders: Iterable[Order], ledger: Mapping[str, Any]) -> list[str]:
    """Sentences on what orders claim and machines deny; a ledger without a machine says nothing."""
    known = list(orders)
    found = []
    if RICE_MILL in ledger:
        found += _rice(known, ledger[RICE_MILL]["batches"])
    if DISPENSER in ledger:
        found += _booklets(known, ledger[DISPENSER]["out"])
    return found


def _rice(orders: list[Order], batches: list[Mapping[str, int]]) -> list[str]:
    """Bin by bin, since a bin is one kind of rice."""
    out: dict[int, int] = {}
    for batch in batches:
        out[batch["bin"]] = out.get(batch["bin"], 0) + batch["out"]
    claimed: dict[int, Range] = {}
    for order in orders:
        for line in order.goods:
            if line.goods.ware is Ware.RICE:
                number = int(line.goods.setting("bin"))
                before = claimed.get(number, Range())
                claimed[number] = before.plus(rice_range(line, paid=_paid(order)))
    found = []
    for number in sorted(out.keys() | claimed.keys()):
        grams, claim = out.get(number, 0), claimed.get(number, Range())
        if not claim.low <= grams <= claim.high:
            found.append(
                f"bin {number}: {grams} g came out, the journal says {claim.low} to {claim.high}"
            )
    return found


def _booklets(orders: list[Order], out: int) -> list[str]:
    """In all: those given for certain have left the cabin, and no other than those in doubt."""
    lines = [x for order in orders for x in order.goods if x.goods.ware is Ware.BOOKLET]
    low = sum(x.state is GoodsState.DELIVERED for x in lines)
    high = low + sum(not x.certain and x.attempts > 0 for x in lines)
    if low <= out <= high:
        return []
    return [f"{out} booklets came out, the journal says {low} to {high}"]


def _paid(order: Order) -> bool:
    return order.payment.state is PaymentState.PAID


def rice_range(line: GoodsLine, *, paid: bool) -> Range:
    """What a line says came out, as grams before milling."""
    goods, more = line.goods, int(line.goods.setting("more"))
    if not paid or line.state in (GoodsState.WAITING, GoodsState.NOT_DELIVERED):
        return Range()
    slack = ROUNDING_G * len(goods.parts)
    given = fed_grams(line.given, more)
    if line.state is GoodsState.DELIVERED:
        # What may be missing counts as given out.
        return Range(max(0, given - slack), given + slack)
    low = max(0, given - slack) if line.given else 0
    if line.certain:
        return Range(low, given + slack)
    return Range(low, fed_grams(goods.units, more) + slack)
