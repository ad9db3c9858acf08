"""From a paper bill, or a number typed in, to the list of what there is to pay."""

from __future__ import annotations

import re
from dataclasses import replace

from kiosk.core import guards
from kiosk.core.bills import Account, Institution, Kind
from kiosk.core.state import State
from kiosk.core.visit.common import Moved, go, next_request, stay
from kiosk.core.visit.messages import (
    AccountFound,
    AccountRefused,
    AccountSilent,
    BillScanned,
    QueryAccount,
    Touched,
)
from kiosk.core.visit.steps import (
    BillList,
    ChooseInstitution,
    ChooseTopUp,
    Confirm,
    EnterAccount,
    FindSlip,
    Looking,
    Note,
    NoteCode,
    OutOfService,
    ScanBill,
)

LONGEST_ACCOUNT = 20
MOST_BILLS = 4
"""Rows that fit on the list in large type; a fifth bill is paid in a second payment."""


def enter(state: State) -> Moved:
    """水电煤缴费: begin, or say why not now."""
    reason = guards.trouble(state)
    return go(state, OutOfService(reason) if reason else ScanBill())


def touched_scan(state: State, touch: Touched) -> Moved:
    if touch.target == "bill.find_slip":
        return go(state, FindSlip())
    if touch.target != "bill.kind":
        return stay(state)
    kind = Kind(touch.value)
    known = [x for x in state.institutions if x.kind is kind]
    if not known:
        return go(state, ScanBill(Note(NoteCode.BILLER_SILENT)))
    return go(state, EnterAccount(known[0]) if len(known) == 1 else ChooseInstitution(kind))


def touched_institution(state: State, touch: Touched) -> Moved:
    chosen = _institution(state, touch.value) if touch.target == "bill.institution" else None
    return go(state, EnterAccount(chosen)) if chosen else stay(state)


def touched_account(state: State, touch: Touched, step: EnterAccount) -> Moved:
    digits = step.digits
    if touch.target == "digits.key" and len(touch.value) == 1 and touch.value.isdigit():
        digits = (digits + touch.value)[:LONGEST_ACCOUNT]
    elif touch.target == "digits.erase":
        digits = digits[:-1]
    elif touch.target == "digits.clear":
        digits = ""
    elif touch.target == "digits.done":
        return _look_up(state, step)
    else:
        return stay(state)
    return go(state, EnterAccount(step.institution, digits))


def _look_up(state: State, step: EnterAccount) -> Moved:
    if not re.fullmatch(step.institution.account_pattern, step.digits):
        note = Note(NoteCode.WRONG_LENGTH, step.institution.account_hint)
        return go(state, replace(step, note=note))
    return look(state, step.institution, step.digits, typed=True)


def look(state: State, institution: Institution, account: str, *, typed: bool = False) -> Moved:
    """Ask the biller, unless this account is already on the list."""
    for found in state.visit.accounts:
        if (found.institution.id, found.account) == (institution.id, account):
            return _list_again(state, Note(NoteCode.ALREADY_LISTED))
    state, request = next_request(state)
    step = Looking(request, institution, account, typed)
    return go(state, step, QueryAccount(request, institution.id, account))


def scanned(state: State, event: BillScanned) -> Moved:
    """A bill is held to the reader: before the list, or on it to add one more."""
    if guards.trouble(state):
        return enter(state)
    institution = _institution(state, event.institution)
    if institution is None:
        return not_read(state, Note(NoteCode.UNKNOWN_CODE))
    return look(state, institution, event.account)


def not_read(state: State, note: Note) -> Moved:
    """Say that a code wasn't understood, where the person stands."""
    step = state.visit.step
    if isinstance(step, ScanBill | BillList | EnterAccount):
        return go(state, replace(step, note=note))
    return go(state, ScanBill(note))


def found(state: State, event: AccountFound) -> Moved:
    step = state.visit.step
    if not isinstance(step, Looking) or step.request != event.request:
        return stay(state)
    account = event.account
    if account.topup is not None and not account.bills:
        # Where something is owed as well, that comes first: it may stop the supply.
        return go(state, ChooseTopUp(account))
    if not account.bills:
        return _ask_again(state, Note(NoteCode.NO_DEBT, account.institution.name))
    return _add(state, account)


