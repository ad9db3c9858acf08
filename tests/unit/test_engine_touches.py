"""Touches belong to what was drawn: one that a newer screen has overtaken does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from tests.support.alone import ALIPAY, Alone, paid, posted, printed


@pytest.fixture
def kiosk(tmp_path: Path) -> Alone:
    return Alone(tmp_path)


def test_a_touch_on_an_overtaken_screen_is_dropped(kiosk: Alone) -> None:
    home = kiosk.state.version
    kiosk.touch("home.pay_bill")
    assert kiosk.screen == "bill"
    kiosk.touch("home.call_person", version=home)
    assert kiosk.screen == "bill"
    kiosk.touch("nav.home", version=home)
    assert kiosk.screen == "bill"
    kiosk.touch("nav.home")
    assert kiosk.screen == "home"


def test_a_touch_survives_a_change_that_leaves_the_screen_as_it_was(kiosk: Alone) -> None:
    from kiosk.core.state import ClockFace
    from kiosk.core.visit import messages as m

    seen = kiosk.state.version
    kiosk.say(m.ClockTurned(ClockFace(text="09:30"), 0))
    assert kiosk.state.version > seen
    kiosk.touch("home.pay_bill", version=seen)
    assert kiosk.screen == "bill"


def test_every_answer_said_twice_does_no_harm(kiosk: Alone) -> None:
    number = kiosk.open()
    for event in (paid(number), posted(number), printed(number)):
        kiosk.say(event)
        carried, order = list(kiosk.notes.carried), kiosk.order(number)
        kiosk.say(event, event)
        assert kiosk.order(number) == order
        assert kiosk.notes.carried == carried
    assert kiosk.notes.kinds() == ["RequestPayment", "PostLine", "Print"]


def test_answers_after_the_end_do_no_harm(kiosk: Alone) -> None:
    number = kiosk.open()
    kiosk.say(paid(number), posted(number), printed(number), e.PersonLeft(number))
    assert number not in kiosk.state.orders
    before, carried = kiosk.order(number), list(kiosk.notes.carried)
    assert before.closed
    kiosk.say(
        paid(number),
        posted(number),
        printed(number),
        e.PaymentAnswered(number, e.Charge.NO_ANSWER),
        e.PaymentQueried(number, e.Charge.NOT_FOUND),
        e.PostChecked(number, 0, e.Posting.NO_RECORD),
        e.TimerFired(number, "payment.deadline"),
    )
    assert kiosk.order(number) == before
    assert kiosk.notes.carried == carried


def test_an_answer_to_an_order_that_never_was_is_dropped(kiosk: Alone) -> None:
    kiosk.say(paid("38012611220000100000"))
    assert kiosk.notes.carried == []
    assert kiosk.state.orders == {}


def test_several_open_orders_live_side_by_side(kiosk: Alone) -> None:
    first = kiosk.open(1)
    kiosk.say(e.PaymentAnswered(first, e.Charge.NO_ANSWER))
    second = kiosk.open(2, ALIPAY)
    assert first != second
    kiosk.say(e.PaymentCodeReady(second, "https://qr.invalid/1"), paid(second), posted(second))
    assert kiosk.order(first).payment.state.value == "unknown"
    assert kiosk.order(second).lines[0].state.value == "posted"
    kiosk.say(e.PaymentQueried(first, e.Charge.PAID, paid(first).facts))
    requests = [x for x in kiosk.notes.carried if isinstance(x, c.RequestPayment)]
    assert [x.order_id for x in requests] == [first, second]
    posts = [x.order_id for x in kiosk.notes.carried if isinstance(x, c.PostLine)]
    assert posts == [second, first]
