"""The journal against the ledgers of the world outside: every order, to the fen.

Used after simulations and crash tests, where the simulator's ledgers say what really happened.
Σ charged = Σ posted + Σ refunded + Σ openly unknown, at most one charge per order, no bill posted
twice (design, Money 9). Pure: the caller brings orders and ledgers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.audit_goods import goods_differences
from kiosk.audit_pages import pages_differences
from kiosk.core.means import FREE, TERMINAL
from kiosk.core.order import LineState, Order, PaymentState, RefundState

QR_BOOKS = ("alipay", "wechat")


@dataclass(frozen=True, slots=True)
class Outside:
    """What the ledgers say of one order, in fen; coupons count as charged.

    ``goods_fen`` is what the order's goods are worth as far as they came out. No ledger outside
    tells that by the order: what came out is compared in all (`kiosk.audit_goods`).
    """

    charges: int = 0
    charged_fen: int = 0
    refunded_fen: int = 0
    posted: Mapping[str, int] = field(default_factory=dict)
    goods_fen: int = 0

    @property
    def posted_fen(self) -> int:
        return sum(self.posted.values()) + self.goods_fen

    @property
    def unknown_fen(self) -> int:
        """What was charged and is neither posted nor paid back."""
        return self.charged_fen - self.refunded_fen - self.posted_fen


@dataclass(frozen=True, slots=True)
class Audit:
    """The result. ``differences`` is empty if the books are right; each is one sentence."""

    orders: int
    closed: int
    waiting_for_person: int
    open: int
    charged_fen: int
    posted_fen: int
    refunded_fen: int
    unknown_fen: int
    differences: tuple[str, ...]


def audit(orders: Iterable[Order], ledger: Mapping[str, Any], *, settled: bool = False) -> Audit:
    """Compare all orders of a journal with the simulator's ledgers (``Cabin.ledger``).

    ``settled``: everything has had time to come to rest, so an order that is neither closed nor
    openly waiting for a person is a difference as well.
    """
    known = {x.id: x for x in orders}
    outside = _outside(ledger, known.values())
    differences = [f"{x}: the ledgers know an order that the journal doesn't" for x in outside]
    differences = [x for x in differences if x.split(":")[0] not in known]
    differences += _posted_twice(ledger)
    differences += goods_differences(known.values(), ledger)
    differences += pages_differences(known.values(), ledger)
    for order in known.values():
        if order.goods and order.id in outside:
            worth = sum(x.worth_fen for x in order.goods)
            outside[order.id] = replace(outside[order.id], goods_fen=worth)
    for order in known.values():
        facts = outside.get(order.id, Outside())
        differences += [f"{order.id}: {x}" for x in _differences(order, facts)]
        if settled and not order.closed and not order.needs_person:
            differences.append(f"{order.id}: never came to rest ({words(order)})")
    closed = sum(x.closed for x in known.values())
    waiting = sum(x.needs_person and not x.closed for x in known.values())
    return Audit(
        len(known),
        closed,
        waiting,
        len(known) - closed - waiting,
        sum(x.charged_fen for x in outside.values()),
        sum(x.posted_fen for x in outside.values()),
        sum(x.refunded_fen for x in outside.values()),
        sum(x.unknown_fen for x in outside.values()),
        tuple(differences),
    )


def words(order: Order) -> str:
    """An order's states in one line, without anything personal."""
    lines = " ".join([x.state.value for x in order.lines] + [x.state.value for x in order.goods])
    person = ", ".join(order.person_reasons)
    return f"{order.means.id} {order.payment_word} [{lines}] {order.paper.state.value} {person}"


def zvt_owner(row: Mapping[str, int], orders: Iterable[Order]) -> str:
    """Whose a row of a ZVT terminal's ledger is: it knows no numbers of ours.

    One order after the other has the terminal, so it is the last that was opened before the row's
    time (Unix milliseconds). A row of nobody gets a name that no order has.
    """
    before = [x for x in orders if x.means.id == TERMINAL and x.opened_at <= row["at"]]
    if not before:
        return f"trace {row['trace']}"
    return max(before, key=lambda x: x.opened_at).id


