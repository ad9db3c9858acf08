"""查一笔 says how an order stands, as long as somebody reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.order import Order
from kiosk.core.visit import messages as m
from kiosk.core.visit.steps import CallPerson, FoundOrder
from screens import found
from tests.support.alone import Alone, paid, posted


@pytest.fixture
def kiosk(tmp_path: Path) -> Alone:
    return Alone(tmp_path)


def looked_up(kiosk: Alone, number: str) -> None:
    kiosk.touch("home.find_slip")
    kiosk.say(m.SlipScanned(number))


def read(kiosk: Alone) -> Order:
    step = kiosk.state.visit.step
    if isinstance(step, CallPerson):
        step = step.before or step
    assert isinstance(step, FoundOrder)
    return step.order


def test_an_outcome_that_comes_while_it_is_read_is_told(kiosk: Alone) -> None:
    number = kiosk.open()
    kiosk.say(e.PaymentAnswered(number, e.Charge.NO_ANSWER), e.PersonLeft(number))
    looked_up(kiosk, number)
    assert found.view_of(kiosk.state).title == "这一笔还在确认"
    kiosk.say(paid(number), posted(number))
    assert kiosk.state.orders == {}, "closed: the journal alone holds it"
    view = found.view_of(kiosk.state)
    assert (view.title, view.lead) == ("缴好了，谢谢您", "可以放心。")
    seen = kiosk.state.version
    kiosk.touch("found.done", version=seen - 1)
    assert kiosk.screen == "home", "what the touch means has not changed"


def test_another_order_changes_nothing_there(kiosk: Alone) -> None:
    number = kiosk.open()
    kiosk.say(e.PaymentAnswered(number, e.Charge.NO_ANSWER), e.PersonLeft(number))
    other = kiosk.open(2)
    looked_up(kiosk, number)
    kiosk.say(paid(other), posted(other))
    assert read(kiosk).id == number
    assert found.view_of(kiosk.state).title == "这一笔还在确认"


def test_whoever_asks_for_help_meanwhile_comes_back_to_the_truth(kiosk: Alone) -> None:
    number = kiosk.open()
    kiosk.say(e.PaymentAnswered(number, e.Charge.NO_ANSWER), e.PersonLeft(number))
    looked_up(kiosk, number)
    kiosk.touch("nav.help")
    kiosk.touch("help.call_person")
    assert kiosk.screen == "call"
    kiosk.say(paid(number), posted(number))
    kiosk.touch("nav.back")
    assert found.view_of(kiosk.state).title == "缴好了，谢谢您"
