"""How an exchange with a ZVT terminal ends a command. Pure.

Sources: payment terminal protocols, 1.2 (commit point; bitmap 27 other than 00 is failure) and
"What the two terminals can and can't do" (a repeated status is believed only if its trace is newer
and the amount matches; else a person decides); Design, "Money", rule 2.
"""

from __future__ import annotations

from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal.commands import Transaction, TransactionStatus
from devices.payment_terminal.zvt_commands import Query
from devices.payment_terminal.zvt_exchange import (
    End,
    Exchange,
    Finished,
    MoneyBack,
    Payment,
    Silent,
    Stopped,
    Turned,
)
from devices.payment_terminal.zvt_messages import CNY, StatusInfo
from devices.status import Completion, Failed, OutcomeUnknown, Success, TimedOut

NOT_FOUND = "not_found"
UNDECIDABLE = frozenset(("nothing_newer", "other_amount", "nothing_to_compare", "paid_uncommitted"))
"""Reasons of a query for which no machine will ever know more: a person decides."""


def transaction_of(
    order_no: str,
    status: TransactionStatus,
    info: StatusInfo | None,
    asked_fen: int | None = None,
    paid_fen: int | None = None,
) -> Transaction:
    """A status in the words that every terminal uses: the receipt number is the transaction's,
    the trace number the channel's.
    """
    said = info or StatusInfo()
    amount = said.amount_fen if asked_fen is None else asked_fen
    return Transaction(
        order_no=order_no,
        status=status,
        amount_fen=amount,
        paid_fen=amount if paid_fen is None else paid_fen,
        trans_no=said.receipt,
        channel_no=said.trace,
        method=said.card_name,
        card_masked=said.card_masked,
        ended_at=" ".join(x for x in (said.date, said.time) if x),
    )


def of_payment(payment: Payment, end: End, order_no: str, asked_fen: int) -> Completion:
    """How a sale ends."""
    if payment.may_stand:
        if payment.strange or not isinstance(end, Finished):
            return OutcomeUnknown(_lost_after_commit(payment, end))
        paid_fen = payment.partly_fen or asked_fen
        done = transaction_of(order_no, "completed", payment.offer, asked_fen, paid_fen)
        return Success(done)
    if payment.refused is not None:
        return failed(payment.refused)
    match end:
        case Turned(code) if code in codes.BUSY:
            # It may be busy with this very payment, whose first answer was lost.
            return OutcomeUnknown("busy")
        case Turned(code):
            return failed(code)
        case Stopped(code):
            if payment.rejected:
                return Failed(payment.rejected, "the terminal took the payment back")
            return failed(code)
        case Finished():
            if payment.rejected:
                return Failed(payment.rejected, "the terminal took the payment back")
            return OutcomeUnknown("finished_uncommitted" if payment.offer else "no_status")
        case Silent(reason):
            return OutcomeUnknown(reason)


def _lost_after_commit(payment: Payment, end: End) -> str:
    if payment.strange:
        return "contradicted"
    return "completion_lost" if isinstance(end, Silent) else "aborted_after_commit"


def of_money_back(exchange: MoneyBack, end: End) -> Completion:
    """How a reversal or refund ends. One that was done before is done."""
    if exchange.strange:
        return OutcomeUnknown("amount_mismatch")
    info = exchange.info
    match end:
        case Turned(code) | Stopped(code) if code == codes.ALREADY_REVERSED:
            return Success(transaction_of("", "cancelled", info))
        case Turned(code) if code in codes.BUSY:
            return OutcomeUnknown("busy")
        case Turned(code):
            return failed(code)
        case _ if info is not None and info.result not in (None, codes.OK):
            return failed(info.result)
        case Finished() if info is not None and info.result == codes.OK:
            return Success(transaction_of("", "completed", info))
        case Stopped(code) if info is None:
            return failed(code)
        case Silent(reason):
            return OutcomeUnknown(reason)
        case _:
            return OutcomeUnknown("no_status")


def of_question(end: End) -> Completion:
    """How a command ends that moves no money: silence is a time-out."""
    match end:
        case Finished(info=info, completion=completion):
            return Success(info or completion)
        case Turned(code) | Stopped(code):
            return failed(code)
        case Silent():
            return TimedOut()


def of_day(exchange: Exchange, end: End) -> Completion:
    """How an end of day ends: after silence nobody knows whether the day is closed."""
    if isinstance(end, Silent):
        return OutcomeUnknown(end.reason)
    if exchange.info is not None and exchange.info.result not in (None, codes.OK):
        return failed(exchange.info.result)
    return of_question(end)


def of_query(query: Query, end: End) -> Completion:
    """What the repeated status says of a payment.

    It may stand only if its commit may have left. So without one nothing that is older says
    anything, and a newer payment is a contradiction; with one, anything but this very payment, or
    a newer failure of its amount, is for a person: another card may have been declined since.
    """
    match end:
        case Silent():
            return TimedOut()
        case Turned(code) | Stopped(code) if code in codes.BUSY:
            return TimedOut()
        case Turned() | Stopped():
            return _nothing(query, "nothing_to_compare")
        case Finished(info=info):
            return _of_repeated(query, info)


def _of_repeated(query: Query, info: StatusInfo | None) -> Completion:
    if info is None or info.result is None or not info.trace or not query.trace_no:
        return _nothing(query, "nothing_to_compare")
    if info.trace <= query.trace_no:
        return _nothing(query, "nothing_newer")
    failed_there = info.result != codes.OK
    if failed_there and not (query.committed and info.amount_fen != query.amount_fen):
        return Success(transaction_of(query.order_no, "cancelled", info))
    if failed_there or info.amount_fen != query.amount_fen or info.currency not in ("", CNY):
        return _nothing(query, "other_amount")
    if not query.committed:
        return OutcomeUnknown("paid_uncommitted")
    return Success(transaction_of(query.order_no, "completed", info))


def _nothing(query: Query, reason: str) -> Completion:
    if query.committed:
        return OutcomeUnknown(reason)
    return Failed(NOT_FOUND, "the terminal knows of no such payment")


def failed(code: int | None) -> Failed:
    """A failure with the terminal's own code, None if it gave none."""
    if code is None:
        return Failed("aborted", "the terminal gave no reason")
    return Failed(codes.code_text(code), codes.meaning(code))
