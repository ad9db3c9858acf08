"""Money on its way back: planned when no line can change any more, never by guessing.

A refund's number is its key for ever; after a lost answer the question comes before any second
request (design, Money 3–5).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.commands import Command, QueryRefund, RefundPayment, StartTimer
from kiosk.core.events import Refunding
from kiosk.core.means import NOT_CONFIGURED, RefundBy
from kiosk.core.order import (
    Order,
    PaymentState,
    Refund,
    RefundState,
    Step,
    means_gone,
    pause,
    with_person,
    with_refund,
    without_person,
)

TIMER = "refund."
PLAN = "refund.plan"
BESIDE_S = 12.0
MOST_ATTEMPTS = 5
MOST_SILENT = 60
"""So many questions without any refund coming about, some hours, are for a person too."""
REFUSED = "refund_refused:"
BY_HAND = "refund_by_hand:"
SILENT = "refund_silent:"
"""Nobody has answered for some hours: somebody must know, while the machine goes on asking."""


def plan(order: Order, at: int) -> Step:
    """Send back what was charged for lines that for certain came to nothing, or not to all."""
    if order.payment.state is not PaymentState.PAID:
        return order, ()
    if order.at_work:
        return order, ()
    if any(x.state is not RefundState.REFUNDED for x in order.refunds):
        return order, ()
    owed = order.refused_fen - order.refund_planned_fen
    if owed <= 0:
        return order, ()
    if not _possible(order, owed):
        # Another line may still be refused and make the refund a whole one.
        return (order, ()) if order.undecided else (by_hand(order, owed), ())
    wait_ms = order.means.refund_gap_s * 1000
    last = max((x.ended_at for x in order.refunds), default=0)
    if order.refunds and at - last < wait_ms:
        return order, (StartTimer(order.id, PLAN, (wait_ms - (at - last)) / 1000),)
    refund = Refund(f"{order.id}R{len(order.refunds) + 1}", owed, _money(order, owed))
    order = replace(order, refunds=(*order.refunds, refund))
    if refund.money_fen == 0:
        return refunded(order, len(order.refunds) - 1, at), ()
    return order, (_request(order, refund), *_ask_beside(order, refund))


def _money(order: Order, owed: int) -> int:
    """What really goes back for ``owed``: never more than the person paid, net of coupons."""
    facts = order.payment.facts
    if not order.means.refund_net or facts is None:
        return owed
    return max(0, min(owed, facts.paid_fen - sum(x.money_fen for x in order.refunds)))


def answered(order: Order, event: e.RefundAnswered, at: int) -> Step:
    index = _find(order, event.refund_no)
    if index is None or order.refunds[index].state is RefundState.REFUNDED:
        return order, ()
    if event.result is Refunding.REFUNDED:
        return refunded(order, index, at), ()
    if order.refunds[index].state is RefundState.NEEDS_PERSON:
        return order, ()
    refused = event.result is Refunding.REFUSED
    order = with_refund(
        order, index, state=RefundState.REFUND_UNKNOWN, code=event.code, refused=refused
    )
    return order, (_query_later(order, index),)


def queried(order: Order, event: e.RefundQueried, at: int) -> Step:
    index = _find(order, event.refund_no)
    if index is None or order.refunds[index].state is RefundState.REFUNDED:
        return order, ()
    if event.result is Refunding.REFUNDED:
        return refunded(order, index, at), ()
    refund = order.refunds[index]
    if refund.state is RefundState.REFUNDING and refund.querying:
        # Its own answer isn't overdue yet; whatever else this one says is no news.
        order = with_refund(order, index, querying=False)
        return order, _ask_beside(order, refund)
    if refund.state is not RefundState.REFUND_UNKNOWN or not refund.querying:
        return order, ()
    order = with_refund(order, index, querying=False)
    gone = means_gone(order, refund.no)
    if event.code == NOT_CONFIGURED:
        # Nothing changes before the next start, which asks again.
        return with_person(order, gone), ()
    order = without_person(order, gone)
    if event.result is not Refunding.NO_ANSWER:
        order = without_person(order, f"{SILENT}{refund.no}")
    elif refund.attempts >= MOST_SILENT:
        order = with_person(order, f"{SILENT}{refund.no}")
    if event.result is Refunding.UNDECIDABLE:
        return _to_person(order, index, event.code), ()
    if event.result is Refunding.REFUSED and refund.attempts >= MOST_ATTEMPTS:
        return _to_person(order, index, event.code), ()
    if event.result in (Refunding.REFUSED, Refunding.NOT_FOUND):
        return _again(order, index)
    order = with_refund(order, index, attempts=refund.attempts + 1)
    return order, (_query_later(order, index),)


def timer(order: Order, name: str, at: int) -> Step:
    if name == PLAN:
        return plan(order, at)
    index = _find(order, name.removeprefix(TIMER))
    if index is None or order.refunds[index].querying:
        return order, ()
    beside = order.refunds[index].state is RefundState.REFUNDING and not order.means.polled
    if order.refunds[index].state is not RefundState.REFUND_UNKNOWN and not beside:
        return order, ()
    order = with_refund(order, index, querying=True)
    return order, (QueryRefund(order.id, order.means, order.refunds[index].no),)


def restarted(order: Order) -> Step:
    commands: list[Command] = []
    for index, refund in enumerate(order.refunds):
        if refund.state in (RefundState.REFUNDING, RefundState.REFUND_UNKNOWN):
            order = with_refund(order, index, state=RefundState.REFUND_UNKNOWN, querying=True)
            commands.append(QueryRefund(order.id, order.means, refund.no))
    return order, tuple(commands)


def _possible(order: Order, owed: int) -> bool:
    by = order.means.refund
    if by is RefundBy.PARTIAL:
        return True
    return by is RefundBy.FULL and owed == order.amount_fen


def by_hand(order: Order, owed: int) -> Order:
    """This way of paying can't send that much back: the office does, and the slip says so."""
    no = f"{order.id}R{len(order.refunds) + 1}"
    refund = Refund(no, owed, _money(order, owed), RefundState.NEEDS_PERSON, attempts=0)
    order = replace(order, refunds=(*order.refunds, refund))
    return with_person(order, f"{BY_HAND}{no}")


