"""Prepaid accounts: what is offered, whatever the biller says of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.bills import TopUp
from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from kiosk.core.visit.steps import BillList, ChooseTopUp, Confirm, Looking, Note, NoteCode
from screens import topup
from tests.support.extremes import PREPAID
from tests.support.states import B_POWER, POWER, READY, at


@pytest.mark.parametrize(
    ("rule", "choices"),
    [
        (TopUp(1_000, 50_000, (3_000, 60_000, 3_000, 50_000)), (3_000, 50_000)),
        (TopUp(1_000, 50_000), (5_000, 10_000, 20_000, 30_000, 50_000)),
        (TopUp(1_000, 50_000, (60_000,)), (5_000, 10_000, 20_000, 30_000, 50_000)),
        (TopUp(1_200, 1_800), (1_200,)),
        (TopUp(1, 10**7, tuple(range(1_000, 9_000, 1_000))), tuple(range(1_000, 7_000, 1_000))),
    ],
)
def test_there_is_always_a_sum_to_choose(rule: TopUp, choices: tuple[int, ...]) -> None:
    """A biller that suggests nothing leaves nobody before a screen without a button."""
    state = at(ChooseTopUp(replace(PREPAID, topup=rule)))
    assert topup.view_of(state).choices == choices
    for fen in choices:
        after, _ = decide(state, m.Touched("topup.amount", str(fen)))
        assert isinstance(after.visit.step, Confirm)
        assert after.visit.step.amount_fen == fen
    other, _ = decide(state, m.Touched("topup.amount", str(choices[-1] + 1)))
    assert other.visit.step == state.visit.step


def test_what_is_owed_comes_before_a_top_up() -> None:
    state = at(Looking(1, POWER, B_POWER.account))
    owing = replace(PREPAID, institution=POWER, account=B_POWER.account, bills=(B_POWER,))
    after, _ = decide(state, m.AccountFound(1, owing))
    assert after.visit.step == BillList()
    assert after.visit.bills == (B_POWER,)
    after, _ = decide(state, m.AccountFound(1, replace(owing, bills=())))
    assert isinstance(after.visit.step, ChooseTopUp)


def test_a_top_up_begins_only_while_its_biller_answers() -> None:
    """Nobody is charged for what could not be passed on: the last probe may be a minute old."""
    topping = (PREPAID.top_up_bill(5_000),)
    state = replace(at(Confirm(topping)), devices=READY)
    state, commands = decide(state, m.Touched("confirm.pay", "terminal"))
    asked = next(x for x in commands if isinstance(x, m.QueryAccount))
    assert (asked.institution, asked.account) == (PREPAID.institution.id, PREPAID.account)
    silent, commands = decide(state, m.AccountSilent(asked.request))
    assert silent.visit.step == Confirm(topping, Note(NoteCode.BILLER_SILENT))
    assert commands == ()
    _, commands = decide(state, m.AccountFound(asked.request, PREPAID))
    assert any(isinstance(x, m.AskPrinter) for x in commands)
