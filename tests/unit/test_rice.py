"""Rice by the rules: price, parts, what the mill is told, what its answers mean, and choosing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.rice_mill import commands as mill
from devices.status import Failed, OutcomeUnknown, Success, TimedOut
from kiosk.adapters.goods import Rice, grams_in
from kiosk.adapters.release import Releases
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.events import Delivery
from kiosk.core.goods import Progress
from kiosk.core.rice import LEAST_G, MOST_FED_G, MOST_G, RICE_MILL, goods_of, parts_of, price_of
from kiosk.core.state import Device, Level, State
from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from kiosk.core.visit.rice_choices import ChooseRice, ChooseRiceLevel, ChooseRiceWeight
from kiosk.core.visit.steps import ConfirmGoods, Home, OutOfService
from tests.support import states as s
from tests.support.rice_shop import BINS, SHOP
from tests.support.states_goods import FORGOTTEN, WANTED, bought, gave

LARGE = goods_of(SHOP, BINS[0], SHOP.levels[0], 2500)
DELIVER = c.Deliver(s.ORDER_ID, 0, 0, f"{s.ORDER_ID}L1", LARGE)
CHECK = c.CheckDelivery(s.ORDER_ID, 0, 1, f"{s.ORDER_ID}L1", LARGE)


@given(st.integers(LEAST_G, 2 * MOST_G), st.integers(0, 300))
def test_parts_are_the_whole_fit_the_mill_and_tell_themselves_apart(grams: int, more: int) -> None:
    parts = parts_of(grams, more)
    assert sum(parts) == grams
    fed = [grams_in(replace(LARGE, units=grams, parts=parts, how=(("more", str(more)),)), n)
           for n in range(len(parts))]  # fmt: skip
    assert max(fed) <= MOST_FED_G
    assert all(one != other for one, other in pairwise(fed))
    assert max(parts) - min(parts) <= 5


def test_a_price_is_never_rounded_up() -> None:
    rice = replace(BINS[0], price_fen=333)
    assert [price_of(rice, x) for x in (500, 750, 1000, 501)] == [333, 499, 666, 333]


def test_what_is_bought_holds_its_seller_its_bin_and_its_price() -> None:
    assert LARGE.total_fen == 2400
    assert LARGE.seller == "示例粮油店"
    assert dict(LARGE.how) == {
        "bin": "1",
        "level": "5",
        "more": "60",
        "rice": "长粒香",
        "milling": "胚芽",
        "price_fen": "480",
        "phone": "021-0000 0003",
        "trial_from": "2026-10-01",
        "trial_until": "2027-03-31",
    }


def test_the_mill_is_told_what_goes_in() -> None:
    assert Rice().deliver(DELIVER) == mill.Mill(1, 1327, 5)
    assert Rice().check(CHECK) == mill.Resolve(1, 1323, 5)


@pytest.mark.parametrize(
    ("completion", "result", "units", "code"),
    [
        (Success(mill.Milled(1327, 1, 1, 1327)), Delivery.DONE, 1252, ""),
        (Success(mill.Milled(1327, 1, 1, 1000)), Delivery.DONE, 943, ""),
        (Success(mill.Milled(1327, 1, 1, None)), Delivery.DONE, 1252, ""),
        (Success(mill.Milled(1327, 1, 1, 0)), Delivery.DONE, 0, ""),
        (Success(mill.Milled(1327, 1, 1, 1400)), Delivery.DONE, 1252, ""),
        (Failed("not_taken", "", mill.Milled(1327, 1, 1, 1327)), Delivery.DONE, 1252, "not_taken"),
        (Failed("bin_1_empty", "", mill.Milled(0, 0, 1)), Delivery.NOT_DONE, 0, "bin_1_empty"),
        (Failed("refused", ""), Delivery.NOT_DONE, 0, "refused"),
        (TimedOut(), Delivery.NOT_DONE, 0, "timedout"),
        (OutcomeUnknown("lost_power"), Delivery.UNDECIDABLE, 0, "lost_power"),
        (OutcomeUnknown("no_answer"), Delivery.NO_ANSWER, 0, "no_answer"),
    ],
)
def test_what_the_mills_end_means(
    completion: object, result: Delivery, units: int, code: str
) -> None:
    answer = Rice().delivered(DELIVER, completion, 0)  # type: ignore[arg-type]
    assert answer == e.DeliveryAnswered(s.ORDER_ID, 0, 0, result, units, code)


@pytest.mark.parametrize(
    ("completion", "result", "units", "code"),
    [
        (Success(mill.Fate.DONE), Delivery.DONE, 1248, ""),
        (Success(mill.Fate.NOT_STARTED), Delivery.NOT_DONE, 0, "not_started"),
        (Failed("not_taken", "", mill.Milled(1323, 1, 0)), Delivery.DONE, 1248, "not_taken"),
        (Failed("not_connected", ""), Delivery.NO_ANSWER, 0, "not_connected"),
        (OutcomeUnknown("fault_set"), Delivery.UNDECIDABLE, 0, "fault_set"),
        (TimedOut(), Delivery.NO_ANSWER, 0, "timedout"),
    ],
)
def test_what_the_answer_to_the_question_means(
    completion: object, result: Delivery, units: int, code: str
) -> None:
    answer = Rice().checked(CHECK, completion)  # type: ignore[arg-type]
    assert answer == e.DeliveryChecked(s.ORDER_ID, 0, 1, result, units, code)


def test_progress_tells_the_weight_and_when_to_take_it() -> None:
    words = Rice()
    assert words.progress(DELIVER, mill.Batch(1, 1, 1, 1327, 5)) == Progress(0, 2500, "setting")
    for stage, word in (("feeding", "feeding"), ("milling", "milling"), ("taking", "at_take")):
        what = mill.Milling(1, 1, 663, 663, mill.Stage(stage))
        assert words.progress(DELIVER, what) == Progress(625, 2500, word, 625)
    second = replace(DELIVER, part=1)
    assert words.progress(second, mill.Milling(1, 1, 0, 0)) == Progress(1252, 2500, "feeding")


# Choosing


def touch(state: State, target: str, value: str = "") -> State:
    return decide(state, m.Touched(target, value, state.version))[0]


def test_from_home_to_the_last_look_and_back() -> None:
    state = touch(s.at(Home()), "home.rice")
    for target, value in (("rice.bin", "2"), ("rice.grams", "1500"), ("rice.level", "7")):
        state = touch(state, target, value)
    step = state.visit.step
    assert isinstance(step, ConfirmGoods)
    assert (step.goods.units, step.goods.total_fen) == (1500, 1560)
    seen = []
    for _ in range(4):
        state = touch(state, "nav.back")
        seen.append(type(state.visit.step).__name__)
    assert seen == ["ChooseRiceLevel", "ChooseRiceAmount", "ChooseRice", "Home"]


def test_by_jin_between_one_and_ten() -> None:
    state = touch(s.at(ChooseRiceWeight(1, 1000)), "rice.less")
    for _ in range(20):
        state = touch(state, "rice.less")
    assert state.visit.step == ChooseRiceWeight(1, LEAST_G)
    for _ in range(20):
        state = touch(state, "rice.more")
    assert state.visit.step == ChooseRiceWeight(1, MOST_G)
    state = touch(state, "rice.less")
    state = touch(state, "rice.weighed")
    assert state.visit.step == ChooseRiceLevel(1, MOST_G - 500)
    assert touch(state, "nav.back").visit.step == ChooseRiceWeight(1, MOST_G - 500)


@pytest.mark.parametrize(
    ("target", "value"),
    [("rice.bin", "3"), ("rice.level", "5"), ("rice.grams", "500"), ("home.rice", "")],
)
def test_a_touch_that_means_nothing_here_does_nothing(target: str, value: str) -> None:
    state = s.at(ChooseRice())
    assert touch(state, target, value) == state


def test_what_cannot_be_given_out_is_not_sold() -> None:
    down = {**s.READY, RICE_MILL: Device(Level.UNAVAILABLE, "bin_1_empty")}
    for step in (Home(), ChooseRice(), ChooseRiceLevel(1, 500)):
        state = replace(s.at(step), devices=down)
        target = "home.rice" if isinstance(step, Home) else "rice.level"
        after = touch(state, target, "5").visit.step
        assert after == OutOfService("rice_mill:bin_1_empty")


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-09-30", "rice_mill:not_yet"),
        ("2026-10-01", ""),
        ("2027-03-31", ""),
        ("2027-04-01", "rice_mill:over"),
        ("", ""),  # the clock hasn't spoken yet
    ],
)
def test_a_merchant_sells_from_the_first_to_the_last_day_of_the_trial(
    day: str, reason: str
) -> None:
    """The day may also change while somebody chooses: nobody is asked to pay after it."""
    confirm = ConfirmGoods(goods_of(SHOP, BINS[0], SHOP.levels[0], 1000))
    touches = (Home(), "home.rice", ""), (confirm, "confirm_goods.pay", "terminal")
    for step, target, value in touches:
        state = s.at(step)
        state = replace(state, face=replace(state.face, iso=day and f"{day}T23:59:00+08:00"))
        after = touch(state, target, value)
        assert (after.visit.step == OutOfService(reason)) == bool(reason), after.visit.step


def test_a_cabin_without_a_merchant_sells_none() -> None:
    state = s.at(Home())
    state = replace(state, rules=replace(state.rules, rice=None))
    assert touch(state, "home.rice") == state


def test_a_mill_that_forgot_a_batch_waits_for_a_person() -> None:
    """There may be rice in it that the next one would get."""
    order = bought(LARGE, s.paid(2400), *FORGOTTEN[1:])
    assert order.needs_person
    state = replace(s.at(Home()), orders={order.id: order})
    assert guards.goods_trouble(state, RICE_MILL) == "held:rice_mill"
    settled = e.PersonSettled(order.id, e.Verdict.DELIVERED, "王", "seen", line=0, units=2500)
    order = bought(LARGE, s.paid(2400), *FORGOTTEN[1:], settled)
    state = replace(s.at(Home()), orders={order.id: order})
    assert guards.goods_trouble(state, RICE_MILL) == ""


# A machine may forget


def test_a_mill_forgets_only_what_nobody_asks_for() -> None:
    releases = Releases(("scanner", RICE_MILL))
    empty = s.at(Home())
    assert releases.due(empty) == [RICE_MILL], "after a start nobody knows what it remembers"
    releases.sent(RICE_MILL, 1)
    assert releases.due(empty) == []
    assert releases.ended(RICE_MILL, 1, Failed("busy", ""))
    assert releases.due(empty) == [RICE_MILL]
    releases.sent(RICE_MILL, 2)
    assert releases.ended(RICE_MILL, 2, Success())
    assert releases.due(empty) == []
    assert not releases.ended(RICE_MILL, 3, Success())
    releases.begun(RICE_MILL)
    milling = s.with_order(bought(LARGE, s.paid(2400), WANTED))
    assert releases.due(milling) == []
    lost = s.with_order(
        bought(LARGE, s.paid(2400), WANTED, gave(Delivery.NO_ANSWER, 0, 0, "no_answer"))
    )
    assert releases.due(lost) == []
    assert releases.due(replace(empty, journal_trouble="full")) == []
    assert releases.due(empty) == [RICE_MILL]


def test_forgetting_that_was_asked_for_before_the_next_batch_is_not_for_that_one() -> None:
    releases = Releases((RICE_MILL,))
    releases.sent(RICE_MILL, 1)
    releases.begun(RICE_MILL)
    assert releases.ended(RICE_MILL, 1, Success())
    assert releases.due(s.at(Home())) == [RICE_MILL]
