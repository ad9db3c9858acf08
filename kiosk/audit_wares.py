"""Grams, pages and booklets: what was ordered for good is what came out, was paid back, or is open.

Pure. In units, and beside what the machines themselves have counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.core.booklet import DISPENSER
from kiosk.core.goods import GoodsLine, GoodsState, Ware
from kiosk.core.order import Order, PaymentState
from kiosk.core.printing import DOCUMENT_PRINTER
from kiosk.core.rice import RICE_MILL


@dataclass(frozen=True, slots=True)
class Balance:
    """Units of a ware (grams, sides, pieces) and fen. ``unknown``: openly, for a person to settle.

    ``counted`` is what the machine itself has put out; of rice, grams before milling.
    """

    ware: str
    orders: int = 0
    paid: int = 0
    given: int = 0
    back: int = 0
    unknown: int = 0
    paid_fen: int = 0
    given_fen: int = 0
    back_fen: int = 0
    unknown_fen: int = 0
    counted: int = 0

    @property
    def differences(self) -> tuple[str, ...]:
        found = []
        if self.paid != self.given + self.back + self.unknown:
            found.append(
                f"{self.ware}: {self.paid} paid, {self.given} given, {self.back} paid back, "
                f"{self.unknown} unknown"
            )
        if self.paid_fen != self.given_fen + self.back_fen + self.unknown_fen:
            found.append(
                f"{self.ware}: {self.paid_fen} fen paid, {self.given_fen} for what came out, "
                f"{self.back_fen} paid back, {self.unknown_fen} unknown"
            )
        return tuple(found)


_COLUMNS = (
    "paid",
    "given",
    "back",
    "unknown",
    "paid_fen",
    "given_fen",
    "back_fen",
    "unknown_fen",
)


def balances(orders: Iterable[Order], ledger: Mapping[str, Any]) -> tuple[Balance, ...]:
    """The balance of each ware."""
    known = tuple(orders)
    return tuple(_balance(ware, known, _counted(ware, ledger)) for ware in Ware)


def _balance(ware: Ware, orders: tuple[Order, ...], counted: int) -> Balance:
    rows = [
        _line(order, line)
        for order in orders
        if order.payment.state is PaymentState.PAID
        for line in order.goods
        if line.goods.ware is ware
    ]
    sums = dict(zip(_COLUMNS, map(sum, zip(*rows, strict=True)), strict=bool(rows)))
    return Balance(ware.value, len(rows), **sums, counted=counted)


def _line(order: Order, line: GoodsLine) -> tuple[int, ...]:
    """As `_COLUMNS`."""
    units, price = line.goods.units, line.goods.total_fen
    money = order.refunded_fen
    if not line.certain:
        return units, 0, 0, units, price, 0, money, price - money
    given = units if line.state is GoodsState.DELIVERED else line.given
    owed = line.back_fen - money
    if owed > 0 and not order.needs_person:
        owed = 0  # nobody owes it openly: the sums differ
    missing = units - given
    unknown = missing if owed else 0
    return units, given, missing - unknown, unknown, price, line.worth_fen, money, owed


def _counted(ware: Ware, ledger: Mapping[str, Any]) -> int:
    match ware:
        case Ware.RICE:
            return sum(x["out"] for x in ledger[RICE_MILL]["batches"])
        case Ware.PAGES:
            return sum(ledger[DOCUMENT_PRINTER].values())
        case Ware.BOOKLET:
            return int(ledger[DISPENSER]["out"])
