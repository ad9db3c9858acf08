"""The paper machine: printed means that the printer said so afterwards (R15, R16)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.commands import Document, Print, StartTimer
from kiosk.core.events import Printing
from kiosk.core.order import (
    Order,
    PaperState,
    PaymentState,
    RefundState,
    Step,
    with_paper,
)

PATIENCE = "paper.patience"


def begin(order: Order) -> Step:
    """Print the receipt once there is something final to say, or patience has run out.

    The receipt doesn't wait for a slow biller, but for the machine that gives out (design, Money).
    """
    paper = order.paper
    if order.payment.state is not PaymentState.PAID or order.person_left:
        return order, ()
    if paper.state is PaperState.PRINTING or (
        paper.state is not PaperState.NONE and not paper.slip
    ):
        return order, ()
    patience_over = order.patience_over and not (order.goods and order.at_work)
    if not (patience_over or settled_for_now(order)):
        return order, ()
    return _print(order, Document.RECEIPT, again=False)


def settled_for_now(order: Order) -> bool:
    """True when every line has its answer and every refund is on its way or done."""
    lines = all(x.at_rest for x in order.lines) and all(x.at_rest for x in order.goods)
    refunds = all(x.state is not RefundState.REFUNDING for x in order.refunds)
    planned = order.refused_fen == order.refund_planned_fen or order.needs_person
    return lines and refunds and planned


def start_patience(order: Order) -> StartTimer:
    return StartTimer(order.id, PATIENCE, float(order.patience_s))


def patience_over(order: Order) -> Step:
    return replace(order, patience_over=True), ()


def slip_wanted(order: Order) -> Step:
    """A slip with the number for a person who leaves while nobody knows the outcome."""
    if order.paper.state is PaperState.PRINTING or order.payment.state in (
        PaymentState.PAID,  # a receipt comes by itself, or has come: no second paper after it
        PaymentState.NOT_PAID,
    ):
        return order, ()
    return _print(order, Document.SLIP, again=order.paper.jobs > 0)


def reprint_wanted(order: Order) -> Step:
    if order.paper.state is not PaperState.PENDING:
        return order, ()
    document = Document.SLIP if order.paper.slip else Document.RECEIPT
    return _print(order, document, again=True)


def answered(order: Order, event: e.PrintAnswered) -> Step:
    if order.paper.state is not PaperState.PRINTING or event.job_id != job_id(order):
        return order, ()
    if event.result is Printing.PRINTED:
        return with_paper(order, state=PaperState.PRINTED, reason=""), ()
    return with_paper(order, state=PaperState.PENDING, reason=event.reason), ()


def copy_taken(order: Order) -> Step:
    if order.paper.state is not PaperState.PENDING:
        return order, ()
    return with_paper(order, state=PaperState.SHOWN_AS_QR), ()


def restarted(order: Order) -> Step:
    if order.paper.state is not PaperState.PRINTING:
        return order, ()
    return with_paper(order, state=PaperState.PENDING, reason="restarted"), ()


def job_id(order: Order) -> str:
    return f"{order.id}P{order.paper.jobs}"


def _print(order: Order, document: Document, *, again: bool) -> Step:
    order = with_paper(
        order,
        state=PaperState.PRINTING,
        jobs=order.paper.jobs + 1,
        slip=document is Document.SLIP,
        reason="",
    )
    return order, (Print(order.id, job_id(order), document, again),)