def _again(order: Order, index: int) -> Step:
    """The far side says that it knows no such refund: ask once more, then request it again.

    One "not found" may be a request that is still on its way, so two are wanted.
    """
    refund = order.refunds[index]
    order = with_refund(order, index, not_found=refund.not_found + 1, attempts=refund.attempts + 1)
    if order.refunds[index].not_found % 2:
        return order, (_query_later(order, index),)
    if (refund.refused and refund.attempts >= MOST_ATTEMPTS) or refund.attempts >= MOST_SILENT:
        # Refused again and again, and the far side knows nothing of it: no machine will do it.
        return _to_person(order, index, refund.code), ()
    order = with_refund(order, index, state=RefundState.REFUNDING, querying=False, refused=False)
    refund = order.refunds[index]
    return order, (_request(order, refund), *_ask_beside(order, refund))


def _to_person(order: Order, index: int, code: str) -> Order:
    order = with_refund(order, index, state=RefundState.NEEDS_PERSON, code=code, querying=False)
    return with_person(order, f"{REFUSED}{order.refunds[index].no}")


def refunded(order: Order, index: int, at: int) -> Order:
    no = order.refunds[index].no
    order = with_refund(
        order, index, state=RefundState.REFUNDED, ended_at=at, code="", querying=False
    )
    gone = means_gone(order, no)
    reasons = (f"{x}{no}" for x in (REFUSED, BY_HAND, SILENT))
    return without_person(order, *reasons, gone)


def _find(order: Order, refund_no: str) -> int | None:
    numbers = [x.no for x in order.refunds]
    return numbers.index(refund_no) if refund_no in numbers else None


def _query_later(order: Order, index: int) -> StartTimer:
    refund = order.refunds[index]
    return StartTimer(order.id, f"{TIMER}{refund.no}", pause(refund.attempts - 1))


def _ask_beside(order: Order, refund: Refund) -> tuple[StartTimer, ...]:
    """A machine whose answer is lost holds up the next person: it is asked before that is sure.

    A platform answers on the connection that asked, and holds up nobody.
    """
    timer = StartTimer(order.id, f"{TIMER}{refund.no}", BESIDE_S)
    return () if order.means.polled else (timer,)


def _request(order: Order, refund: Refund) -> RefundPayment:
    return RefundPayment(order.id, order.means, refund.no, refund.money_fen, order.amount_fen)
