"""Just before paying the bills are fetched once more: paid is what was shown, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.bills import Bill
from kiosk.core.state import Device, Level, State
from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from kiosk.core.visit.steps import Confirm, Note, NoteCode, Rechecking, ScanBill
from tests.support.states import B_POWER, POWER, TERMINAL, account, at

ANEW = replace(B_POWER, bill_no="Q7")
SECOND = replace(B_POWER, bill_no="P9", amount_fen=700)


def fetched(asked: tuple[Bill, ...], *now: Bill) -> tuple[State, tuple[Bill, ...]]:
    """These were to be paid, and the biller names those now; the printer is ready.

    Returns where that leads, and the bills of the order that was opened.
    """
    listed = (account(POWER, B_POWER.account, *asked),)
    state = at(Rechecking(asked, TERMINAL, (4,)), accounts=listed, requests=4)
    state, commands = decide(state, m.AccountFound(4, account(POWER, B_POWER.account, *now)))
    question = next((x for x in commands if isinstance(x, m.AskPrinter)), None)
    if question is None:
        return state, ()
    ready = m.PrinterAnswered(question.request, Device(Level.READY))
    state, commands = decide(state, ready)
    opened = next(x.event for x in commands if isinstance(x, m.Happen))
    assert isinstance(opened, e.OrderOpened)
    return state, opened.bills


def test_a_bill_that_the_biller_numbers_anew_is_the_same_and_not_called_paid() -> None:
    _, paying = fetched((B_POWER,), ANEW)
    assert paying == (ANEW,), "posted under the number that the biller knows now"


def test_a_bill_numbered_anew_that_costs_more_is_shown_again() -> None:
    dearer = replace(ANEW, late_fee_fen=120)
    state, paying = fetched((B_POWER,), dearer)
    assert state.visit.step == Confirm((dearer,), Note(NoteCode.BILL_CHANGED))
    assert state.visit.bills == (dearer,)
    assert paying == ()


def test_of_two_bills_of_a_month_none_is_taken_for_the_other() -> None:
    state, paying = fetched((B_POWER, SECOND), SECOND)
    assert state.visit.step == Confirm((SECOND,), Note(NoteCode.BILL_GONE))
    assert paying == ()
    state, paying = fetched((B_POWER,), ANEW, SECOND)
    assert state.visit.step == ScanBill(Note(NoteCode.BILL_GONE))
    assert paying == ()
