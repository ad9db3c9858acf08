"""When money may be taken: every condition is asked before the person is asked to pay.

No payment begins without paper status known, journal space left and biller reachable (R16).
"""

from __future__ import annotations

from kiosk.core.bills import Bill
from kiosk.core.booklet import DISPENSER
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import Line, LineState, Order, PaymentState
from kiosk.core.printing import DOCUMENT_PRINTER
from kiosk.core.rice import RICE_MILL
from kiosk.core.state import BILLER, PRINTER, Level, State
from kiosk.core.visit.steps import Note, NoteCode


def trouble(state: State) -> str:
    """Return why bills can't be paid here at all now, empty if they can.

    One of ``closed``, ``journal``, ``receipt_printer``, ``biller``, ``payment``: the nearest cause
    first.
    """
    if "pay_bill" in state.overrides.off:
        return "closed"
    if state.journal_trouble:
        return "journal"
    if not state.device(PRINTER).level.usable:
        return PRINTER
    if not state.device(BILLER).level.usable:
        return BILLER
    if not any(_open_soon(state, x) for x in state.rules.means):
        return "payment"
    return ""


def goods_trouble(state: State, role: str, *, free: bool = False) -> str:
    """Return why a machine gives out nothing now, empty if it does.

    One of ``journal``, ``receipt_printer``, ``payment``, ``held:rice_mill``, or the machine's own
    reason behind its role (``rice_mill:bin_1_empty``; ``rice_mill:closed`` if the staff have
    switched its service off, ``rice_mill:not_yet`` and ``rice_mill:over`` outside of the merchant's
    trial). What is free needs no way of paying.
    """
    if SERVICE_OF.get(role) in state.overrides.off:
        return f"{role}:closed"
    shop = state.rules.rice
    closed = shop.closed_on(state.face.iso[:10]) if shop and role == RICE_MILL else ""
    if closed:
        return f"{role}:{closed}"
    if state.journal_trouble:
        return "journal"
    if not state.device(PRINTER).level.usable:
        return PRINTER
    device = state.device(role)
    if not device.level.usable:
        return f"{role}:{device.reason}"
    if held(state, role):
        return f"held:{role}"
    ways = [x for x in state.rules.means if x.refund is RefundBy.PARTIAL]
    return "" if free or any(_open_soon(state, x) for x in ways) else "payment"


SERVICE_OF = {RICE_MILL: "rice", DOCUMENT_PRINTER: "print", DISPENSER: "booklet"}
"""Which service a machine's goods belong to."""

UNTIL_SEEN = (RICE_MILL,)
"""Machines that hold what nobody has accounted for: the next person would get it."""


def held(state: State, role: str) -> bool:
    """True while an order has goods from this machine under way, or nobody knows what came out.

    What went to a person frees the machine, but for those of ``UNTIL_SEEN``.
    """
    return any(
        line.goods.role == role and (not line.at_rest or (role in UNTIL_SEEN and not line.certain))
        for order in state.orders.values()
        if order.payment.state is not PaymentState.NOT_PAID and not order.poisoned
        for line in order.goods
    )


def refundable_means(state: State) -> tuple[Means, ...]:
    """The open ways of paying by which a part can go back: what doesn't come out is paid back."""
    return tuple(x for x in usable_means(state) if x.refund is RefundBy.PARTIAL)


def usable_means(state: State) -> tuple[Means, ...]:
    """Return the ways of paying that are open now, in the configured order."""
    return tuple(x for x in state.rules.means if means_trouble(state, x) == "")


def means_trouble(state: State, means: Means) -> str:
    """Return why a way of paying is closed: ``unavailable``, ``locked``, ``busy``, or empty.

    ``busy``: its machine is at something else (it pays somebody back); a sale would wait behind
    that, while the person stands before a machine that asks for nothing.
    """
    level = state.device(means.id).level
    if not level.usable:
        return "unavailable"
    if means.exclusive and any(_holds(x, means) for x in state.orders.values()):
        return "locked"
    return "busy" if means.exclusive and level is Level.BUSY else ""


def _open_soon(state: State, means: Means) -> bool:
    """True for what is open and for what is only busy: that is over in a moment."""
    return means_trouble(state, means) in ("", "busy")


def _holds(order: Order, means: Means) -> bool:
    """An order without a known outcome locks its machine, nobody else's (design, Money 6).

    A terminal of another make that has taken that one's place knows nothing of it and is idle.
    """
    undecided = order.payment.state in (
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
    )
    same = order.means.exclusive == means.exclusive and order.means.commit is means.commit
    return same and undecided and not order.poisoned


def locked(state: State, bill: Bill) -> bool:
    """True while this bill stands in an order that isn't closed (design, Money 6 and 7).

    A top-up of the same account is locked as well: nobody knows yet whether it arrived.
    """
    return bool(lock_of(state, bill))


def lock_of(state: State, bill: Bill) -> str:
    """Return what became of this bill in the order that holds it, empty if none does.

    One of ``paying`` (nobody knows yet), ``posting``, ``refunding``, ``posted``, ``person``.
    """
    for order in state.orders.values():
        if order.closed or order.payment.state is PaymentState.NOT_PAID:
            continue
        for line in order.lines:
            if line.bill.lock == bill.lock:
                return _became(order, line)
    return ""


def _became(order: Order, line: Line) -> str:
    if order.needs_person:
        return "person"
    if order.payment.state is not PaymentState.PAID:
        return "paying"
    known = {LineState.POSTED: "posted", LineState.REFUSED: "refunding"}
    return known.get(line.state, "posting")


def _undecided_fen(state: State) -> int:
    """What may have been charged, or may be yet: it counts until it is known."""
    undecided = (
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
        PaymentState.NEEDS_PERSON,
    )
    return sum(x.amount_fen for x in state.orders.values() if x.payment.state in undecided)


def over_limit(
    state: State, amount_fen: int, too_large: NoteCode = NoteCode.OVER_PAYMENT_LIMIT
) -> Note | None:
    """Return which limit an amount passes, if any; ``too_large`` is what to say of one payment.

    Of the day's limit it says how much is left (fen), unless nothing is.
    """
    if amount_fen > state.rules.payment_max_fen:
        return Note(too_large, str(state.rules.payment_max_fen))
    left = state.rules.day_max_fen - state.paid_today_fen - _undecided_fen(state)
    if amount_fen <= left:
        return None
    if left <= 0:
        return Note(NoteCode.DAY_LIMIT_REACHED)
    return Note(NoteCode.OVER_DAY_LIMIT, str(left))


def bills_over_limit(state: State, bills: tuple[Bill, ...]) -> Note | None:
    """The same for bills: what can't be paid in several goes either is not told to be."""
    most = state.rules.payment_max_fen
    too_large = NoteCode.OVER_PAYMENT_LIMIT
    if any(x.total_fen > most for x in bills):
        topup = all(not x.bill_no for x in bills)
        too_large = NoteCode.LESS_THAN_LIMIT if topup else NoteCode.BILL_OVER_LIMIT
    return over_limit(state, sum(x.total_fen for x in bills), too_large)


def shut_note(state: State, means_id: str) -> Note:
    """Why this way of paying doesn't answer a touch."""
    means = next((x for x in state.rules.means if x.id == means_id), None)
    busy = means is not None and means_trouble(state, means) in ("busy", "locked")
    return Note(NoteCode.MEANS_BUSY if busy else NoteCode.SERVICE_DOWN, means_id)
