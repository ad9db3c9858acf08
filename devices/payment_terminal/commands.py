"""What can be asked of a payment terminal and what it says of a transaction.

Amounts are integer fen. Order numbers are ours: 1 to 32 characters of `[0-9A-Za-z]`.
Source: payment terminal protocols, 1.1 (biz_data, trans_type, trans_status) and the table of
what the terminals can and can't do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Method = Literal["any", "card", "qr"]
TransactionStatus = Literal["created", "closed", "completed", "cancelled", "preorder"]

_ORDER_NO = re.compile(r"[0-9A-Za-z]{1,32}\Z")


def check_order_no(*numbers: str) -> None:
    """Raises ValueError for a number that is none of ours."""
    for number in numbers:
        if not _ORDER_NO.match(number):
            raise ValueError("an order number has 1 to 32 letters and digits")


def check_amount(amount_fen: int) -> None:
    """Raises ValueError for what is no amount."""
    if isinstance(amount_fen, bool) or not isinstance(amount_fen, int) or amount_fen <= 0:
        raise ValueError("an amount is a positive whole number of fen")


@dataclass(frozen=True, slots=True)
class Sale:
    """Take a payment. `expires_s`: how long the terminal may offer it.

    Success carries a completed Transaction. Failed is certain: the terminal's code and its
    Transaction if it gave one, or "not_connected" if nothing was sent. Once a byte has left, all
    else is OutcomeUnknown: "no_answer", "not_acknowledged", "link_lost", the port's reason,
    "cancelled_while_waiting", "terminal_timeout", "not_final", "order_alive",
    "amount_mismatch", "answer_mismatch" or "unreadable_answer". Void and Refund end likewise.
    """

    order_no: str
    amount_fen: int
    description: str
    method: Method = "any"
    expires_s: int = 300

    def __post_init__(self) -> None:
        check_order_no(self.order_no)
        check_amount(self.amount_fen)


@dataclass(frozen=True, slots=True)
class Query:
    """What became of an order? Changes nothing.

    Success carries a Transaction of any status, TimedOut means no answer, and Failed("not_found")
    frees nothing: query, close, query.
    """

    order_no: str

    def __post_init__(self) -> None:
        check_order_no(self.order_no)


@dataclass(frozen=True, slots=True)
class Close:
    """Let an unpaid order never be paid. A terminal that waits for a card for it gives up."""

    order_no: str

    def __post_init__(self) -> None:
        check_order_no(self.order_no)


@dataclass(frozen=True, slots=True)
class Void:
    """Take the whole of order `orig_order_no` back, under the new number `order_no`."""

    order_no: str
    orig_order_no: str

    def __post_init__(self) -> None:
        check_order_no(self.order_no, self.orig_order_no)


@dataclass(frozen=True, slots=True)
class Refund:
    """Give `amount_fen` of order `orig_order_no` back, under the new number `order_no`."""

    order_no: str
    orig_order_no: str
    amount_fen: int

    def __post_init__(self) -> None:
        check_order_no(self.order_no, self.orig_order_no)
        check_amount(self.amount_fen)


Command = Sale | Query | Close | Void | Refund


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the terminal says of an order.

    `amount_fen` is what was asked, `paid_fen` what the payer gave net of coupons. `card_masked`
    holds the last four digits at most. `ended_at` is the terminal's own text (UTC). Text fields
    are empty and amounts None where the terminal said nothing.
    """

    order_no: str
    status: TransactionStatus
    trans_type: str = ""
    amount_fen: int | None = None
    paid_fen: int | None = None
    trans_no: str = ""
    channel_no: str = ""
    method: str = ""
    scenario: str = ""
    card_masked: str = ""
    ended_at: str = ""


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """An answer nobody waits for any more (as a Notice): worth a query, never acted on alone."""

    order_no: str
    code: str
    transaction: Transaction | None = None
