"""The ZVT terminal's completions as the core's events. Pure.

It carries none of our numbers: what it knew of before a payment is journalled first, and a lost
answer is settled by what it repeats (payment terminal protocols, "What the two terminals can and
can't do"). A payment that was never begun, and a refund whose answer is lost, need no question:
the one is certain, and of the other nobody here will ever know.
"""

from __future__ import annotations

import re

from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal.commands import Transaction
from devices.payment_terminal.zvt_outcome import NOT_FOUND, UNDECIDABLE
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.adapters.terminal import code_of, facts_of
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Close, Mark, PaymentFacts, Refunding
from kiosk.core.order import Order, Refund

NEVER_BEGUN = "never_begun"
NO_RECEIPT = "no_receipt"
ANSWER_LOST = "answer_lost"

_RECEIPT, _TRACE = re.compile(r"[0-9]{4}\Z"), re.compile(r"[0-9]{6}\Z")
_SILENT = c.BeginPayment | c.CommitPayment | c.RejectPayment


def known(command: c.Command, order: Order) -> e.OrderEvent | None:
    """The answer to a command that the terminal isn't asked."""
    match command:
        case c.QueryPayment() if order.payment.mark is None:
            # The journal has no mark, so the request never left.
            return e.PaymentQueried(order.id, Charge.NOT_PAID, code=NEVER_BEGUN)
        case c.RefundPayment() if _receipt_of(order) is None:
            refused = Refunding.REFUSED
            return e.RefundAnswered(order.id, command.refund_no, refused, NO_RECEIPT)
        case c.QueryRefund():
            refund = next((x for x in order.refunds if x.no == command.refund_no), None)
            return e.RefundQueried(order.id, command.refund_no, *_of_refund(refund))
        case _:
            return None


def to_device(command: c.Command, order: Order) -> z.Command:
    """Return what the terminal is told. Raises TypeError for a command it has no word for."""
    match command:
        case c.RequestPayment():
            return z.Sale(command.order_id, command.amount_fen)
        case c.BeginPayment():
            return z.Begin(command.order_id)
        case c.CommitPayment():
            return z.Commit(command.order_id)
        case c.RejectPayment():
            return z.Reject(command.order_id)
        case c.QueryPayment():
            mark, committed = order.payment.mark or Mark(), order.payment.committing
            return z.Query(
                command.order_id, order.amount_fen, mark.trace_no, mark.receipt_no, committed
            )
        case c.ClosePayment():
            return z.Close(command.order_id)
        case c.RefundPayment() if (paid := _receipt_of(order)) is not None:
            return z.Reversal(paid.reference, paid.channel_no, command.amount_fen)
        case _:
            raise TypeError(f"the terminal has no {type(command).__name__}")


def to_event(command: c.Command, amount_fen: int, completion: Completion) -> e.OrderEvent | None:
    """Return what a completion means to the order; ``amount_fen`` is what was asked for.

    What decides on a sale has no answer of its own: the sale's end says what came of it.
    """
    order_id = command.order_id
    match command:
        case c.RequestPayment():
            return e.PaymentAnswered(order_id, *_sale(completion, amount_fen))
        case c.QueryPayment():
            return e.PaymentQueried(order_id, *_query(completion, amount_fen))
        case c.ClosePayment():
            return e.PaymentClosed(order_id, *_close(completion))
        case c.RefundPayment():
            return e.RefundAnswered(order_id, command.refund_no, *_reversal(completion))
        case _ if isinstance(command, _SILENT):
            return None
        case _:
            raise TypeError(f"the terminal has no {type(command).__name__}")


def progress(command: c.Command, amount_fen: int, what: object) -> e.OrderEvent | None:
    """Return what something on the way means to the order."""
    if not isinstance(command, c.RequestPayment):
        return None
    match what:
        case z.Remembered(order_no=order_no) if order_no == command.order_id:
            return e.PaymentMarked(order_no, Mark(what.trace_no, what.receipt_no))
        case z.Offer(transaction) if transaction.order_no == command.order_id:
            return e.PaymentOffered(command.order_id, facts_of(transaction, amount_fen))
        case _:
            return None


def _receipt_of(order: Order) -> PaymentFacts | None:
    """The facts of a payment that the terminal can find again; None if they don't name it."""
    facts = order.payment.facts
    if facts is None or not _RECEIPT.match(facts.reference) or not _TRACE.match(facts.channel_no):
        return None
    return facts


def _of_refund(refund: Refund | None) -> tuple[Refunding, str]:
    """A refused request can be made again; after a lost answer a person finds out."""
    if refund is not None and refund.refused:
        return Refunding.REFUSED, refund.code
    return Refunding.UNDECIDABLE, ANSWER_LOST


Answer = tuple[Charge, PaymentFacts | None, str]


def _sale(completion: Completion, asked_fen: int) -> Answer:
    match completion:
        case Success(value=Transaction() as transaction):
            return Charge.PAID, facts_of(transaction, asked_fen), ""
        case Failed() | Cancelled() | TimedOut():
            return Charge.NOT_PAID, None, code_of(completion)
        case _:
            return Charge.NO_ANSWER, None, code_of(completion)


def _query(completion: Completion, asked_fen: int) -> Answer:
    match completion:
        case Success(value=Transaction(status="completed") as transaction):
            return Charge.PAID, facts_of(transaction, asked_fen), ""
        case Success(value=Transaction(status="cancelled")):
            return Charge.NOT_PAID, None, "cancelled"
        case Success():
            return Charge.WAITING, None, ""
        case Failed(code=code) if code == NOT_FOUND:
            return Charge.NOT_FOUND, None, code
        case OutcomeUnknown(reason=reason) if reason in UNDECIDABLE:
            return Charge.UNDECIDABLE, None, reason
        case _:
            return Charge.NO_ANSWER, None, code_of(completion)


def _close(completion: Completion) -> tuple[Close, str]:
    match completion:
        case Success():
            return Close.CLOSED, ""
        case Failed(value=Transaction(status="completed")):
            return Close.ALREADY_PAID, code_of(completion)
        case _:
            return Close.NO_ANSWER, code_of(completion)


def _reversal(completion: Completion) -> tuple[Refunding, str]:
    match completion:
        case Success():
            return Refunding.REFUNDED, ""
        case Failed() | Cancelled() | TimedOut():
            return Refunding.REFUSED, code_of(completion)
        case _:
            return Refunding.NO_ANSWER, code_of(completion)
