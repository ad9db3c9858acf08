"""How a terminal's answer, or the want of one, ends a command. Pure.

Sources: payment terminal protocols, 1.1 (codes, "Unknown result": a decline is an answer, silence
is not); Design, "Money", rule 2 (unknown never becomes not paid because time passed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from devices.payment_terminal.commands import Close, Command, Query, Sale, Transaction
from devices.payment_terminal.messages import NOT_FOUND, Answer
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Success, TimedOut

APP_ID_CODE = "106"
CANCELLED_CODE = "110"
TIMEOUT_CODE = "112"
CERTAIN_CODES = (APP_ID_CODE, CANCELLED_CODE)
"""Refusals that are certain without the order's status."""

_MEANINGS: Mapping[str, str] = {
    APP_ID_CODE: "the terminal doesn't know our app_id",
    CANCELLED_CODE: "cancelled at the terminal",
    TIMEOUT_CODE: "time ran out at the terminal",
    NOT_FOUND: "the terminal knows no such order",
}


def of_answer(command: Command, answer: Answer) -> Completion:
    """How `command` ends with this answer."""
    transaction = answer.transaction
    if answer.order_no and answer.order_no != command.order_no:
        return OutcomeUnknown("answer_mismatch")
    if transaction is not None and not transaction.order_no:
        transaction = replace(transaction, order_no=command.order_no)
    if isinstance(command, Query):
        return _of_query(answer, transaction)
    if not answer.ok:
        return _of_refusal(command, answer, transaction)
    if isinstance(command, Close):
        return Success(transaction or Transaction(command.order_no, "closed"))
    return _of_payment(command, transaction)


def _of_query(answer: Answer, transaction: Transaction | None) -> Completion:
    if not answer.ok:
        return Failed(answer.code, meaning(answer), transaction)
    if transaction is None:
        return OutcomeUnknown("unreadable_answer")
    return Success(transaction)


def _of_refusal(command: Command, answer: Answer, transaction: Transaction | None) -> Completion:
    """A code other than ok. It is certain only where the order's status says that it is over, or
    where the maker's page gives the code a certain meaning. A refusal of an order that is
    completed or still open (its number was used before) refuses this message only, "time ran out"
    doesn't say that it isn't paid, and a code that no page names ("system error") says nothing.
    """
    if isinstance(command, Close):
        return Failed(answer.code, meaning(answer), transaction)
    if transaction is not None and transaction.status not in ("closed", "cancelled"):
        return OutcomeUnknown("order_alive")
    if transaction is not None and answer.code:
        return Failed(answer.code, meaning(answer), transaction)
    if answer.code in CERTAIN_CODES:
        return Failed(answer.code, meaning(answer))
    if answer.code == TIMEOUT_CODE:
        return OutcomeUnknown("terminal_timeout")
    return OutcomeUnknown("unknown_code" if answer.code else "unreadable_answer")


def _of_payment(command: Command, transaction: Transaction | None) -> Completion:
    """The ok answer to a sale, void or refund: done only if it says that it is completed."""
    if transaction is None:
        return OutcomeUnknown("unreadable_answer")
    if transaction.status in ("created", "preorder"):
        return OutcomeUnknown("not_final")
    if transaction.status != "completed":
        return Failed(transaction.status, f"the order is {transaction.status}", transaction)
    if not isinstance(command, Sale):
        return Success(transaction)
    if transaction.amount_fen is None:
        transaction = replace(transaction, amount_fen=command.amount_fen)
    if transaction.amount_fen != command.amount_fen:
        return OutcomeUnknown("amount_mismatch")
    return Success(transaction)


def meaning(answer: Answer) -> str:
    """A code in words: ours if we know it, else the terminal's."""
    return _MEANINGS.get(answer.code, answer.message)


def not_sent() -> Completion:
    """No byte left: for certain nothing happened."""
    return Failed("not_connected", "the terminal doesn't answer; nothing was sent")


def of_silence(command: Command, reason: str) -> Completion:
    """The command left and no answer came. A query has changed nothing; the others may have."""
    return TimedOut() if isinstance(command, Query) else OutcomeUnknown(reason)


def of_cancel(command: Command, left: bool) -> Completion:
    """The command was taken back by our side."""
    if left and not isinstance(command, Query):
        return OutcomeUnknown("cancelled_while_waiting")
    return Cancelled()
