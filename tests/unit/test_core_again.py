"""After a mistake or a decline nobody begins anew; help is within reach where money is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.goods import Goods
from kiosk.core.means import Commit, RefundBy
from kiosk.core.order import Order, PaymentState
from kiosk.core.state import Device, State
from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from kiosk.core.visit.steps import (
    AtOrder,
    BillList,
    CallPerson,
    ChooseTopUp,
    Confirm,
    ConfirmGoods,
    EnterAccount,
    Home,
    Looking,
    Note,
    NoteCode,
    OutOfService,
    Overlay,
    Rechecking,
    Step,
)
from kiosk.core.visit.view import exits, screen_of
from tests.support.states import (
    ACCOUNTS,
    B_POWER,
    B_WATER,
    BUSY,
    DECLINED,
    DONE,
    LOST,
    NO_PAPER,
    ORDER_ID,
    PART,
    POISON,
    POWER,
    READY,
    STATES,
    TERMINAL,
    TWO,
    UNKNOWN,
    account,
    at,
    order,
    paid,
    posted,
    refused,
    with_order,
)
from tests.support.states_goods import PAGES, PAID, RICE, UNPAID, bought, with_machines


def step_of(state: State) -> Step:
    return state.visit.step


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (m.AccountRefused(3, "EQ0006"), Note(NoteCode.BILLER_SAYS, "EQ0006")),
        (m.AccountSilent(3), Note(NoteCode.BILLER_SILENT)),
    ],
)
def test_a_typed_number_that_is_not_found_can_be_corrected(event: m.VisitEvent, note: Note) -> None:
    state = at(EnterAccount(POWER, "3100004417"), requests=2)
    state, _ = decide(state, m.Touched("digits.done"))
    assert isinstance(step_of(state), Looking)
    state, _ = decide(state, event)
    assert step_of(state) == EnterAccount(POWER, "3100004417", note)
    state, _ = decide(state, m.Touched("digits.erase"))
    assert step_of(state) == EnterAccount(POWER, "310000441")


def test_after_a_decline_the_same_bills_are_fetched_and_shown_again() -> None:
    state = with_order(DECLINED, accounts=ACCOUNTS, chosen=frozenset(x.key for x in TWO))
    state, commands = decide(state, m.Touched("order.again"))
    asked = [x for x in commands if isinstance(x, m.QueryAccount)]
    assert [x.account for x in asked] == [B_POWER.account, B_WATER.account]
    assert m.Happen(e.PersonLeft(ORDER_ID)) in commands
    assert isinstance(step_of(state), Rechecking)
    for question, bill in zip(asked, TWO, strict=True):
        found = m.AccountFound(question.request, account(POWER, bill.account, bill))
        state, commands = decide(state, found)
    assert step_of(state) == Confirm(TWO)
    assert commands == (), "no way of paying is chosen yet, and no printer asked"
    assert state.visit.accounts == ACCOUNTS


@pytest.mark.parametrize("goods", [RICE, PAGES])
def test_after_a_decline_the_same_goods_are_shown_again(goods: Goods) -> None:
    state = with_machines(with_order(bought(goods, UNPAID)))
    state, commands = decide(state, m.Touched("order.again"))
    assert step_of(state) == ConfirmGoods(goods), "nobody chooses it a second time"
    assert m.Happen(e.PersonLeft(ORDER_ID)) in commands
    assert len(commands) == len([x for x in commands if isinstance(x, m.Happen | m.Ring)])


@pytest.mark.parametrize("after", [(), (LOST,), (PAID,), (UNPAID, POISON)])
def test_goods_are_not_paid_again_that_were_or_may_be(after: tuple[e.OrderEvent, ...]) -> None:
    state = with_machines(with_order(bought(RICE, *after)))
    assert decide(state, m.Touched("order.again"))[0] == state


def test_nothing_is_paid_again_that_was_paid_or_may_be() -> None:
    for found in (DONE, UNKNOWN, order(TERMINAL, TWO), PART):
        state = with_order(found)
        assert decide(state, m.Touched("order.again"))[0] == state


def test_paying_again_where_nothing_can_be_paid_says_why() -> None:
    state = replace(with_order(DECLINED), devices={**READY, "biller": Device()})
    state, commands = decide(state, m.Touched("order.again"))
    assert step_of(state) == OutOfService("biller")
    assert m.Happen(e.PersonLeft(ORDER_ID)) in commands


@pytest.mark.parametrize("found", [UNKNOWN, DONE, NO_PAPER])
def test_help_names_the_order_and_leads_back_to_it(found: Order) -> None:
    before = with_order(found)
    state, _ = decide(before, m.Touched("nav.help"))
    state, _ = decide(state, m.Touched("help.call_person"))
    assert step_of(state) == CallPerson(before=AtOrder(ORDER_ID))
    assert exits(state)[0]
    state, commands = decide(state, m.Touched("call.ask"))
    assert m.AskOffice(ORDER_ID) in commands
    state, _ = decide(state, m.OfficeNotTold())
    state, _ = decide(state, m.Touched("nav.back"))
    assert step_of(state) == AtOrder(ORDER_ID)


def test_who_goes_away_from_there_leaves_the_order_with_its_slip() -> None:
    state = replace(with_order(UNKNOWN), visit=at(CallPerson(before=AtOrder(ORDER_ID))).visit)
    state, _ = decide(state, m.TimerRang("idle"))
    assert state.visit.overlay is Overlay.IDLE
    state, commands = decide(state, m.TimerRang("reset"))
    assert isinstance(step_of(state), Home)
    assert m.Happen(e.SlipWanted(ORDER_ID)) in commands
    assert m.Happen(e.PersonLeft(ORDER_ID)) in commands


def test_nobody_is_led_away_from_a_payment() -> None:
    state = with_order(order(TERMINAL, TWO), overlay=Overlay.HELP)
    assert decide(state, m.Touched("help.call_person"))[0] == state


def test_help_in_the_middle_of_something_loses_nothing_of_it() -> None:
    state = at(BillList(), accounts=ACCOUNTS, overlay=Overlay.HELP)
    state, _ = decide(state, m.Touched("help.call_person"))
    state, _ = decide(state, m.Touched("nav.back"))
    assert step_of(state) == BillList()
    assert state.visit.accounts == ACCOUNTS


def test_what_cannot_be_written_asks_nobody_for_money_and_holds_nobody() -> None:
    found = order(TERMINAL, TWO)
    state = with_order(found)
    assert screen_of(state) == "pay"
    state = replace(state, parked=frozenset({ORDER_ID}))
    assert screen_of(state) == "unknown"
    assert isinstance(step_of(decide(state, m.Touched("order.done"))[0]), Home)
    idle, _ = decide(state, m.TimerRang("idle"))
    assert idle.visit.overlay is Overlay.IDLE


def test_a_terminal_that_pays_somebody_back_is_closed_for_a_moment() -> None:
    state = replace(at(Confirm(TWO)), devices=BUSY)
    assert guards.means_trouble(state, TERMINAL) == "busy"
    assert guards.trouble(state) == ""
    only = replace(state, rules=replace(state.rules, means=(TERMINAL,)))
    assert guards.trouble(only) == "", "it is over soon"
    after, _ = decide(state, m.Touched("confirm.pay", "terminal"))
    assert step_of(after) == Confirm(TWO, Note(NoteCode.MEANS_BUSY, "terminal"))


def test_an_unknown_payment_locks_its_terminal_and_not_the_next_make_of_it() -> None:
    """The terminal was exchanged for one of the other make while nobody knew the outcome."""
    lost = order(TERMINAL, TWO)
    state = with_order(replace(lost, payment=replace(lost.payment, state=PaymentState.UNKNOWN)))
    other = replace(TERMINAL, commit=Commit.TWO_PHASE, refund=RefundBy.FULL)
    assert guards.means_trouble(state, TERMINAL) == "locked"
    assert guards.means_trouble(state, other) == ""
    assert guards.locked(state, TWO[0]), "its bills stay locked whatever pays"


@pytest.mark.parametrize(
    ("fen", "paid_today", "note"),
    [
        ((400, 400), 0, Note(NoteCode.OVER_PAYMENT_LIMIT, "500")),
        ((600, 100), 0, Note(NoteCode.BILL_OVER_LIMIT, "500")),
        ((600,), 0, Note(NoteCode.BILL_OVER_LIMIT, "500")),
        ((300,), 800, Note(NoteCode.OVER_DAY_LIMIT, "200")),
        ((300,), 1000, Note(NoteCode.DAY_LIMIT_REACHED)),
        ((300,), 700, None),
    ],
)
def test_a_limit_says_what_can_be_done(
    fen: tuple[int, ...], paid_today: int, note: Note | None
) -> None:
    rules = replace(at(Home()).rules, payment_max_fen=500, day_max_fen=1000)
    state = replace(at(Home()), rules=rules, paid_today_fen=paid_today)
    bills = tuple(replace(B_POWER, bill_no=f"P{n}", amount_fen=x) for n, x in enumerate(fen))
    assert guards.bills_over_limit(state, bills) == note


def test_a_top_up_over_the_limit_wants_less() -> None:
    state = STATES["topup"]
    state = replace(state, rules=replace(state.rules, payment_max_fen=10_000))
    state, _ = decide(state, m.Touched("topup.amount", "30000"))
    step = step_of(state)
    assert isinstance(step, ChooseTopUp)
    assert step.note == Note(NoteCode.LESS_THAN_LIMIT, "10000")


def test_a_locked_bill_says_what_became_of_it() -> None:
    three = (B_POWER, B_WATER, replace(B_WATER, bill_no="W2", period="2026-09"))
    found = order(TERMINAL, three, paid(16050), posted(0), *refused(1))
    state = with_order(found)
    assert [guards.lock_of(state, x) for x in three] == ["posted", "refunding", "posting"]
    assert guards.lock_of(with_order(UNKNOWN), B_POWER) == "paying"
    assert guards.lock_of(with_order(DECLINED), B_POWER) == ""
    broken = order(TERMINAL, TWO, paid(12840), e.Poisoned(ORDER_ID, "PostAnswered", "ValueError"))
    assert guards.lock_of(with_order(broken), B_POWER) == "person"
