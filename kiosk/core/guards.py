"""When money may be taken: every condition is asked before the person is asked to pay.

No payment begins without paper status known, journal space left and biller reachable (R16).
"""

from __future__ import annotations

from kiosk.core.bills import Bill
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import Order, PaymentState
from kiosk.core.rice import RICE_MILL
from kiosk.core.state import BILLER, PRINTER, State
from kiosk.core.visit.steps import Note, NoteCode


def trouble(state: State) -> str:
    """Return why bills can't be paid here at all now, empty if they can.

    One of ``journal``, ``receipt_printer``, ``biller``, ``payment``: the nearest cause first.
    """
    if state.journal_trouble:
        return "journal"
    if not state.device(PRINTER).level.usable:
        return PRINTER
    if not state.device(BILLER).level.usable:
        return BILLER
    if not usable_means(state):
        return "payment"
    return ""


def goods_trouble(state: State, role: str, *, free: bool = False) -> str:
    """Return why a machine gives out nothing now, empty if it does.

    One of ``journal``, ``receipt_printer``, ``payment``, ``held:rice_mill``, or the machine's own
    reason behind its role (``rice_mill:bin_1_empty``). What is free needs no way of paying.
    """
    if state.journal_trouble:
        return "journal"
    if not state.device(PRINTER).level.usable:
        return PRINTER
    device = state.device(role)
    if not device.level.usable:
        return f"{role}:{device.reason}"
    if held(state, role):
        return f"held:{role}"
    return "" if free or refundable_means(state) else "payment"


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
    """Return why a way of paying is closed: ``unavailable``, ``locked``, or empty."""
    if not state.device(means.id).level.usable:
        return "unavailable"
    if means.exclusive and any(_holds(x, means.exclusive) for x in state.orders.values()):
        return "locked"
    return ""


def _holds(order: Order, machine: str) -> bool:
    """An order without a known outcome locks its machine, nobody else's (design, Money 6)."""
    undecided = order.payment.state in (
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
    )
    return order.means.exclusive == machine and undecided and not order.poisoned


def locked(state: State, bill: Bill) -> bool:
    """True while this bill stands in an order that isn't closed (design, Money 6 and 7).

    A top-up of the same account is locked as well: nobody knows yet whether it arrived.
    """
    return any(
        line.bill.lock == bill.lock
        for order in state.orders.values()
        if not order.closed and order.payment.state is not PaymentState.NOT_PAID
        for line in order.lines
    )


def _undecided_fen(state: State) -> int:
    """What may have been charged, or may be yet: it counts until it is known."""
    undecided = (
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
        PaymentState.NEEDS_PERSON,
    )
    return sum(x.amount_fen for x in state.orders.values() if x.payment.state in undecided)


def over_limit(state: State, amount_fen: int) -> Note | None:
    """Return which limit an amount passes, if any."""
    if amount_fen > state.rules.payment_max_fen:
        return Note(NoteCode.OVER_PAYMENT_LIMIT, str(state.rules.payment_max_fen))
    if state.paid_today_fen + _undecided_fen(state) + amount_fen > state.rules.day_max_fen:
        return Note(NoteCode.OVER_DAY_LIMIT, str(state.rules.day_max_fen))
    return None
