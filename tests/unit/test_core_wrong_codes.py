"""What is held to the scanner while somebody pays, or after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from kiosk.core.visit.steps import (
    AtOrder,
    CallPerson,
    Confirm,
    FindSlip,
    Looking,
    Note,
    NoteCode,
    Rechecking,
)
from tests.support.states import (
    ACCOUNTS,
    ALIPAY,
    B_POWER,
    CODE,
    DECLINED,
    DONE,
    ORDER_ID,
    TERMINAL,
    TWO,
    UNKNOWN,
    at,
    order,
    with_order,
)
from tests.support.states_goods import RICE, bought

CODE_SHOWN = m.PaymentCodeScanned()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (at(Confirm(TWO)), NoteCode.CODE_BEFORE_CHOICE),
        (at(Rechecking(TWO, None, (1,))), NoteCode.CODE_BEFORE_CHOICE),
        (at(Rechecking(TWO, TERMINAL, (1,))), NoteCode.CODE_FOR_TERMINAL),
        (at(Rechecking(TWO, ALIPAY, (1,))), NoteCode.CODE_FOR_PHONE),
        (with_order(order(TERMINAL, TWO)), NoteCode.CODE_FOR_TERMINAL),
        (with_order(order(ALIPAY, TWO, CODE)), NoteCode.CODE_FOR_PHONE),
        (with_order(bought(RICE)), NoteCode.CODE_FOR_TERMINAL),
    ],
)
def test_a_payment_code_gets_its_sentence(state: State, code: NoteCode) -> None:
    after, commands = decide(state, CODE_SHOWN)
    assert getattr(after.visit.step, "note", None) == Note(code)
    assert not any(isinstance(x, m.Happen) for x in commands), "nothing happens to the order"
    assert after.orders == state.orders


def test_the_sentence_stays_until_the_payment_begins() -> None:
    state, _ = decide(at(Rechecking((B_POWER,), TERMINAL, (4,))), CODE_SHOWN)
    state, _ = decide(state, m.AccountFound(4, replace(ACCOUNTS[0], bills=(B_POWER,))))
    assert getattr(state.visit.step, "note", None) == Note(NoteCode.CODE_FOR_TERMINAL)


@pytest.mark.parametrize("found", [DONE, DECLINED])
def test_a_bill_at_the_result_begins_the_next(found: Order) -> None:
    state = with_order(found)
    state, commands = decide(state, m.BillScanned("SH-WATER", "3200000082"))
    assert isinstance(state.visit.step, Looking)
    assert m.Happen(e.PersonLeft(ORDER_ID)) in commands
    assert state.visit.accounts == ()


def test_a_slip_at_the_result_is_looked_up() -> None:
    state, commands = decide(with_order(DONE), m.SlipScanned("38012611220004700009"))
    assert isinstance(state.visit.step, FindSlip)
    assert any(isinstance(x, m.FindOrder) for x in commands)


@pytest.mark.parametrize(
    "state",
    [
        with_order(order(TERMINAL, TWO)),
        with_order(UNKNOWN),
        replace(with_order(UNKNOWN), visit=at(CallPerson(before=AtOrder(ORDER_ID))).visit),
    ],
)
def test_a_bill_starts_nothing_while_money_moves_or_is_unknown(state: State) -> None:
    after, commands = decide(state, m.BillScanned("SH-WATER", "3200000082"))
    assert after == state
    assert not any(isinstance(x, m.Happen | m.QueryAccount) for x in commands)
