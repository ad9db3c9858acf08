"""A payment platform's answers as the core's events. Pure but for the call itself."""

from __future__ import annotations

from kiosk.adapters.heard import Heard
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Close, PaymentFacts, Refunding
from kiosk.core.means import NOT_CONFIGURED
from kiosk.gateways import types as g

Answer = tuple[Charge, PaymentFacts | None, str]


def carry_out(platform: g.QrPayment, command: c.Command) -> Heard:
    """Make the call a command stands for and return its answer as an event.

    The sum in an answer goes along as the platform named it: the core compares it.
    """
    order_id = command.order_id
    match command:
        case c.RequestPayment():
            ready = platform.precreate(
                order_id, command.amount_fen, command.description, command.means.deadline_s
            )
            return Heard(_precreated(order_id, ready), ready)
        case c.QueryPayment():
            state = platform.query(order_id)
            return Heard(e.PaymentQueried(order_id, *_state(state, order_id)), state)
        case c.ClosePayment():
            closed = platform.close(order_id)
            return Heard(e.PaymentClosed(order_id, *_closed(closed)), closed)
        case c.RefundPayment():
            fen = command.amount_fen
            sent = platform.refund(order_id, command.refund_no, fen, command.total_fen)
            return Heard(e.RefundAnswered(order_id, command.refund_no, *_refund(sent, fen)), sent)
        case c.QueryRefund():
            found = platform.query_refund(order_id, command.refund_no)
            return Heard(e.RefundQueried(order_id, command.refund_no, *_refund(found, None)), found)
        case _:
            raise TypeError(f"a payment platform has no {type(command).__name__}")


def silence(command: c.Command, code: str = "") -> e.OrderEvent:
    """The event that says that nobody knows what became of a command, and by ``code`` why."""
    order_id = command.order_id
    match command:
        case c.QueryPayment():
            return e.PaymentQueried(order_id, Charge.NO_ANSWER, code=code)
        case c.ClosePayment():
            return e.PaymentClosed(order_id, Close.NO_ANSWER, code)
        case c.RefundPayment():
            return e.RefundAnswered(order_id, command.refund_no, Refunding.NO_ANSWER, code)
        case c.QueryRefund():
            return e.RefundQueried(order_id, command.refund_no, Refunding.NO_ANSWER, code)
        case _:
            return e.PaymentAnswered(order_id, Charge.NO_ANSWER, code=code)


def unsent(command: c.Command) -> e.OrderEvent:
    """What is true of a command that for certain didn't leave: nothing was asked, nothing known.

    Only the request for the money is certain thereby: it can't be paid. Whether an earlier one
    was, or a refund came about, nobody can say while the way there is missing.
    """
    if isinstance(command, c.RequestPayment):
        return e.PaymentAnswered(command.order_id, Charge.NOT_PAID, code="not_sent")
    return silence(command, NOT_CONFIGURED)


def _precreated(order_id: str, answer: g.CodeReady | g.QrRefused | g.NoAnswer) -> e.OrderEvent:
    match answer:
        case g.CodeReady():
            return e.PaymentCodeReady(order_id, answer.code_text)
        case g.QrRefused():
            return e.PaymentAnswered(order_id, Charge.NOT_PAID, code=answer.code)
        case g.NoAnswer(sent=False):
            return e.PaymentAnswered(order_id, Charge.NOT_PAID, code=answer.reason.value)
        case g.NoAnswer():
            return e.PaymentAnswered(order_id, Charge.NO_ANSWER, code=answer.reason.value)


def _state(answer: g.TradeState | g.NoAnswer, order_id: str) -> Answer:
    if isinstance(answer, g.NoAnswer):
        return Charge.NO_ANSWER, None, answer.reason.value
    if answer.order_no not in ("", order_id):
        return Charge.NO_ANSWER, None, "other_order"
    match answer.status:
        case g.TradeStatus.WAITING:
            return Charge.WAITING, None, ""
        case g.TradeStatus.CLOSED:
            return Charge.NOT_PAID, None, "closed"
        case g.TradeStatus.NOT_FOUND:
            return Charge.NOT_FOUND, None, "not_found"
        case g.TradeStatus.REFUNDED_FULL:
            # It was paid and has gone back whole: nothing is charged any more.
            return Charge.NOT_PAID, _facts(answer), "refunded_full"
        case g.TradeStatus.REFUNDED_PART:
            return Charge.UNDECIDABLE, None, "refunded_part"
        case g.TradeStatus.PAID:
            return Charge.PAID, _facts(answer), ""


def _facts(answer: g.TradeState) -> PaymentFacts | None:
    """None if the platform named no amount: the core then lets a person look."""
    if answer.amount_fen is None:
        return None
    paid = answer.amount_fen if answer.paid_fen is None else answer.paid_fen
    return PaymentFacts(answer.amount_fen, paid, channel_no=answer.channel_no, method="qr")


def _closed(answer: g.Closed | g.AlreadyPaid | g.NotFound | g.NoAnswer) -> tuple[Close, str]:
    match answer:
        case g.Closed():
            return Close.CLOSED, "refunded_by_close" if answer.refunded else ""
        case g.AlreadyPaid():
            return Close.ALREADY_PAID, ""
        case g.NotFound():
            return Close.NOT_FOUND, "not_found"
        case g.NoAnswer():
            return Close.NO_ANSWER, answer.reason.value


def _refund(
    answer: g.Refunded | g.RefundPending | g.RefundRefused | g.NotFound | g.NoAnswer,
    asked_fen: int | None,
) -> tuple[Refunding, str]:
    match answer:
        case g.Refunded(refund_fen=fen) if None not in (fen, asked_fen) and fen != asked_fen:
            return Refunding.NO_ANSWER, "other_amount"
        case g.Refunded():
            return Refunding.REFUNDED, ""
        case g.RefundPending():
            return Refunding.PENDING, ""
        case g.RefundRefused():
            return Refunding.REFUSED, answer.code
        case g.NotFound():
            return Refunding.NOT_FOUND, "not_found"
        case g.NoAnswer():
            return Refunding.NO_ANSWER, answer.reason.value
