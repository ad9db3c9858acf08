"""An order's one decision: event in, next state and commands out. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import delivery, lines, paper, payment, refunds
from kiosk.core import events as e
from kiosk.core.commands import Command
from kiosk.core.goods import GoodsLine
from kiosk.core.means import FREE
from kiosk.core.order import (
    Line,
    LineState,
    Order,
    Payment,
    PaymentState,
    RefundState,
    Step,
    with_line,
    with_person,
    without_person,
)


def open_order(event: e.OrderOpened, at: int) -> Step:
    """Begin an order. ``at`` is the trusted wall time in milliseconds.

    Raises ValueError if the amount isn't the sum of its lines, or is nothing but not free.
    """
    total = sum(x.total_fen for x in event.bills) + sum(x.total_fen for x in event.goods)
    if event.amount_fen != total or (event.amount_fen <= 0) != (event.means.id == FREE):
        raise ValueError(f"{event.order_id}: {event.amount_fen} fen is not the sum of its lines")
    order = Order(
        event.order_id,
        at,
        event.means,
        event.amount_fen,
        event.patience_s,
        Payment(),
        tuple(Line(x) for x in event.bills),
        goods=tuple(GoodsLine(x) for x in event.goods),
    )
    return payment.request(order)


def _opened(event: e.OrderOpened, at: int) -> Step:
    """Begin an order; what costs nothing is given out at once."""
    order, first = open_order(event, at)
    if order.payment.state is not PaymentState.PAID:
        return order, first
    order, second = _go_on(replace(order, payment=Payment()), order, at)
    return order, (*first, *second)


def decide(order: Order | None, event: e.OrderEvent, at: int) -> Step:
    """Return the order after ``event`` and what is to be done.

    ``at`` is the journalled wall time in milliseconds, never earlier than that of the row before.
    An event that says nothing new leaves the order as it is and asks for nothing, so duplicates
    and late answers do no harm. Raises ValueError for an event before ``OrderOpened``.
    """
    if isinstance(event, e.OrderOpened):
        return _opened(event, at) if order is None else (order, ())
    if order is None:
        raise ValueError(f"{event.order_id}: {type(event).__name__} before OrderOpened")
    if order.poisoned:
        # Only a person goes on from here; the machines don't know where they stand.
        if isinstance(event, e.PersonSettled):
            return _settled_by_person(order, event, at), ()
        return order, ()
    before = order
    order, first = _apply(order, event, at)
    order, second = _go_on(before, order, at)
    return order, (*first, *second)


def _apply(order: Order, event: e.OrderEvent, at: int) -> Step:
    match event:
        case e.PaymentCodeReady():
            return payment.code_ready(order, event)
        case e.PaymentMarked():
            return payment.marked(order, event)
        case e.PaymentOffered():
            return payment.offered(order, event)
        case e.PaymentAnswered():
            return payment.answered(order, event)
        case e.PaymentQueried():
            return payment.queried(order, event)
        case e.PaymentClosed():
            return payment.closed(order, event)
        case e.LateAnswered():
            return payment.late_answered(order)
        case e.CancelWanted():
            return payment.cancel_wanted(order)
        case e.TimerFired():
            return _timer(order, event.name, at)
        case e.PostAnswered():
            return lines.post_answered(order, event, at)
        case e.PostChecked():
            return lines.post_checked(order, event, at)
        case e.DeliveryAnswered():
            return delivery.answered(order, event, at)
        case e.DeliveryChecked():
            return delivery.checked(order, event, at)
        case e.RefundAnswered():
            return refunds.answered(order, event, at)
        case e.RefundQueried():
            return refunds.queried(order, event, at)
        case _:
            return _apply_person(order, event, at)


def _apply_person(order: Order, event: e.OrderEvent, at: int) -> Step:
    match event:
        case e.PrintAnswered():
            return paper.answered(order, event)
        case e.SlipWanted():
            return paper.slip_wanted(order)
        case e.ReprintWanted():
            return paper.reprint_wanted(order)
        case e.CopyTaken():
            return paper.copy_taken(order)
        case e.DeliveryWanted():
            return delivery.wanted(order)
        case e.DeliveryDeclined():
            return delivery.declined(order)
        case e.PersonLeft():
            return replace(order, person_left=True), ()
        case e.Restarted():
            return _restarted(order)
        case e.Poisoned():
            return with_person(replace(order, poisoned=event.event), "poisoned"), ()
        case e.PersonSettled():
            return _settled_by_person(order, event, at), ()
        case _:
            raise TypeError(f"unknown event {type(event).__name__}")


def _timer(order: Order, name: str, at: int) -> Step:
    if name.startswith("payment."):
        return payment.timer(order, name)
    if name.startswith(lines.TIMER):
        return lines.timer(order, name)
    if name.startswith(delivery.TIMER):
        return delivery.timer(order, name)
    if name.startswith(refunds.TIMER):
        return refunds.timer(order, name, at)
    if name == paper.PATIENCE:
        return paper.patience_over(order)
    raise ValueError(f"{order.id}: no timer {name!r}")


def _go_on(before: Order, order: Order, at: int) -> Step:
    """Let the machines that wait for each other take their next steps."""
    commands: list[Command] = []
    order = payment.overdue(order, at)
    if before.payment.state is not PaymentState.PAID and order.payment.state is PaymentState.PAID:
        commands.append(paper.start_patience(order))
    order, more = lines.begin(order, at)
    commands += more
    order, more = delivery.begin(order, at)
    commands += more
    order, more = refunds.plan(order, at)
    commands += more
    order, more = paper.begin(order)
    commands += more
    return order, tuple(commands)


def _restarted(order: Order) -> Step:
    commands: list[Command] = []
    for resume in (
        payment.restarted,
        lines.restarted,
        delivery.restarted,
        refunds.restarted,
        paper.restarted,
    ):
        order, more = resume(order)
        commands += more
    if order.payment.state is PaymentState.PAID:
        commands.append(paper.start_patience(order))
    return order, tuple(commands)


def _settled_by_person(order: Order, event: e.PersonSettled, at: int) -> Order:
    """Book what a person found out; only what was unknown can be settled so.

    What else the order needs a person for stays: each verdict answers its own question. A
    poisoned order was stopped in the middle: whatever it was waiting for is unknown too, and it
    stays a person's matter until nothing is.
    """
    state = order.payment.state
    asked = state in (PaymentState.CREATED, PaymentState.REQUESTED)
    unknown = (PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON)
    open_payment = state in unknown or (bool(order.poisoned) and asked)
    if event.verdict is e.Verdict.NOT_PAID and open_payment:
        order, _ = payment.not_paid(order, f"person:{event.operator}")
    elif event.verdict is e.Verdict.PAID and open_payment:
        facts = e.PaymentFacts(order.amount_fen, order.amount_fen, f"person:{event.operator}")
        order, _ = payment.paid(order, facts)
    elif event.verdict in (e.Verdict.LINE_POSTED, e.Verdict.LINE_NOT_POSTED):
        order = _settle_line(order, event)
    elif event.verdict is e.Verdict.DELIVERED:
        order = delivery.settled(order, event.line, event.units)
    elif event.verdict is e.Verdict.REFUNDED:
        order = _settle_refund(order, event, at)
    if order.poisoned and order.money_settled:
        order = replace(without_person(order, "poisoned"), poisoned="")
    return order


def _settle_line(order: Order, event: e.PersonSettled) -> Order:
    if not 0 <= event.line < len(order.lines):
        raise ValueError(f"{order.id} has no line {event.line}")
    order = without_person(
        order, f"{lines.UNKNOWN}{event.line}", f"{lines.AFTER_REFUND}{event.line}"
    )
    stopped = bool(order.poisoned) and order.lines[event.line].state in (
        LineState.WAITING,
        LineState.POSTING,
    )
    if order.lines[event.line].state is not LineState.POST_UNKNOWN and not stopped:
        return order
    posted = event.verdict is e.Verdict.LINE_POSTED
    return with_line(
        order,
        event.line,
        state=LineState.POSTED if posted else LineState.REFUSED,
        checking=False,
        needs_person=False,
        reference=f"person:{event.operator}",
    )


def _settle_refund(order: Order, event: e.PersonSettled, at: int) -> Order:
    unknown = {RefundState.REFUND_UNKNOWN, RefundState.NEEDS_PERSON}
    if order.poisoned:
        unknown.add(RefundState.REFUNDING)
    for index, refund in enumerate(order.refunds):
        if refund.no == event.refund_no and refund.state in unknown:
            return refunds.refunded(order, index, at)
    owed = order.refused_fen - order.refund_planned_fen
    if order.poisoned and not event.refund_no and owed > 0:
        # It was stopped before its refund was planned, and the office has paid it back by hand.
        return refunds.refunded(refunds.by_hand(order, owed), len(order.refunds), at)
    return order
