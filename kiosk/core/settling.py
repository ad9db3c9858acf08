"""What of an order only a person can find out, and which answers there are. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.decide import decide
from kiosk.core.events import PersonSettled, Verdict
from kiosk.core.goods import GoodsState
from kiosk.core.order import LineState, Order, PaymentState, RefundState


@dataclass(frozen=True, slots=True)
class Question:
    """``about``: ``payment``, ``line``, ``goods`` or ``refund``; ``line`` counts from 0.

    ``fen`` is the sum it is about; ``most`` how many units of goods there can be.
    """

    about: str
    verdicts: tuple[Verdict, ...]
    fen: int
    line: int = -1
    refund_no: str = ""
    most: int = 0


REASONS = ("platform", "biller", "machine", "resident", "bank")
"""How a person found out; the journal has the word."""


def questions(order: Order) -> tuple[Question, ...]:
    """Those that are open in an order that waits for a person, in the order of its life.

    Only what ``decide`` would book is asked: a question whose answer changes nothing is none.
    """
    if not order.needs_person:
        return ()
    return tuple(x for x in _candidates(order) if any(_changes(order, x, y) for y in x.verdicts))


def verdict_event(
    order: Order, question: Question, verdict: Verdict, operators: str, reason: str, units: int = 0
) -> PersonSettled:
    """The event that books the answer."""
    return PersonSettled(
        order.id, verdict, operators, reason, question.line, question.refund_no, units
    )


def _candidates(order: Order) -> list[Question]:
    asked = (
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
        PaymentState.NEEDS_PERSON,
    )
    found = []
    if order.payment.state in asked:
        found.append(Question("payment", (Verdict.PAID, Verdict.NOT_PAID), order.amount_fen))
    for n, line in enumerate(order.lines):
        if line.state not in (LineState.POSTED, LineState.REFUSED):
            verdicts = (Verdict.LINE_POSTED, Verdict.LINE_NOT_POSTED)
            found.append(Question("line", verdicts, line.amount_fen, n))
    for n, goods in enumerate(order.goods):
        if goods.state in (GoodsState.DELIVERY_UNKNOWN, GoodsState.DELIVERING, GoodsState.WAITING):
            most = goods.goods.units
            found.append(
                Question("goods", (Verdict.DELIVERED,), goods.goods.total_fen, n, most=most)
            )
    for refund in order.refunds:
        if refund.state is not RefundState.REFUNDED:
            found.append(
                Question("refund", (Verdict.REFUNDED,), refund.amount_fen, refund_no=refund.no)
            )
    owed = order.refused_fen - order.refund_planned_fen
    if order.poisoned and owed > 0:
        found.append(Question("refund", (Verdict.REFUNDED,), owed))
    return found


def _changes(order: Order, question: Question, verdict: Verdict) -> bool:
    event = verdict_event(order, question, verdict, "nobody", "")
    after, _ = decide(order, event, order.opened_at)
    return after != order
