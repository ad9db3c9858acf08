"""The payment terminal's completions as the core's events. Pure.

A decline is an answer, silence is not (payment terminal protocols, 1.1, "Unknown result").
"""

from __future__ import annotations

from devices.payment_terminal import commands as t
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Close, PaymentFacts, Refunding

NOT_FOUND = "not_found"
NOT_CONNECTED = "not_connected"
_ENDED = ("closed", "cancelled")


def to_device(command: c.Command) -> t.Command:
    """Return what the terminal is told. Raises TypeError for a command it has no word for."""
    match command:
        case c.RequestPayment():
            return t.Sale(
                command.order_id,
                command.amount_fen,
                command.description,
                expires_s=command.means.deadline_s,
            )
        case c.QueryPayment():
            return t.Query(command.order_id)
        case c.ClosePayment():
            return t.Close(command.order_id)
        case c.RefundPayment():
            return t.Refund(command.refund_no, command.order_id, command.amount_fen)
        case c.QueryRefund():
            return t.Query(command.refund_no)
        case _:
            raise TypeError(f"the terminal has no {type(command).__name__}")


def to_event(command: c.Command, amount_fen: int, completion: Completion) -> e.OrderEvent:
    """Return what a completion means to the order; ``amount_fen`` is what was asked for."""
    order_id = command.order_id
    match command:
        case c.RequestPayment():
            result, facts, code = _sale(completion, amount_fen)
            return e.PaymentAnswered(order_id, result, facts, code)
        case c.QueryPayment():
            result, facts, code = _query(completion, amount_fen)
            return e.PaymentQueried(order_id, result, facts, code)
        case c.ClosePayment():
            return e.PaymentClosed(order_id, *_close(completion))
        case c.RefundPayment():
            return e.RefundAnswered(order_id, command.refund_no, *_refund(completion))
        case c.QueryRefund():
            return e.RefundQueried(order_id, command.refund_no, *_refund_query(completion))
        case _:
            raise TypeError(f"the terminal has no {type(command).__name__}")


def facts_of(transaction: t.Transaction, asked_fen: int) -> PaymentFacts:
    """What the receipt needs; where the terminal names no amount, it is the one asked for."""
    amount = asked_fen if transaction.amount_fen is None else transaction.amount_fen
    paid = amount if transaction.paid_fen is None else transaction.paid_fen
    return PaymentFacts(
        amount,
        paid,
        transaction.trans_no,
        transaction.channel_no,
        transaction.method,
        transaction.card_masked,
        transaction.ended_at,
    )


def code_of(completion: Completion) -> str:
    match completion:
        case Failed(code=code):
            return code
        case OutcomeUnknown(reason=reason):
            return reason
        case _:
            return type(completion).__name__.lower()


def _sale(completion: Completion, asked_fen: int) -> tuple[Charge, PaymentFacts | None, str]:
    match completion:
        case Success(value=t.Transaction() as transaction):
            return Charge.PAID, facts_of(transaction, asked_fen), ""
        case Failed() | Cancelled() | TimedOut():
            # The driver's word for "certain": declined, or nothing irreversible was sent.
            return Charge.NOT_PAID, None, code_of(completion)
        case _:
            return Charge.NO_ANSWER, None, code_of(completion)


def _query(completion: Completion, asked_fen: int) -> tuple[Charge, PaymentFacts | None, str]:
    match completion:
        case Success(value=t.Transaction(status="completed") as transaction):
            return Charge.PAID, facts_of(transaction, asked_fen), ""
        case Success(value=t.Transaction(status=status)) if status in _ENDED:
            return Charge.NOT_PAID, None, status
        case Success(value=t.Transaction()):
            return Charge.WAITING, None, ""
        case Failed(code=code) if code == NOT_FOUND:
            return Charge.NOT_FOUND, None, code
        case _:
            return Charge.NO_ANSWER, None, code_of(completion)


def _close(completion: Completion) -> tuple[Close, str]:
    match completion:
        case Success():
            return Close.CLOSED, ""
        case Failed(code=code) if code == NOT_FOUND:
            return Close.NOT_FOUND, code
        case Failed(value=t.Transaction(status="completed")):
            return Close.ALREADY_PAID, code_of(completion)
        case _:
            return Close.NO_ANSWER, code_of(completion)


def _refund(completion: Completion) -> tuple[Refunding, str]:
    """What wasn't sent (its turn didn't come, the line is down) was refused by nobody."""
    match completion:
        case Success():
            return Refunding.REFUNDED, ""
        case Failed(code=code) if code != NOT_CONNECTED:
            return Refunding.REFUSED, code
        case _:
            return Refunding.NO_ANSWER, code_of(completion)


def _refund_query(completion: Completion) -> tuple[Refunding, str]:
    match completion:
        case Success(value=t.Transaction(status="completed")):
            return Refunding.REFUNDED, ""
        case Success(value=t.Transaction(status=status)) if status in _ENDED:
            return Refunding.REFUSED, status
        case Success():
            return Refunding.PENDING, ""
        case Failed(code=code) if code == NOT_FOUND:
            return Refunding.NOT_FOUND, code
        case _:
            return Refunding.NO_ANSWER, code_of(completion)
