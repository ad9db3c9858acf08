"""Printed pages against the document printer's own counter, job by job. Pure.

A job's name holds its order's line, so what came out is known for each order alone. Nobody pays
for a side that isn't there; a side that came out and wasn't charged is one of the two readings of
blank backs (`kiosk.core.print_price.certain`), or a job that was open when it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.core.goods import GoodsLine, GoodsState, Ware
from kiosk.core.order import Order, PaymentState
from kiosk.core.printing import DOCUMENT_PRINTER

PREFIX = "cabin-"


def pages_differences(orders: Iterable[Order], ledger: Mapping[str, object]) -> list[str]:
    """Sentences on what orders claim and the printer denies; without a printer there are none."""
    out = ledger.get(DOCUMENT_PRINTER)
    if not isinstance(out, Mapping):
        return []
    found, known = [], set()
    for order in orders:
        for index, line in enumerate(order.goods):
            if line.goods.ware is Ware.PAGES:
                name = PREFIX + order.line_no(index)
                known.add(name)
                words = _difference(line, out.get(name, 0), paid=_paid(order))
                found += [f"{order.id}: {words}"] if words else []
    found += [f"job {x}: printed, and no order wanted it" for x in sorted(set(out) - known)]
    return found


def _paid(order: Order) -> bool:
    return order.payment.state is PaymentState.PAID


def _difference(line: GoodsLine, sides: int, *, paid: bool) -> str:
    goods = line.goods
    if sides and not paid:
        return f"{sides} sides came out unpaid"
    if sides > goods.units:
        return f"{sides} sides came out of {goods.units}: printed twice"
    claimed = goods.units if line.state is GoodsState.DELIVERED else line.given
    if line.certain and claimed > sides:
        return f"{claimed} sides are charged, {sides} came out"
    asked = goods.pages.asked if goods.pages else None
    blank_backs = asked is not None and asked.both_sides and asked.pages % 2
    if line.certain and claimed < sides and not blank_backs:
        return f"{sides} sides came out, {claimed} are charged"
    return ""
