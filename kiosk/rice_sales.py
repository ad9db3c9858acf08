"""What each kind of rice has sold, from the orders of the journal. Pure.

The counters are those that vending machines keep for whoever owns the goods (rice mill protocol,
4c): how often, how much, for how much, and what went back. Money in fen, weights in grams sold.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from kiosk.core.goods import GoodsLine, Ware
from kiosk.core.order import Order, PaymentState, RefundState

NOT_METERED = "not metered"
"""The mill's registers have no meter of electricity."""


@dataclass(frozen=True, slots=True)
class Product:
    """One kind of rice at one price. charged = kept + refunded + owed + unknown, in fen.

    ``owed`` is to be paid back and isn't yet; ``unknown``: nobody knows yet what came out.
    """

    merchant: str
    bin: int
    rice: str
    milling: str
    price_fen_per_500g: int
    sales: int = 0
    ordered_g: int = 0
    given_g: int = 0
    charged_fen: int = 0
    kept_fen: int = 0
    refunded_fen: int = 0
    owed_fen: int = 0
    unknown_fen: int = 0
    electricity: str = NOT_METERED


COUNTERS = (
    "sales",
    "ordered_g",
    "given_g",
    "charged_fen",
    "kept_fen",
    "refunded_fen",
    "owed_fen",
    "unknown_fen",
)
MONEY = ("sales", "charged_fen", "refunded_fen")
"""What the journal's own list of orders says too."""


@dataclass(frozen=True, slots=True)
class Sales:
    """``journal`` are the counters of `MONEY` as the journal's list has them for these orders."""

    begins: date | None
    ends: date | None
    products: tuple[Product, ...]
    journal: dict[str, int]

    @property
    def total(self) -> dict[str, int]:
        return {x: sum(getattr(p, x) for p in self.products) for x in COUNTERS}

    @property
    def differences(self) -> list[str]:
        """Where the products together aren't what the journal says; empty if they are."""
        total = self.total
        found = [
            f"{x} is {total[x]} by the products and {self.journal[x]} by the journal"
            for x in MONEY
            if total[x] != self.journal[x]
        ]
        parts = sum(total[x] for x in ("kept_fen", "refunded_fen", "owed_fen", "unknown_fen"))
        if parts != total["charged_fen"]:
            found.append(f"charged_fen is {total['charged_fen']}, its parts are {parts}")
        return found


def is_rice(order: Order) -> bool:
    return any(x.goods.ware is Ware.RICE for x in order.goods)


def sold(order: Order) -> bool:
    return is_rice(order) and order.payment.state is PaymentState.PAID


def products_of(orders: Iterable[Order]) -> tuple[Product, ...]:
    """The counters, kind by kind. An order is for one kind of rice."""
    found: dict[tuple[object, ...], Product] = {}
    for order in orders:
        if not sold(order):
            continue
        line = order.goods[0]
        blank = _blank(line)
        key = (blank.merchant, blank.bin, blank.rice, blank.milling, blank.price_fen_per_500g)
        found[key] = _count(found.get(key, blank), order, line)
    return tuple(found[x] for x in sorted(found, key=str))


def _blank(line: GoodsLine) -> Product:
    how = dict(line.goods.how)
    return Product(
        line.goods.seller,
        int(how["bin"]),
        how.get("rice", line.goods.name),
        how.get("milling", how["level"]),
        int(how.get("price_fen", 0)),
    )


def _count(before: Product, order: Order, line: GoodsLine) -> Product:
    refunded = sum(x.amount_fen for x in order.refunds if x.state is RefundState.REFUNDED)
    kept = line.worth_fen if line.certain else 0
    return replace(
        before,
        sales=before.sales + 1,
        ordered_g=before.ordered_g + line.goods.units,
        given_g=before.given_g + min(line.given, line.goods.units),
        charged_fen=before.charged_fen + order.amount_fen,
        kept_fen=before.kept_fen + kept,
        refunded_fen=before.refunded_fen + refunded,
        owed_fen=before.owed_fen + (line.back_fen - refunded if line.certain else 0),
        unknown_fen=before.unknown_fen + (0 if line.certain else order.amount_fen - refunded),
    )


def as_json(sales: Sales) -> str:
    return json.dumps(_document(sales), ensure_ascii=False, indent=2) + "\n"


def _document(sales: Sales) -> dict[str, Any]:
    return {
        "from": sales.begins.isoformat() if sales.begins else None,
        "until": sales.ends.isoformat() if sales.ends else None,
        "products": [asdict(x) for x in sales.products],
        "total": sales.total,
        "journal": sales.journal,
        "agrees": not sales.differences,
    }


def as_csv(sales: Sales) -> str:
    """A line a product, then the total, then what the journal says of the same orders."""
    names = [x.name for x in fields(Product)]
    out = io.StringIO()
    writer = csv.DictWriter(
        out, ["row", "from", "until", *names], restval="", lineterminator="\r\n"
    )
    writer.writeheader()
    dates = {"from": sales.begins or "", "until": sales.ends or ""}
    for product in sales.products:
        writer.writerow({"row": "product", **dates, **asdict(product)})
    writer.writerow({"row": "total", **dates, **sales.total})
    writer.writerow({"row": "journal", **dates, **sales.journal})
    return out.getvalue()


def period_of(text: str) -> tuple[str, str]:
    """The dates of a report, as JSON or CSV, empty where it has none. Raises ValueError."""
    if text.lstrip().startswith("{"):
        document = json.loads(text)
        return document["from"] or "", document["until"] or ""
    rows = list(csv.DictReader(io.StringIO(text)))
    total = next((x for x in rows if x.get("row") == "total"), None)
    if total is None:
        raise ValueError("there is no total in it")
    return total["from"], total["until"]
