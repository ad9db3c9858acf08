"""The payment machine: from the request to a certain answer.

UNKNOWN never becomes NOT_PAID because time passed: only an answer or a person leaves it, and
"not found" frees nothing: query, close, query (design, Money 2).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.commands import (
    BeginPayment,
    ClosePayment,
    CommitPayment,
    QueryPayment,
    RejectPayment,
    RequestPayment,
    StartTimer,
)
from kiosk.core.events import Charge, Close, PaymentFacts
from kiosk.core.means import FREE, NOT_CONFIGURED, Commit
from kiosk.core.order import (
    Asking,
    Order,
    PaymentState,
    Refund,
    RefundState,
    Step,
    means_gone,
    pause,
    with_payment,
    with_person,
    without_person,
)

POLL = "payment.poll"
DEADLINE = "payment.deadline"
RESOLVE = "payment.resolve"
LAST_LOOK = "payment.last_look"
POLL_S = 3.0
"""A screen code is asked after every 3–5 s (Alipay: poll; WeChat: poll or wait)."""
BESIDE_S = 12.0
"""A machine that tells the outcome by itself is asked so often beside that: its answer may be
lost on a line that is well, and the person would be asked for money that is paid."""
DEADLINE_SLACK_S = 15.0
"""The far side ends its own payment first; ours is the net below it."""


REFUNDED_BY_CLOSE = "refunded_by_close"
REFUNDED_FULL = "refunded_full"
MISMATCH = "amount_mismatch"
UNDECIDABLE = "payment_undecidable"
OVERDUE = "payment_overdue"
OVERDUE_MS = 24 * 3600 * 1000
"""Unknown for so long, a payment is openly a person's matter too; the machine goes on asking."""
LEAST_ASKED = 5
"""A clock that jumped must not bring the 24 hours about by itself."""


def request(order: Order) -> Step:
    """Ask for the money. The journal has the order's number before this leaves (Money 1)."""
    if order.means.id == FREE:
        return with_payment(order, state=PaymentState.PAID), ()
    order = with_payment(order, state=PaymentState.REQUESTED)
    description = f"{_what(order)} {order.short_id}"
    deadline = order.means.deadline_s + (0.0 if order.means.polled else DEADLINE_SLACK_S)
    commands = (
        RequestPayment(order.id, order.means, order.amount_fen, description),
        StartTimer(order.id, DEADLINE, deadline),
    )
    if order.means.polled:
        return order, commands  # asked from the moment on at which its code stands ready
    order, poll = _keep_polling(order)
    return order, (*commands, *poll)


def _what(order: Order) -> str:
    """What the payer's own slip says it was for."""
    if order.goods:
        return "、".join(x.goods.name for x in order.goods)
    return f"水电煤缴费 {len(order.lines)} 笔"


def code_ready(order: Order, event: e.PaymentCodeReady) -> Step:
    """Show the code to scan, unless the person has given up or the deadline has passed."""
    payment = order.payment
    wanted = payment.state is PaymentState.REQUESTED and payment.asking is Asking.NOTHING
    if payment.qr_code or not wanted:
        return order, ()
    order = with_payment(order, qr_code=event.code)
    return order, (StartTimer(order.id, POLL, POLL_S),)


def marked(order: Order, event: e.PaymentMarked) -> Step:
    """Write down what the terminal knows of before, then let it ask for the money, if it is still
    wanted.
    """
    payment = order.payment
    if payment.mark is not None:
        return order, ()
    wanted = (
        payment.state is PaymentState.REQUESTED
        and not payment.cancel_wanted
        and order.means.commit is Commit.TWO_PHASE
    )
    if not wanted:
        return order, (RejectPayment(order.id, order.means),)
    return with_payment(order, mark=event.mark), (BeginPayment(order.id, order.means),)


def offered(order: Order, event: e.PaymentOffered) -> Step:
    """Decide on a two-phase offer; only what was asked for, and still wanted, is committed."""
    payment = order.payment
    decided = payment.committing and payment.state is not PaymentState.NOT_PAID
    if decided and payment.facts == event.facts:
        return order, (CommitPayment(order.id, order.means),)
    wanted = (
        payment.state is PaymentState.REQUESTED
        and not payment.cancel_wanted
        and not payment.committing
        and order.means.commit is Commit.TWO_PHASE
        and event.facts.amount_fen == order.amount_fen
    )
    if not wanted:
        return order, (RejectPayment(order.id, order.means),)
    order = with_payment(order, committing=True, facts=event.facts)
    return order, (CommitPayment(order.id, order.means),)


def answered(order: Order, event: e.PaymentAnswered) -> Step:
    """Take the answer to the request itself."""
    if event.result is Charge.PAID:
        return paid(order, event.facts)
    if not _undecided(order):
        return order, ()
    if event.result is Charge.NOT_PAID:
        return not_paid(order, event.code)
    if event.result is Charge.UNDECIDABLE:
        return undecidable(order, event.code)
    return lose(with_payment(order, code=event.code))


