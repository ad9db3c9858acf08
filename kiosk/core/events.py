"""Everything that can happen to an order. Each event is journalled when it changes something.

The events are flat frozen dataclasses so that a journal row can be read by eye.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.bills import PERSONAL, Bill
from kiosk.core.goods import Goods
from kiosk.core.means import Means
from kiosk.core.money import Fen


class Charge(StrEnum):
    """What an answer about a charge says."""

    PAID = "paid"
    NOT_PAID = "not_paid"  # for certain, and it stays so
    WAITING = "waiting"  # the other side knows the order; nobody has paid yet
    NOT_FOUND = "not_found"  # frees nothing: query, close, query
    NO_ANSWER = "no_answer"  # nobody knows
    UNDECIDABLE = "undecidable"  # the machine can't tell and never will


class Close(StrEnum):
    CLOSED = "closed"
    ALREADY_PAID = "already_paid"
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"


class Posting(StrEnum):
    POSTED = "posted"
    REFUSED = "refused"  # the answer to a posting; only a check makes it certain
    NOT_POSTED = "not_posted"  # the answer to a check: certain
    CANCELLED = "cancelled"
    PENDING = "pending"
    NO_RECORD = "no_record"
    NO_ANSWER = "no_answer"


class Refunding(StrEnum):
    REFUNDED = "refunded"
    PENDING = "pending"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"
    UNDECIDABLE = "undecidable"  # the machine can't tell and never will


class Delivery(StrEnum):
    """What a machine says of one part of the goods."""

    DONE = "done"
    NOT_DONE = "not_done"  # for certain: no more of it than ``units`` came out, or ever will
    UNDER_WAY = "under_way"
    NO_ANSWER = "no_answer"
    UNDECIDABLE = "undecidable"  # the machine has forgotten it


class Printing(StrEnum):
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"  # for certain: nothing reached the paper
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the payer's side says of a charge, as the receipt needs it (JR/T 0001 §8).

    ``paid_fen`` is net of coupons; ``card`` is masked to its last four digits by the decoder.
    """

    amount_fen: Fen
    paid_fen: Fen
    reference: str = ""
    channel_no: str = ""
    method: str = ""
    card: str = field(default="", metadata=PERSONAL)
    ended_at: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """The last transaction that a terminal knew of before this payment, empty if of none.

    A terminal that carries no number of ours is asked for what is newer (ZVT).
    """

    trace_no: str = ""
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class OrderEvent:
    order_id: str


@dataclass(frozen=True, slots=True)
class OrderOpened(OrderEvent):
    """The person has confirmed: one payment of ``amount_fen`` for these bills or goods.

    What costs nothing is had by the means ``free``.
    """

    means: Means
    bills: tuple[Bill, ...]
    amount_fen: Fen
    patience_s: int = 8
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentCodeReady(OrderEvent):
    """A code to scan stands ready (precreate, Native order)."""

    code: str


@dataclass(frozen=True, slots=True)
class PaymentMarked(OrderEvent):
    """A terminal without our numbers says what it knows of before: then it may be asked to pay."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class PaymentOffered(OrderEvent):
    """A two-phase terminal offers a payment that stands only once it is committed."""

    facts: PaymentFacts


@dataclass(frozen=True, slots=True)
class PaymentAnswered(OrderEvent):
    """The answer to the request itself."""

    result: Charge
    facts: PaymentFacts | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class PaymentQueried(OrderEvent):
    """The answer to a query with the order's number."""

    result: Charge
    facts: PaymentFacts | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class PaymentClosed(OrderEvent):
    result: Close
    code: str = ""


@dataclass(frozen=True, slots=True)
class LateAnswered(OrderEvent):
    """An answer came that nobody waited for any more: worth a query, never acted on alone."""


@dataclass(frozen=True, slots=True)
class CancelWanted(OrderEvent):
    """The person doesn't want to pay after all."""


@dataclass(frozen=True, slots=True)
class TimerFired(OrderEvent):
    """A timer asked for by a command has run out. ``name`` says which."""

    name: str


@dataclass(frozen=True, slots=True)
class PostAnswered(OrderEvent):
    line: int
    result: Posting
    reference: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class PostChecked(OrderEvent):
    line: int
    result: Posting
    reference: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryWanted(OrderEvent):
    """The person says that it may begin: what must lie ready does."""


@dataclass(frozen=True, slots=True)
class DeliveryDeclined(OrderEvent):
    """The person doesn't want it after all, before it has begun."""


@dataclass(frozen=True, slots=True)
class DeliveryAnswered(OrderEvent):
    """The end of what was begun; ``units`` of this part have come out."""

    line: int
    part: int
    result: Delivery
    units: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryChecked(OrderEvent):
    """The answer to the question what became of a part."""

    line: int
    part: int
    result: Delivery
    units: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class RefundAnswered(OrderEvent):
    refund_no: str
    result: Refunding
    code: str = ""


@dataclass(frozen=True, slots=True)
class RefundQueried(OrderEvent):
    refund_no: str
    result: Refunding
    code: str = ""


@dataclass(frozen=True, slots=True)
class PrintAnswered(OrderEvent):
    job_id: str
    result: Printing
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlipWanted(OrderEvent):
    """The person asks for a slip with the number and leaves while the outcome is unknown."""


@dataclass(frozen=True, slots=True)
class ReprintWanted(OrderEvent):
    pass


@dataclass(frozen=True, slots=True)
class CopyTaken(OrderEvent):
    """The person has seen the copy on the screen instead of paper."""


@dataclass(frozen=True, slots=True)
class PersonLeft(OrderEvent):
    """Nobody stands before this order any more; it lives on by itself."""


@dataclass(frozen=True, slots=True)
class Restarted(OrderEvent):
    """The program has started again and knows nothing of what was under way."""


@dataclass(frozen=True, slots=True)
class Poisoned(OrderEvent):
    """``decide`` failed on an event: this order goes to a person (design, Money 10)."""

    event: str
    error: str


class Verdict(StrEnum):
    PAID = "paid"
    NOT_PAID = "not_paid"
    LINE_POSTED = "line_posted"
    LINE_NOT_POSTED = "line_not_posted"
    DELIVERED = "delivered"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PersonSettled(OrderEvent):
    """A person has found out what no machine could. ``line`` counts from 0, -1: none.

    ``units`` is how much of goods came out in all.
    """

    verdict: Verdict
    operator: str
    note: str
    line: int = -1
    refund_no: str = ""
    units: int = 0


ORDER_EVENTS: tuple[type[OrderEvent], ...] = (
    OrderOpened,
    PaymentCodeReady,
    PaymentMarked,
    PaymentOffered,
    PaymentAnswered,
    PaymentQueried,
    PaymentClosed,
    LateAnswered,
    CancelWanted,
    TimerFired,
    PostAnswered,
    PostChecked,
    DeliveryWanted,
    DeliveryDeclined,
    DeliveryAnswered,
    DeliveryChecked,
    RefundAnswered,
    RefundQueried,
    PrintAnswered,
    SlipWanted,
    ReprintWanted,
    CopyTaken,
    PersonLeft,
    Restarted,
    Poisoned,
    PersonSettled,
)
