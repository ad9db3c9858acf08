"""What can be asked of a ZVT terminal, and what it says on the way.

A ZVT terminal carries no order number: ours go with the commands so that a decision can't meet
another payment, and never over the wire. Amounts are integer fen. Sources: payment terminal
protocols, 1.2 (commands, commit point, issue of goods) and the table of what the terminals can
and can't do; Design, "Money" (what the driver must remember is journalled first).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from devices.payment_terminal.commands import Transaction, check_amount, check_order_no

_TRACE = re.compile(r"([0-9]{6})?\Z")
_RECEIPT = re.compile(r"([0-9]{4})?\Z")
MOST_FEN = 10**12 - 1
Decides = Literal["ask", "commit", "reject"]


def _check_fen(amount_fen: int) -> None:
    check_amount(amount_fen)
    if amount_fen > MOST_FEN:
        raise ValueError("an amount has twelve digits at most")


def _check_marks(trace: str, receipt: str) -> None:
    if not _TRACE.match(trace) or not _RECEIPT.match(receipt):
        raise ValueError("a trace number has six digits, a receipt number four")


@dataclass(frozen=True, slots=True)
class Register:
    """Begin anew: the currency and what the kiosk does itself. Success or Failed."""


@dataclass(frozen=True, slots=True)
class Sale:
    """Take a payment in two phases.

    First `Remembered` is reported (Progress), and nothing is asked of the terminal before `Begin`.
    When somebody has paid, `Offer` is reported, and the payment stands only if `Commit` comes
    within 4 s. With `decides` other than "ask" neither is waited for, and the driver does at the
    offer what it says. `goods_wait_s` and `most_asks` (1 to 255) bound how long goods may take.

    Success carries a completed Transaction. Failed is certain: nothing is charged. Once the
    request has left, all else is OutcomeUnknown, and `Query` finds out.
    """

    order_no: str
    amount_fen: int
    decides: Decides = "ask"
    goods_wait_s: int | None = None
    most_asks: int | None = None

    def __post_init__(self) -> None:
        check_order_no(self.order_no)
        _check_fen(self.amount_fen)
        for bound in (self.goods_wait_s, self.most_asks):
            if bound is not None and not 1 <= bound <= 255:
                raise ValueError("the wait for goods and its questions are 1 to 255")


@dataclass(frozen=True, slots=True)
class Begin:
    """What was `Remembered` is written down: the terminal may be asked for the money."""

    order_no: str


@dataclass(frozen=True, slots=True)
class Commit:
    """The offer is written down: let the payment stand."""

    order_no: str


@dataclass(frozen=True, slots=True)
class Reject:
    """The payment isn't wanted, or the goods weren't issued: the terminal takes it back."""

    order_no: str


@dataclass(frozen=True, slots=True)
class GoodsPending:
    """The goods aren't out yet: the terminal asks again after 2 s."""

    order_no: str


@dataclass(frozen=True, slots=True)
class GoodsPartly:
    """Goods for `amount_fen` came out: no more than that is paid."""

    order_no: str
    amount_fen: int

    def __post_init__(self) -> None:
        _check_fen(self.amount_fen)


@dataclass(frozen=True, slots=True)
class Close:
    """Give up a payment that waits for its card, and see that the terminal waits no more.

    Success: it doesn't wait. Failed("paid") if the payment was quicker. TimedOut: nobody knows.
    """

    order_no: str

    def __post_init__(self) -> None:
        check_order_no(self.order_no)


@dataclass(frozen=True, slots=True)
class Query:
    """What became of a payment whose answer is lost? Repeats the last status; changes nothing.

    `trace_no` and `receipt_no` are what was `Remembered` before it, empty if nothing was;
    `committed`: whether it may have been let stand. Success carries a Transaction,
    Failed("not_found") means that nothing newer is known, which frees nothing. OutcomeUnknown with
    a reason of `UNDECIDABLE` is for a person; TimedOut means no answer.
    """

    order_no: str
    amount_fen: int
    trace_no: str
    receipt_no: str
    committed: bool

    def __post_init__(self) -> None:
        check_order_no(self.order_no)
        _check_fen(self.amount_fen)
        _check_marks(self.trace_no, self.receipt_no)


@dataclass(frozen=True, slots=True)
class Reversal:
    """Take the whole of a payment back by its receipt number.

    `trace_no` is the payment's own: a terminal whose numbers have begun anew since refuses nothing,
    so the driver does. Empty, with amount 0, at a technician's own risk.
    """

    receipt_no: str
    trace_no: str = ""
    amount_fen: int = 0

    def __post_init__(self) -> None:
        _check_marks(self.trace_no, self.receipt_no)
        if not self.receipt_no:
            raise ValueError("a receipt number has four digits")


@dataclass(frozen=True, slots=True)
class Refund:
    """Give money to a card that is present."""

    amount_fen: int

    def __post_init__(self) -> None:
        _check_fen(self.amount_fen)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Repeat the last status: Success with a `StatusInfo`."""


@dataclass(frozen=True, slots=True)
class Enquire:
    """Ask for the terminal's own status."""


@dataclass(frozen=True, slots=True)
class EndOfDay:
    """Close the terminal's day and send its turnover."""


@dataclass(frozen=True, slots=True)
class Diagnose:
    """Let the terminal try its way to the host."""


@dataclass(frozen=True, slots=True)
class LogOff:
    """End what registration began; the driver registers anew when it next needs to."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Ask the terminal to stop what it does. It may come too late: nothing is proved by it."""


Decision = Commit | Reject | GoodsPending | GoodsPartly
Command = (
    Register
    | Sale
    | Begin
    | Decision
    | Close
    | Query
    | Reversal
    | Refund
    | Repeat
    | Enquire
    | EndOfDay
    | Diagnose
    | LogOff
    | Abort
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """The numbers of the last transaction that the terminal has told of, empty if of none.

    To be written down before `Begin`: a lost answer is settled by what is newer (as a Progress).
    """

    order_no: str
    trace_no: str = ""
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody has paid as asked; it stands only once it is committed (as a Progress)."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the terminal waits for, by its own number (as a Progress)."""

    code: int | None