def queried(order: Order, event: e.PaymentQueried) -> Step:
    """Take the answer to a query; what it frees depends on how far we have asked."""
    awaited = order.payment.querying
    order = with_payment(order, querying=False)
    if event.code == NOT_CONFIGURED:
        return _nobody_to_ask(order), ()
    order = without_person(order, means_gone(order))
    asking = order.payment.asking
    if asking is Asking.CLOSE and order.means.polled:
        # Closing may give back what this answer has found paid: only the question after it counts.
        return order, ()
    if event.result is Charge.PAID:
        return paid(order, event.facts)
    if asking is Asking.LAST_LOOK and awaited:
        return _looked(order, event)
    if not _undecided(order):
        return order, ()
    if event.result is Charge.NOT_PAID:
        return _over(order, event)
    if event.result is Charge.UNDECIDABLE:
        return undecidable(order, event.code)
    if asking is Asking.NOTHING:
        return _keep_polling(order)
    if asking in (Asking.CLOSE, Asking.PAUSE):
        # An older answer, or the same one again: the close or the timer goes on.
        return order, ()
    if event.result is Charge.NO_ANSWER:
        return _ask_later(order)
    if asking is Asking.QUERY:
        order = with_payment(order, asking=Asking.CLOSE)
        return order, (ClosePayment(order.id, order.means),)
    if asking is Asking.QUERY_AGAIN and event.result is Charge.NOT_FOUND:
        # Closed by us and still unknown there: nothing is charged under this number.
        return _last_look(order) if order.means.polled else not_paid(order, "closed")
    return _ask_later(order)


def _nobody_to_ask(order: Order) -> Order:
    """Its way of paying is gone from the configuration: nothing changes before the next start.

    So a person is wanted at once, and the next start asks again.
    """
    if _undecided(order):
        order = with_payment(order, state=PaymentState.UNKNOWN, asking=Asking.PAUSE)
    elif order.payment.asking is not Asking.LAST_LOOK:
        return order
    return with_person(order, means_gone(order))


def closed(order: Order, event: e.PaymentClosed) -> Step:
    if not _undecided(order) or order.payment.asking is not Asking.CLOSE:
        return order, ()
    shown = event.result is Close.NOT_FOUND and order.payment.qr_code
    if event.result is Close.NO_ANSWER or shown:
        # A code that somebody has seen can be paid: what wasn't found there isn't closed.
        return _ask_later(order)
    step = Asking.QUERY_PAID if event.result is Close.ALREADY_PAID else Asking.QUERY_AGAIN
    code = order.payment.code or event.code
    if event.code == REFUNDED_BY_CLOSE:
        code = event.code
    return _query(with_payment(order, asking=step, code=code))


def late_answered(order: Order) -> Step:
    """Something came from the far side that nobody waited for: ask, whatever was believed."""
    payment = order.payment
    if payment.state is PaymentState.NOT_PAID and payment.asking is Asking.NOTHING:
        return _query(with_payment(order, asking=Asking.LAST_LOOK))
    if _undecided(order) and payment.asking is Asking.PAUSE:
        return ask(order)
    return order, ()


def cancel_wanted(order: Order) -> Step:
    """The person gives up: nothing is believed until the other side confirms it."""
    payment = order.payment
    if payment.state is not PaymentState.REQUESTED or payment.cancel_wanted or payment.committing:
        return order, ()
    return ask(with_payment(order, cancel_wanted=True))


def timer(order: Order, name: str) -> Step:
    payment = order.payment
    if name == LAST_LOOK and payment.asking is Asking.LAST_LOOK:
        return _query(order)
    if not _undecided(order):
        return order, ()
    if name == POLL and payment.asking is Asking.NOTHING:
        return _query(order)
    if name == DEADLINE and payment.asking is Asking.NOTHING:
        return ask(order) if order.means.polled else lose(order)
    if name == RESOLVE and payment.asking is Asking.PAUSE:
        return ask(order)
    return order, ()


def ask(order: Order) -> Step:
    """Begin query, close, query."""
    asked = order.payment.asked + 1
    return _query(with_payment(order, asking=Asking.QUERY, asked=asked))


def lose(order: Order) -> Step:
    """The answer is lost: say so, and ask until somebody knows."""
    if order.payment.asking not in (Asking.NOTHING, Asking.PAUSE):
        # A query is under way already; its answer will go on from here.
        return with_payment(order, state=PaymentState.UNKNOWN), ()
    return ask(with_payment(order, state=PaymentState.UNKNOWN))


def paid(order: Order, facts: PaymentFacts | None) -> Step:
    """Book a charge that is certain. A wrong amount is for a person, never for the books."""
    payment = order.payment
    if payment.state is PaymentState.PAID:
        return order, ()
    if facts is None or facts.amount_fen != order.amount_fen:
        asking = Asking.NOTHING
        order = with_payment(order, state=PaymentState.NEEDS_PERSON, asking=asking, facts=facts)
        return with_person(order, MISMATCH), ()
    late = payment.state is PaymentState.NOT_PAID
    settled = with_payment(
        order,
        state=PaymentState.PAID,
        asking=Asking.NOTHING,
        facts=facts,
        late=late,
        code="",
    )
    return without_person(settled, MISMATCH, UNDECIDABLE, means_gone(order)), ()


