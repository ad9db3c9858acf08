"""From the confirmed sum to the order, and what the person can do while it lives."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.bills import Bill
from kiosk.core.means import Means
from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import PRINTER, State
from kiosk.core.visit import goods_steps
from kiosk.core.visit.common import (
    Moved,
    go,
    leave,
    next_request,
    order_at_screen,
    stay,
    unrecorded,
    working,
)
from kiosk.core.visit.messages import (
    AccountFound,
    AccountRefused,
    AccountSilent,
    AskPrinter,
    Happen,
    PrinterAnswered,
    QueryAccount,
    Ring,
    Touched,
)
from kiosk.core.visit.steps import (
    AtOrder,
    BillList,
    CheckGoods,
    Confirm,
    ConfirmGoods,
    Note,
    NoteCode,
    OutOfService,
    Rechecking,
    ScanBill,
)

PAPER = "paper"
PAPER_S = 2.5
"""A printer that hasn't answered by then is unknown: one lost reply and the next round fit in."""


def touched_confirm(state: State, touch: Touched, step: Confirm) -> Moved:
    if touch.target != "confirm.pay":
        return stay(state)
    means = next((x for x in guards.usable_means(state) if x.id == touch.value), None)
    reason = guards.trouble(state)
    if reason:
        return go(state, OutOfService(reason))
    if means is None:
        return go(state, replace(step, note=guards.shut_note(state, touch.value)))
    return _recheck(state, step.bills, means)


def _recheck(state: State, bills: tuple[Bill, ...], means: Means | None) -> Moved:
    """Fetch the bills once more. Of a top-up only that its biller answers just now is learned."""
    accounts = dict.fromkeys((x.institution, x.account) for x in bills)
    requests: list[QueryAccount] = []
    for institution, account in accounts:
        state, number = next_request(state)
        requests.append(QueryAccount(number, institution, account))
    step = Rechecking(bills, means, tuple(x.request for x in requests))
    return go(state, step, *requests)


def rechecked(state: State, event: AccountFound | AccountRefused | AccountSilent) -> Moved:
    step = state.visit.step
    if not isinstance(step, Rechecking) or event.request not in step.open_requests:
        return stay(state)
    if isinstance(event, AccountSilent):
        return go(state, Confirm(step.bills, Note(NoteCode.BILLER_SILENT)))
    if isinstance(event, AccountRefused):
        return go(state, Confirm(step.bills, Note(NoteCode.BILLER_SAYS, event.code)))
    # "Nothing to pay" comes as an account without bills: its bills find no match below.
    fresh = step.fresh + event.account.bills
    still_open = tuple(x for x in step.open_requests if x != event.request)
    step = replace(step, open_requests=still_open, fresh=fresh)
    if still_open:
        return go(state, step)
    return _compare(state, step)


def _compare(state: State, step: Rechecking) -> Moved:
    """Pay only what was shown: a changed bill is shown again, one that is gone is dropped."""
    found = tuple(_now(x, step) for x in step.bills)
    kept = tuple(x for x in found if x is not None)
    if len(kept) == len(found) and all(map(_as_shown, step.bills, kept)):
        return _ask_printer(state, replace(step, bills=kept))
    accounts = tuple(replace(x, bills=_current(x.bills, step)) for x in state.visit.accounts)
    chosen = frozenset(x.key for x in kept)
    visit = replace(state.visit, accounts=accounts, chosen=chosen)
    state = replace(state, visit=visit)
    if not kept:
        return go(state, _after_all_gone(state))
    gone = len(kept) < len(step.bills)
    note = Note(NoteCode.BILL_GONE if gone else NoteCode.BILL_CHANGED)
    return go(state, Confirm(kept, note))


def _now(bill: Bill, step: Rechecking) -> Bill | None:
    """A bill as its biller has it now, None if it isn't owed any more. A top-up is as it was.

    Some billers number the same bill anew at each question: it is the one of its month then.
    Calling it paid would be untrue.
    """
    if not bill.bill_no:
        return bill
    same = [x for x in step.fresh if x.key == bill.key]
    if same:
        return same[0]
    same = [x for x in step.fresh if x.lock == bill.lock]
    alone = sum(x.lock == bill.lock for x in step.bills) == 1
    return same[0] if alone and len(same) == 1 else None


def _as_shown(shown: Bill, now: Bill) -> bool:
    return replace(now, bill_no=shown.bill_no) == shown


def _current(shown: tuple[Bill, ...], step: Rechecking) -> tuple[Bill, ...]:
    """The list as it is now: changed bills replaced, those that were asked for and gone dropped."""
    asked = {x.key for x in step.bills}
    now = {x.key: x for x in step.fresh}
    found = (_now(x, step) if x.key in asked else now.get(x.key, x) for x in shown)
    return tuple(x for x in found if x is not None)


def _after_all_gone(state: State) -> BillList | ScanBill:
    note = Note(NoteCode.BILL_GONE)
    return BillList(note) if state.visit.bills else ScanBill(note)


