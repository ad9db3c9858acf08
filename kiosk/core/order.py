"""The state of an order: three small machines side by side (design, Money).

One payment, one line for each bill or kind of goods, one paper. The order outlives the visit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.core.bills import Bill
from kiosk.core.commands import Command
from kiosk.core.events import Mark, PaymentFacts
from kiosk.core.goods import GoodsLine, GoodsState
from kiosk.core.means import Means
from kiosk.core.money import Fen

MEANS_GONE = "means_gone"


class PaymentState(StrEnum):
    CREATED = "created"
    REQUESTED = "requested"
    PAID = "paid"
    NOT_PAID = "not_paid"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "needs_person"


class Asking(StrEnum):
    """How far "query, close, query" has come."""

    NOTHING = "nothing"
    QUERY = "query"
    CLOSE = "close"
    QUERY_AGAIN = "query_again"  # after it was closed
    QUERY_PAID = "query_paid"  # after closing found it paid
    PAUSE = "pause"
    LAST_LOOK = "last_look"  # not paid, but its code could be scanned until it expires


class LineState(StrEnum):
    WAITING = "waiting"
    POSTING = "posting"
    POSTED = "posted"
    POST_UNKNOWN = "post_unknown"
    REFUSED = "refused"


class RefundState(StrEnum):
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    REFUND_UNKNOWN = "refund_unknown"
    NEEDS_PERSON = "needs_person"


class PaperState(StrEnum):
    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    PENDING = "pending"
    SHOWN_AS_QR = "shown_as_qr"


@dataclass(frozen=True, slots=True)
class Payment:
    """``asked`` counts the queries since the outcome was lost; ``code`` is the other side's own.

    ``committing`` is set from the journalled decision to commit a two-phase offer on;
    ``late`` when money arrived after the order had been told that none would, or went back by
    itself: nothing is posted or given out for it;
    ``querying`` while a query is under way: one at a time, so that an old answer can't close what
    a newer one found paid (closing gives paid money back at some platforms).
    ``mark`` is what a terminal without our numbers knew of before; None: it was never asked to pay.
    """

    state: PaymentState = PaymentState.CREATED
    asking: Asking = Asking.NOTHING
    asked: int = 0
    qr_code: str = ""
    facts: PaymentFacts | None = None
    code: str = ""
    cancel_wanted: bool = False
    committing: bool = False
    late: bool = False
    querying: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Line:
    bill: Bill
    state: LineState = LineState.WAITING
    attempts: int = 0
    first_tried_at: int = 0
    checking: bool = False
    reference: str = ""
    code: str = ""
    needs_person: bool = False

    @property
    def amount_fen(self) -> Fen:
        return self.bill.total_fen

    @property
    def at_rest(self) -> bool:
        """Posted, refused for certain, or openly handed to a person."""
        return self.state in (LineState.POSTED, LineState.REFUSED) or self.needs_person


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back: ``money_fen`` is sent to settle ``amount_fen`` of the order.

    They differ by a coupon. ``querying`` while a query is under way: one answer counts once.
    ``refused``: the last request was refused by the far side.
    """

    no: str
    amount_fen: Fen
    money_fen: Fen
    state: RefundState = RefundState.REFUNDING
    attempts: int = 1
    not_found: int = 0
    code: str = ""
    ended_at: int = 0
    querying: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    state: PaperState = PaperState.NONE
    jobs: int = 0
    slip: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """``goods_wanted``: the person has said that it may begin. ``interrupted``: the program has
    started again since, so what was to be given out isn't begun by itself any more.
    """

    id: str
    opened_at: int
    means: Means
    amount_fen: Fen
    patience_s: int
    payment: Payment
    lines: tuple[Line, ...]
    paper: Paper = Paper()
    refunds: tuple[Refund, ...] = ()
    person_left: bool = False
    patience_over: bool = False
    poisoned: str = ""
    person_reasons: tuple[str, ...] = ()
    goods: tuple[GoodsLine, ...] = ()
    goods_wanted: bool = False
    interrupted: bool = False

    def line_no(self, index: int) -> str:
        return f"{self.id}L{index + 1}"

    @property
    def short_id(self) -> str:
        """The number people see: cabin, month and day, counter (``3801 1122 0047``)."""
        return f"{self.id[:4]} {self.id[6:10]} {self.id[11:15]}"

    @property
    def posted_fen(self) -> Fen:
        """What was posted at billers or given out by machines."""
        posted = sum(x.amount_fen for x in self.lines if x.state is LineState.POSTED)
        return posted + sum(x.worth_fen for x in self.goods)

    @property
    def refused_fen(self) -> Fen:
        """What for certain was neither posted nor given out: it goes back."""
        refused = sum(x.amount_fen for x in self.lines if x.state is LineState.REFUSED)
        return refused + sum(x.back_fen for x in self.goods)

    @property
    def at_work(self) -> bool:
        """True while a line is to be posted or given out, or is just now."""
        lines = any(x.state in (LineState.WAITING, LineState.POSTING) for x in self.lines)
        moving = (GoodsState.WAITING, GoodsState.DELIVERING)
        return lines or any(x.state in moving for x in self.goods)

    @property
    def undecided(self) -> bool:
        """True while nobody knows what became of a line."""
        return any(x.state is LineState.POST_UNKNOWN for x in self.lines) or any(
            x.state is GoodsState.DELIVERY_UNKNOWN for x in self.goods
        )

    @property
    def refunded_fen(self) -> Fen:
        return sum(x.amount_fen for x in self.refunds if x.state is RefundState.REFUNDED)

    @property
    def refund_planned_fen(self) -> Fen:
        return sum(x.amount_fen for x in self.refunds)

    @property
    def needs_person(self) -> bool:
        """True if a person must find out something before this order can close."""
        return bool(
            self.poisoned
            or self.person_reasons
            or self.payment.state is PaymentState.NEEDS_PERSON
            or any(x.needs_person for x in self.lines)
            or any(x.needs_person for x in self.goods)
            or any(x.state is RefundState.NEEDS_PERSON for x in self.refunds)
        )

    @property
    def money_settled(self) -> bool:
        """True when what was charged is wholly posted or paid back, or nothing can be charged."""
        if self.payment.state is PaymentState.NOT_PAID:
            return self.payment.asking is Asking.NOTHING
        if self.payment.state is not PaymentState.PAID:
            return False
        # Goods for nothing have no sum to tell that they are out: nobody may know it yet.
        certain = all(x.certain for x in self.goods)
        return certain and self.posted_fen + self.refunded_fen == self.amount_fen

    @property
    def paper_at_rest(self) -> bool:
        state = self.paper.state
        if state is PaperState.PRINTING:
            return False
        if state in (PaperState.PRINTED, PaperState.SHOWN_AS_QR):
            return True
        return self.person_left or self.payment.state is PaymentState.NOT_PAID

    @property
    def closed(self) -> bool:
        """True when all three machines have come to rest and no person is awaited."""
        return self.money_settled and self.paper_at_rest and not self.needs_person

    @property
    def payment_word(self) -> str:
        """The payment's state as one word, refunds included (design, Money: table)."""
        states = {x.state for x in self.refunds}
        for state in (
            RefundState.NEEDS_PERSON,
            RefundState.REFUND_UNKNOWN,
            RefundState.REFUNDING,
            RefundState.REFUNDED,
        ):
            if state in states:
                return state.value
        return self.payment.state.value


