"""What a visit may and may not do, one rule a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.decide import decide as decide_order
from kiosk.core.order import Order
from kiosk.core.state import Device, Level, State
from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from kiosk.core.visit.steps import (
    BillList,
    CallPerson,
    Confirm,
    FindSlip,
    Home,
    Looking,
    NoteCode,
    OutOfService,
    Overlay,
    Rechecking,
    Step,
)
from kiosk.core.visit.view import exits
from tests.support.states import (
    AT,
    B_POWER,
    B_WATER,
    LOST,
    ORDER_ID,
    POWER,
    TERMINAL,
    account,
    at,
    order,
    paid,
    posted,
    with_order,
)

TWO = (B_POWER, B_WATER)
POISON = e.Poisoned(ORDER_ID, "PostAnswered", "ValueError")


def step_of(state: State) -> Step:
    return state.visit.step


@pytest.mark.parametrize(
    "found", [order(TERMINAL, TWO, POISON), order(TERMINAL, TWO, LOST, POISON)]
)
def test_a_poisoned_order_holds_nobody_at_the_screen(found: Order) -> None:
    state = with_order(found)
    assert exits(state)[1], "there is a way home"
    state, commands = decide(state, m.Touched("order.done"))
    assert isinstance(step_of(state), Home)
    assert m.Happen(e.PersonLeft(found.id)) in commands


def test_the_reset_waits_while_a_payment_works_even_after_the_warning() -> None:
    found = order(TERMINAL, TWO, LOST)
    state = with_order(found, overlay=Overlay.IDLE)
    found, _ = decide_order(found, paid(12840), AT)
    state = replace(state, orders={found.id: found})
    state, commands = decide(state, m.TimerRang("reset"))
    assert state.visit.overlay is Overlay.NONE
    assert not any(isinstance(x, m.Happen) for x in commands), "nobody has left"


def test_the_reset_ends_a_visit_that_nothing_works_for() -> None:
    state = at(BillList(), accounts=(account(POWER, "3100004417", B_POWER),), overlay=Overlay.IDLE)
    state, _ = decide(state, m.TimerRang("reset"))
    assert isinstance(step_of(state), Home)
    assert state.visit.accounts == ()


def test_an_unknown_payment_counts_towards_the_days_limit() -> None:
    state = with_order(order(TERMINAL, TWO, LOST))
    state = replace(state, rules=replace(state.rules, day_max_fen=20_000))
    note = guards.over_limit(state, 9630)
    assert note is not None
    assert note.code is NoteCode.OVER_DAY_LIMIT
    assert guards.over_limit(replace(state, orders={}), 9630) is None


def test_a_biller_that_refuses_the_last_look_has_not_said_that_the_bill_is_gone() -> None:
    state = at(Rechecking((B_POWER,), TERMINAL, (4,)))
    state, commands = decide(state, m.AccountRefused(4, "EQ0014"))
    step = step_of(state)
    assert isinstance(step, Confirm)
    assert step.bills == (B_POWER,)
    assert step.note is not None
    assert step.note.code is NoteCode.BILLER_SAYS
    assert commands == ()


def test_a_bill_that_is_no_longer_owed_is_dropped() -> None:
    state = at(Rechecking((B_POWER,), TERMINAL, (4,)))
    state, _ = decide(state, m.AccountFound(4, account(POWER, "3100004417")))
    note = getattr(step_of(state), "note", None)
    assert note is not None
    assert note.code is NoteCode.BILL_GONE


def test_more_debts_than_rows_are_announced() -> None:
    many = tuple(
        replace(B_POWER, bill_no=f"P{n}", period=f"2026-0{n}", account="3100004417")
        for n in range(1, 7)
    )
    state = at(Looking(3, POWER, "3100004417"))
    state, _ = decide(state, m.AccountFound(3, account(POWER, "3100004417", *many)))
    step = step_of(state)
    assert isinstance(step, BillList)
    assert step.note is not None
    assert (step.note.code, step.note.detail) == (NoteCode.MORE_BILLS, "2")
    assert len(state.visit.bills) == 4


def test_with_closed_books_a_slip_is_not_called_unknown() -> None:
    state = replace(at(FindSlip(request=5)), journal_trouble="row 3 was changed")
    state, _ = decide(state, m.OrderFound(5, None, sure=False))
    step = step_of(state)
    assert isinstance(step, FindSlip)
    assert step.note is not None
    assert step.note.code is NoteCode.BOOKS_CLOSED


def test_books_that_are_only_full_know_what_they_do_not_hold() -> None:
    state = replace(at(FindSlip(request=5)), journal_trouble="only 3 MiB left for the journal")
    state, _ = decide(state, m.OrderFound(5, None))
    step = step_of(state)
    assert isinstance(step, FindSlip)
    assert step.note is not None
    assert step.note.code is NoteCode.NO_SUCH_ORDER


def test_help_is_one_touch_away_where_nothing_can_be_paid() -> None:
    state, _ = decide(at(OutOfService("biller")), m.Touched("service.call_person"))
    assert step_of(state) == CallPerson(before=OutOfService("biller"))


def test_a_call_for_help_is_asked_once() -> None:
    state, commands = decide(at(CallPerson()), m.Touched("call.ask"))
    assert m.AskOffice("") in commands
    state, commands = decide(state, m.Touched("call.ask"))
    assert m.AskOffice("") not in commands


def test_a_result_is_left_by_its_button() -> None:
    found = order(
        TERMINAL,
        TWO,
        paid(12840),
        posted(0),
        posted(1),
        e.PrintAnswered(ORDER_ID, f"{ORDER_ID}P1", e.Printing.PRINTED),
    )
    state, _ = decide(with_order(found), m.Touched("order.done"))
    assert isinstance(step_of(state), Home)


def test_each_stay_has_a_number_of_its_own() -> None:
    """A stay that ends and another that begins between two looks of the window are told apart."""
    listed = account(POWER, "3100004417", B_POWER)
    before = at(BillList(), accounts=(listed,), number=4, requests=9)
    state, _ = decide(before, m.Touched("nav.home"))
    for target in ("home.pay_bill", "nav.help", "help.close"):
        state, _ = decide(state, m.Touched(target))
    assert state.visit.number > before.visit.number
    assert state.visit.requests == 9, "answers to the one before are still told apart"
    here, _ = decide(before, m.Touched("bills.add"))
    assert here.visit.number == before.visit.number, "the same person is still here"


def test_no_order_opens_before_the_printer_has_answered_this_very_question() -> None:
    state = at(Rechecking((B_POWER,), TERMINAL, (4,)), requests=4)
    state, commands = decide(state, m.AccountFound(4, account(POWER, "3100004417", B_POWER)))
    asked = next(x.request for x in commands if isinstance(x, m.AskPrinter))
    assert not any(isinstance(x, m.Happen) for x in commands)
    state, commands = decide(state, m.PrinterAnswered(asked - 1, Device(Level.READY)))
    assert commands == (), "an older question's answer"
    _, commands = decide(state, m.PrinterAnswered(asked, Device(Level.ATTENTION)))
    assert any(isinstance(x, m.Happen) for x in commands)
    assert m.Ring("paper", 0) in commands


@pytest.mark.parametrize(
    "event",
    [
        m.PrinterAnswered(5, Device(Level.UNAVAILABLE, "paper_out")),
        m.PrinterAnswered(5, Device(Level.UNKNOWN, "no_answer")),
        m.TimerRang("paper"),
    ],
)
def test_a_printer_that_is_not_ready_or_silent_stops_the_payment(event: m.VisitEvent) -> None:
    state = at(Rechecking((B_POWER,), TERMINAL, (), printer=5), requests=5)
    state, commands = decide(state, event)
    assert step_of(state) == OutOfService("receipt_printer")
    assert not any(isinstance(x, m.Happen) for x in commands)
    assert decide(at(Confirm(TWO)), m.TimerRang("paper"))[0] == at(Confirm(TWO)), "too late"