def _ask_printer(state: State, step: Rechecking) -> Moved:
    """An idle printer's last word is seconds old, and the paper may have run out since (R16)."""
    if step.means is None:
        return go(state, Confirm(step.bills, step.note))
    state, number = next_request(state)
    step = Rechecking(step.bills, step.means, (), printer=number, note=step.note)
    return go(state, step, AskPrinter(number), Ring(PAPER, PAPER_S))


def printer_answered(state: State, event: PrinterAnswered) -> Moved:
    """Pay if the printer is ready now; what it isn't, its own status events tell everybody."""
    step = state.visit.step
    if not isinstance(step, Rechecking) or step.printer != event.request:
        return stay(state)
    if event.device.level.usable and step.means is not None:
        state, commands = _open(state, step.bills, step.means)
    else:
        state, commands = go(state, OutOfService(PRINTER))
    return state, (Ring(PAPER, 0), *commands)


def printer_silent(state: State) -> Moved:
    """Nobody knows whether there is paper: no payment begins."""
    step = state.visit.step
    waits = isinstance(step, CheckGoods) or (isinstance(step, Rechecking) and step.printer)
    return go(state, OutOfService(PRINTER)) if waits else stay(state)


def _open(state: State, bills: tuple[Bill, ...], means: Means) -> Moved:
    """The last look before money moves: locks, limits and the ways of paying once more."""
    if any(guards.locked(state, x) for x in bills):
        return go(state, Confirm(bills, Note(NoteCode.BILL_LOCKED)))
    amount = sum(x.total_fen for x in bills)
    note = guards.bills_over_limit(state, bills)
    if note:
        return go(state, Confirm(bills, note))
    reason = guards.trouble(state)
    if reason in ("journal", PRINTER):
        return go(state, OutOfService(reason))
    if reason or guards.means_trouble(state, means):
        return go(state, Confirm(bills, guards.shut_note(state, means.id)))
    opened = e.OrderOpened(
        state.next_order_id, means, bills, amount, state.rules.receipt_patience_s
    )
    return go(state, AtOrder(state.next_order_id), Happen(opened))


def touched_order(state: State, touch: Touched) -> Moved:
    order = order_at_screen(state)
    if order is None:
        return stay(state)
    if touch.target == "order.done":
        held = working(order) and not unrecorded(state, order)
        return stay(state) if held else leave(state)
    if touch.target == "order.again" and may_pay_again(order):
        return _pay_again(state, order)
    event = _wanted(order, touch.target) or goods_steps.wanted(order, touch.target)
    if event is None:
        return stay(state)
    return state, (Happen(event),)


def may_pay_again(order: Order) -> bool:
    """True if nothing was charged, and the same could be paid for by another try."""
    return order.payment.state is PaymentState.NOT_PAID and not order.poisoned


def _pay_again(state: State, order: Order) -> Moved:
    """The same bills, fetched anew, or the same goods, to a new order: the old one stays not paid
    for ever.
    """
    if order.goods:
        # A file is still open, a choice of rice still holds: nobody chooses it a second time.
        state, commands = go(state, ConfirmGoods(order.goods[0].goods))
        return state, (Happen(e.PersonLeft(order.id)), *commands)
    if guards.trouble(state):
        state, commands = leave(state)
        state, _ = go(state, OutOfService(guards.trouble(state)))
        return state, commands
    bills = tuple(x.bill for x in order.lines)
    state, commands = _recheck(state, bills, None)
    return state, (Happen(e.PersonLeft(order.id)), *commands)


def scanned(state: State) -> Moved:
    """A phone's payment code at the wrong reader: say where it is wanted, if anywhere."""
    step = state.visit.step
    if isinstance(step, Confirm | ConfirmGoods):
        return go(state, replace(step, note=Note(NoteCode.CODE_BEFORE_CHOICE)))
    order = order_at_screen(state)
    if isinstance(step, AtOrder) and order is not None:
        return go(state, replace(step, note=_where(order.means)))
    if isinstance(step, Rechecking):
        note = Note(NoteCode.CODE_BEFORE_CHOICE) if step.means is None else _where(step.means)
        return go(state, replace(step, note=note))
    return stay(state)


def _where(means: Means) -> Note:
    return Note(NoteCode.CODE_FOR_PHONE if means.polled else NoteCode.CODE_FOR_TERMINAL)


def _wanted(order: Order, target: str) -> e.OrderEvent | None:
    undecided = order.payment.state in (PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON)
    match target:
        case "order.cancel" if order.payment.state is PaymentState.REQUESTED:
            return e.CancelWanted(order.id)
        case "order.slip" if undecided:
            return e.SlipWanted(order.id)
        case "order.reprint" if order.paper.state is PaperState.PENDING:
            return e.ReprintWanted(order.id)
        case "order.copy_taken" if order.paper.state is PaperState.PENDING:
            return e.CopyTaken(order.id)
        case _:
            return None