def not_paid(order: Order, code: str) -> Step:
    asking = Asking.NOTHING
    order = with_payment(order, state=PaymentState.NOT_PAID, asking=asking, code=code)
    return without_person(order, MISMATCH, UNDECIDABLE, means_gone(order)), ()


def overdue(order: Order, at: int) -> Order:
    """Let somebody know of an outcome that no machine has found out for a day (a terminal that
    never came back), until it is known.
    """
    payment = order.payment
    if payment.state is not PaymentState.UNKNOWN:
        return without_person(order, OVERDUE)
    late = at - order.opened_at >= OVERDUE_MS and payment.asked >= LEAST_ASKED
    return with_person(order, OVERDUE) if late else order


def _over(order: Order, event: e.PaymentQueried) -> Step:
    """Nothing is charged any more. It may have been, and the platform has given it back."""
    if order.payment.code == REFUNDED_BY_CLOSE or event.code == REFUNDED_FULL:
        return given_back(order, event.facts), ()
    return not_paid(order, event.code)


def given_back(order: Order, facts: PaymentFacts | None) -> Order:
    """Book a charge and its refund: paid, and paid back whole by the platform itself.

    It happens where closing gives back what came just before (Alipay, trade.cancel). The refund's
    number is ours alone: nothing is ever sent under it.
    """
    facts = facts or PaymentFacts(order.amount_fen, order.amount_fen)
    order, _ = paid(order, facts)
    if order.payment.state is not PaymentState.PAID:
        return order
    money = facts.paid_fen if order.means.refund_net else order.amount_fen
    refund = Refund(
        f"{order.id}R1", order.amount_fen, money, RefundState.REFUNDED, 0, code=REFUNDED_BY_CLOSE
    )
    return replace(with_payment(order, late=True), refunds=(refund,))


def undecidable(order: Order, code: str) -> Step:
    order = with_payment(order, state=PaymentState.NEEDS_PERSON, asking=Asking.NOTHING, code=code)
    return with_person(order, UNDECIDABLE), ()


def restarted(order: Order) -> Step:
    """After a start nobody knows what the request became: ask (R19)."""
    if order.payment.state is PaymentState.CREATED:
        # The row that opened it was written, and with it the request may have left.
        order = with_payment(order, state=PaymentState.REQUESTED)
    if order.payment.asking is Asking.LAST_LOOK:
        return _last_look(with_payment(order, querying=False))
    if not _undecided(order):
        return order, ()
    order = with_payment(order, state=PaymentState.UNKNOWN, asking=Asking.NOTHING, querying=False)
    return ask(order)


def _last_look(order: Order) -> Step:
    """A code that nobody had scanned is closed, but no platform promises that it is dead.

    So the order is looked at once more when the code has expired; money found then goes back.
    """
    order, _ = not_paid(order, "closed")
    order = with_payment(order, asking=Asking.LAST_LOOK)
    return order, (StartTimer(order.id, LAST_LOOK, order.means.deadline_s + DEADLINE_SLACK_S),)


def _looked(order: Order, event: e.PaymentQueried) -> Step:
    result = event.result
    if result is Charge.NOT_PAID and event.code == REFUNDED_FULL:
        return given_back(order, event.facts), ()
    if result in (Charge.NOT_PAID, Charge.NOT_FOUND):
        return with_payment(order, asking=Asking.NOTHING), ()
    if result is Charge.UNDECIDABLE:
        return undecidable(order, event.code)
    again = StartTimer(order.id, LAST_LOOK, 60.0)
    if result is Charge.WAITING:
        return order, (ClosePayment(order.id, order.means), again)
    return order, (again,)


def _undecided(order: Order) -> bool:
    return order.payment.state in (PaymentState.REQUESTED, PaymentState.UNKNOWN)


def _query(order: Order) -> Step:
    """Ask, unless a question is under way: its answer serves as well."""
    if order.payment.querying:
        return order, ()
    return with_payment(order, querying=True), (QueryPayment(order.id, order.means),)


def _keep_polling(order: Order) -> Step:
    """Ask again soon. A two-phase machine carries no number of ours that could be asked about."""
    if order.means.commit is Commit.TWO_PHASE:
        return order, ()
    seconds = POLL_S if order.means.polled else BESIDE_S
    return order, (StartTimer(order.id, POLL, seconds),)


def _ask_later(order: Order) -> Step:
    """Nobody knows: from here on it is openly unknown, with growing pauses between questions."""
    # Each question is rows in the journal: what has lasted for a day is asked less often.
    longest = 600.0 if OVERDUE in order.person_reasons else 60.0
    wait = pause(order.payment.asked - 1, longest=longest)
    order = with_payment(order, state=PaymentState.UNKNOWN, asking=Asking.PAUSE)
    return order, (StartTimer(order.id, RESOLVE, wait),)