def _outside(ledger: Mapping[str, Any], orders: Iterable[Order]) -> dict[str, Outside]:
    posted: dict[str, dict[str, int]] = {}
    for row in ledger["biller"]:
        if row["posted_fen"]:
            posted.setdefault(row["order_no"].rpartition("L")[0], {})[row["order_no"]] = row[
                "posted_fen"
            ]
    found: dict[str, Outside] = {}
    for number, row in ledger["terminal"].items():
        gross = row["charged_fen"] + row["coupon_fen"]
        found[number] = Outside(row["charges"], gross, row["refunded_fen"])
    orders = tuple(orders)
    zvt = [{**x, "order_no": zvt_owner(x, orders)} for x in ledger.get("terminal_zvt", ())]
    for row in (*zvt, *(x for book in QR_BOOKS for x in ledger[book])):
        before = found.get(row["order_no"], Outside())
        found[row["order_no"]] = Outside(
            before.charges + row["charges"],
            before.charged_fen + row["charged_fen"],
            before.refunded_fen + row["refunded_fen"],
        )
    for number in posted.keys() | found.keys():
        pay = found.get(number, Outside())
        found[number] = Outside(
            pay.charges, pay.charged_fen, pay.refunded_fen, posted.get(number, {})
        )
    return found


def _posted_twice(ledger: Mapping[str, Any]) -> list[str]:
    """Every bill is posted under one number at most (a top-up has no number of its own)."""
    times = Counter(
        (x["institution"], x["account"], x["bill_no"])
        for x in ledger["biller"]
        if x["posted_fen"] and x["bill_no"]
    )
    return [f"bill {no}: posted {n} times" for (_, _, no), n in times.items() if n > 1]


def _differences(order: Order, facts: Outside) -> list[str]:
    found = []
    if facts.charges > 1:
        found.append(f"charged {facts.charges} times")
    if facts.charges and facts.charged_fen != order.amount_fen:
        found.append(f"charged {facts.charged_fen} fen instead of {order.amount_fen}")
    if facts.unknown_fen < 0:
        found.append(
            f"charged {facts.charged_fen}, but posted {facts.posted_fen} and paid back "
            f"{facts.refunded_fen} fen"
        )
    if order.closed and facts.unknown_fen != _lapsed_fen(order):
        found.append(f"closed with {facts.unknown_fen} fen unaccounted for")
    found += _wrong_claims(order, facts)
    return [f"{x} ({words(order)})" for x in found]


def _lapsed_fen(order: Order) -> int:
    """Coupons on what was paid back: nobody's money, so nobody gets it."""
    done = (x for x in order.refunds if x.state is RefundState.REFUNDED)
    return sum(x.amount_fen - x.money_fen for x in done)


def _wrong_claims(order: Order, facts: Outside) -> list[str]:
    """What the journal holds for certain and the ledgers deny."""
    found = []
    state = order.payment.state
    if state is PaymentState.PAID and not facts.charges and order.means.id != FREE:
        found.append("believed paid, nothing was charged")
    if state is PaymentState.NOT_PAID and facts.charged_fen != facts.refunded_fen:
        found.append(f"believed not paid, {facts.charged_fen - facts.refunded_fen} fen are charged")
    for index, line in enumerate(order.lines):
        fen = facts.posted.get(order.line_no(index), 0)
        if line.state is LineState.POSTED and fen != line.amount_fen:
            found.append(f"line {index + 1} believed posted with {line.amount_fen}, is {fen} fen")
        if line.state is LineState.REFUSED and fen:
            found.append(f"line {index + 1} believed refused, {fen} fen are posted")
    unasked = set(facts.posted) - {order.line_no(x) for x in range(len(order.lines))}
    found += [f"{x} is posted and no line of the order" for x in sorted(unasked)]
    low = sum(x.money_fen for x in order.refunds if x.state is RefundState.REFUNDED)
    high = sum(x.money_fen for x in order.refunds)
    if state is PaymentState.PAID and not low <= facts.refunded_fen <= high:
        found.append(f"paid back {facts.refunded_fen} fen, the journal says {low} to {high}")
    return found
