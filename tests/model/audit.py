"""What must be true after every step of an order's life (design, Money 1–9)."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.events import Posting
from kiosk.core.means import RefundBy
from kiosk.core.order import Asking, LineState, Order, PaymentState, RefundState

from .ledgers import Side
from .world import World

DECIDED = (PaymentState.PAID, PaymentState.NOT_PAID)
ANSWERS = (
    e.PaymentCodeReady,
    e.PaymentMarked,
    e.PaymentOffered,
    e.PaymentAnswered,
    e.PaymentQueried,
    e.PaymentClosed,
    e.PostAnswered,
    e.PostChecked,
    e.RefundAnswered,
    e.RefundQueried,
    e.PrintAnswered,
)
ONCE = (*ANSWERS, e.CancelWanted, e.CopyTaken, e.PersonLeft, e.PersonSettled, e.ReprintWanted)
HARMLESS = (c.StartTimer, c.QueryPayment, c.CheckPost, c.QueryRefund)
QUESTION: dict[type[c.Command], type[c.Command]] = {
    c.PostLine: c.CheckPost,
    c.RefundPayment: c.QueryRefund,
    c.ClosePayment: c.QueryPayment,
}
"""What must have been asked before the same thing is sent a second time."""


def check_transition(before: Order, event: e.OrderEvent, after: Order) -> None:
    """UNKNOWN is left only by an answer or a person; what is certain stays certain."""
    old, new = before.payment.state, after.payment.state
    if old is not new:
        told = isinstance(event, e.PaymentAnswered | e.PaymentQueried | e.PersonSettled)
        if old is PaymentState.UNKNOWN or new in DECIDED:
            assert told, f"{old} → {new} by {event}"
        assert old is not PaymentState.PAID, f"PAID → {new} by {event}"
        if old is PaymentState.NOT_PAID:
            late = new is PaymentState.PAID and after.payment.late
            assert late or new is PaymentState.NEEDS_PERSON, f"{old} → {new} by {event}"
    for x, y in zip(before.lines, after.lines, strict=True):
        if x.state in (LineState.POSTED, LineState.REFUSED):
            assert y.state is x.state, f"{x.state} → {y.state} by {event}"
    for a, b in zip(before.refunds, after.refunds, strict=False):
        assert (a.no, a.amount_fen) == (b.no, b.amount_fen)
        assert a.state is not RefundState.REFUNDED or b.state is a.state
    assert len(after.refunds) >= len(before.refunds)


def check_repeat(after: Order, event: e.OrderEvent, at: int) -> None:
    """The same thing said twice changes nothing and sends nothing that can't be taken back."""
    if not isinstance(event, ONCE):
        return
    again, commands = decide(after, event, at)
    assert again == after, f"a second {event} changed the order"
    for command in commands:
        offered = isinstance(event, e.PaymentOffered)
        allowed = (*HARMLESS, c.CommitPayment, c.RejectPayment) if offered else HARMLESS
        if isinstance(event, e.PaymentMarked):
            allowed = (*HARMLESS, c.RejectPayment)
        assert isinstance(command, allowed), f"a second {event} sent {command}"


def check_commands(log: Sequence[c.Command]) -> None:
    """Judge the newest command against all before it."""
    command, earlier = log[-1], log[:-1]
    if isinstance(command, c.RequestPayment):
        assert not any(isinstance(x, c.RequestPayment) for x in earlier), "asked for money twice"
    if isinstance(command, c.BeginPayment):
        assert not any(isinstance(x, c.BeginPayment) for x in earlier), "begun twice"
    if isinstance(command, c.Print):
        jobs = [x for x in earlier if isinstance(x, c.Print)]
        assert command.job_id not in [x.job_id for x in jobs]
        if any(x.document is command.document for x in jobs):
            assert command.again, "a second print must be marked"
    question = QUESTION.get(type(command))
    if question is None:
        return
    same = [i for i, x in enumerate(earlier) if type(x) is type(command) and key(x) == key(command)]
    if same:
        assert earlier[same[-1]] == command, "same number, other content"
        asked = [x for x in earlier[same[-1] :] if isinstance(x, question)]
        assert any(key(x) == key(command) for x in asked), f"{command} again without a question"


def check_means(order: Order, command: c.Command) -> None:
    """Only what this way of paying can do; a commit only while the payment is wanted."""
    if isinstance(command, c.CommitPayment):
        assert order.payment.state is not PaymentState.NOT_PAID, "committed what is not paid"
        assert not order.payment.cancel_wanted, "committed what the person gave up"
    if isinstance(command, c.RefundPayment):
        by = order.means.refund
        whole = by is RefundBy.FULL and command.amount_fen == order.amount_fen
        assert whole or by is RefundBy.PARTIAL, f"{by} can't send back {command.amount_fen}"


def key(command: c.Command) -> str:
    return str(getattr(command, "line_no", getattr(command, "refund_no", "")))


def check_books(order: Order, world: World) -> None:
    """Σ charged = Σ posted + Σ refunded + Σ openly unknown, by the truth outside."""
    payer, posted, refunded = world.payer, world.biller.posted_fen, world.refunds.total_fen
    assert world.requests <= 1 and payer.charges <= 1, "more than one charge"
    assert posted + refunded <= payer.kept_fen, (
        f"charged {payer.kept_fen}, posted {posted}, refunded {refunded}"
    )
    unknown = payer.kept_fen - posted - refunded
    if order.closed:
        assert unknown == 0, f"closed with {unknown} fen unaccounted for"
    check_claims(order, world)


def check_claims(order: Order, world: World) -> None:
    """The order believes nothing good that isn't so."""
    payer, state = world.payer, order.payment.state
    if state is PaymentState.PAID:
        assert payer.kept_fen == order.amount_fen, "PAID and not charged"
    looking = order.payment.asking is Asking.LAST_LOOK and not order.closed
    if state is PaymentState.NOT_PAID and not (payer.forgets and looking):
        assert not payer.kept_fen, "NOT_PAID and charged"
        assert not payer.can_charge, "NOT_PAID and can still be charged"
        assert not request_can_arrive(world), "NOT_PAID and the request can still arrive"
    refused = 0
    for index, line in enumerate(order.lines):
        no = order.line_no(index)
        if line.state is LineState.POSTED:
            assert world.biller.check(no) is Posting.POSTED
        if line.state is LineState.REFUSED:
            refused += line.amount_fen
            sent = no in world.biller.seen or post_can_arrive(world, no)
            assert not (sent and world.biller.can_post(no)), f"{no} REFUSED and can be posted"
    assert order.refund_planned_fen <= refused, "a refund of a line that isn't refused"
    for refund in order.refunds:
        if refund.state is RefundState.REFUNDED:
            assert world.refunds.query(refund.no) is e.Refunding.REFUNDED


def request_can_arrive(world: World) -> bool:
    """A request on its way to a terminal would let a person pay (a code nobody saw doesn't)."""
    if world.side.polled or world.payer.over:
        return False
    # A terminal without our numbers asks nobody before it is told to begin.
    asks = c.BeginPayment if world.side is Side.TWO_PHASE else c.RequestPayment
    return any(isinstance(x.command, asks) for x in world.arriving())


def post_can_arrive(world: World, line_no: str) -> bool:
    return any(
        isinstance(x.command, c.PostLine) and x.command.line_no == line_no for x in world.arriving()
    )