def _add(state: State, account: Account) -> Moved:
    before = state.visit.bills
    if len(before) + len(account.bills) > MOST_BILLS and before:
        return _list_again(state, Note(NoteCode.LIST_FULL))
    more = len(account.bills) - MOST_BILLS
    account = replace(account, bills=account.bills[:MOST_BILLS])
    free = {x.key for x in account.bills if not guards.locked(state, x)}
    note = Note(NoteCode.MORE_BILLS, str(more)) if more > 0 else None
    if len(free) < len(account.bills):
        note = Note(NoteCode.BILL_LOCKED)
    chosen = state.visit.chosen | free
    visit = replace(state.visit, accounts=(*state.visit.accounts, account), chosen=chosen)
    return go(replace(state, visit=visit), BillList(note))


def _list_again(state: State, note: Note) -> Moved:
    return go(state, BillList(note))


def refused(state: State, event: AccountRefused | AccountSilent) -> Moved:
    step = state.visit.step
    if not isinstance(step, Looking) or step.request != event.request:
        return stay(state)
    note = Note(NoteCode.BILLER_SILENT)
    if isinstance(event, AccountRefused):
        note = Note(NoteCode.BILLER_SAYS, event.code)
    if step.typed:
        # Nobody types twenty digits again for one that was wrong.
        return go(state, EnterAccount(step.institution, step.account, note))
    return _ask_again(state, note)


def _ask_again(state: State, note: Note) -> Moved:
    """Nothing to add: back to the list if there is one, else to the beginning."""
    return go(state, BillList(note) if state.visit.accounts else ScanBill(note))


def touched_list(state: State, touch: Touched) -> Moved:
    if touch.target == "bills.row":
        return _toggle(state, touch.value)
    if touch.target == "bills.add":
        return go(state, ScanBill())
    if touch.target == "bills.pay":
        return _to_confirm(state)
    return stay(state)


def _toggle(state: State, row: str) -> Moved:
    bills = state.visit.bills
    if not row.isdigit() or int(row) >= len(bills):
        return stay(state)
    bill = bills[int(row)]
    if guards.locked(state, bill):
        return go(state, BillList(Note(NoteCode.BILL_LOCKED)))
    visit = replace(state.visit, chosen=state.visit.chosen ^ {bill.key})
    return go(replace(state, visit=visit), BillList())


def _to_confirm(state: State) -> Moved:
    bills = tuple(x for x in state.visit.bills if x.key in state.visit.chosen)
    if not bills:
        return go(state, BillList(Note(NoteCode.NOTHING_CHOSEN)))
    note = guards.bills_over_limit(state, bills)
    return go(state, BillList(note) if note else Confirm(bills))


def touched_topup(state: State, touch: Touched, step: ChooseTopUp) -> Moved:
    """A prepaid account: choose one of the offered amounts."""
    rule = step.account.topup
    if touch.target != "topup.amount" or rule is None or not touch.value.isdigit():
        return stay(state)
    amount = int(touch.value)
    if amount not in rule.choices:
        return stay(state)
    bill = step.account.top_up_bill(amount)
    if guards.locked(state, bill):
        return go(state, replace(step, note=Note(NoteCode.BILL_LOCKED)))
    note = guards.bills_over_limit(state, (bill,))
    if note:
        return go(state, replace(step, note=note))
    return go(state, Confirm((bill,)))


def back(state: State) -> Moved:
    """One step back, never further than the person remembers."""
    step = state.visit.step
    if isinstance(step, Confirm) and not state.visit.accounts:
        return go(state, ScanBill())
    if isinstance(step, Confirm):
        return go(state, BillList())
    if state.visit.accounts and not isinstance(step, BillList):
        return go(state, BillList())
    visit = replace(state.visit, accounts=(), chosen=frozenset())
    return go(replace(state, visit=visit), ScanBill())


def _institution(state: State, institution_id: str) -> Institution | None:
    return next((x for x in state.institutions if x.id == institution_id), None)