Step = tuple[Order, tuple[Command, ...]]


def with_payment(order: Order, **changes: object) -> Order:
    return replace(order, payment=replace(order.payment, **changes))  # type: ignore[arg-type]


def with_paper(order: Order, **changes: object) -> Order:
    return replace(order, paper=replace(order.paper, **changes))  # type: ignore[arg-type]


def with_line(order: Order, index: int, **changes: object) -> Order:
    line = replace(order.lines[index], **changes)  # type: ignore[arg-type]
    return replace(order, lines=(*order.lines[:index], line, *order.lines[index + 1 :]))


def with_goods(order: Order, index: int, **changes: object) -> Order:
    line = replace(order.goods[index], **changes)  # type: ignore[arg-type]
    return replace(order, goods=(*order.goods[:index], line, *order.goods[index + 1 :]))


def with_refund(order: Order, index: int, **changes: object) -> Order:
    refund = replace(order.refunds[index], **changes)  # type: ignore[arg-type]
    return replace(order, refunds=(*order.refunds[:index], refund, *order.refunds[index + 1 :]))


def with_person(order: Order, reason: str) -> Order:
    """Note openly that a person must look at this order, once for each reason."""
    if reason in order.person_reasons:
        return order
    return replace(order, person_reasons=(*order.person_reasons, reason))


def without_person(order: Order, *reasons: str) -> Order:
    """Take back what a person was wanted for: it has been found out."""
    left = tuple(x for x in order.person_reasons if x not in reasons)
    return order if left == order.person_reasons else replace(order, person_reasons=left)


def means_gone(order: Order, refund_no: str = "") -> str:
    """The reason for a person when nobody can be asked: this way of paying isn't configured."""
    return ":".join(x for x in (MEANS_GONE, order.means.id, refund_no) if x)


def pause(attempt: int, first: float = 2.0, longest: float = 600.0) -> float:
    """Growing pauses in seconds: 2, 4, 8 … 600 (design, Money 4)."""
    return float(min(longest, first * 2 ** min(attempt, 16)))
