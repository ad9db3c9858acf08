"""What the screens of rice say, and that an audit sees rice that isn't there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk import i18n
from kiosk.audit import audit
from kiosk.core.events import Delivery
from kiosk.core.state import State
from screens import environment
from tests.support import states as s
from tests.support.states_goods import WANTED, bought, gave
from tests.support.states_rice import LARGE, STATES, goods

environment.prepare(environment.Panel())  # before the modules below bring Kivy in

from screens import (  # noqa: E402
    attract,
    confirm_goods,
    home,
    result,
    rice,
    rice_amount,
    rice_delivering,
    rice_ready,
)

TILES = {
    "home_rice": "一斤 4.80 元起",
    "home_rice_empty": "米卖完了，等补米",
    "home_rice_left": "有米没拿走，等人来",
    "home_rice_down": "碾米机停了，等人来",
    "home_rice_not_yet": "还没开卖，过几天来",
    "home_rice_over": "试卖期到了，先停卖",
}


@pytest.mark.parametrize("name", TILES)
def test_the_tile_tells_the_price_or_why_not(name: str) -> None:
    tile = next(x for x in home.view_of(STATES[name]).tiles if x.id == "rice")
    assert tile.enabled == (name == "home_rice")
    assert (tile.hint if tile.enabled else tile.reason) == TILES[name]


def test_the_resting_screen_invites_only_to_what_can_be_done() -> None:
    """Whoever comes in for rice and reads of rice should get rice."""
    assert "买新米" in attract.view_of(STATES["home_rice"]).words
    assert "买新米" not in attract.view_of(STATES["attract_rice_over"]).words


def test_rows_tell_what_is_sold_out() -> None:
    assert [x.free for x in rice.view_of(STATES["rice"]).rows] == [True, True]
    rows = rice.view_of(STATES["rice_empty"]).rows
    assert {(x.free, x.detail) for x in rows} == {(False, "米卖完了，等补米")}


def test_amounts_by_jin_with_kilograms_and_the_price_beside() -> None:
    choices = rice_amount.view_of(STATES["rice_amount"]).choices
    assert choices[0] == (500, "1 斤", "0.5 千克  ¥ 4.80")
    assert choices[-1] == (5000, "10 斤", "5 千克  ¥ 48.00")
    assert confirm_goods.view_of(STATES["rice_confirm"]).lines[0].detail == "2 斤（1 千克）"


def test_much_rice_comes_in_turns_and_that_is_said_before() -> None:
    assert "次碾" not in rice_ready.view_of(STATES["rice_ready"]).words
    assert "分 4 次碾" in rice_ready.view_of(STATES["rice_ready_large"]).words


def test_the_weight_is_the_figure_and_the_door_is_said_loudly() -> None:
    feeding = rice_delivering.view_of(STATES["rice_feeding"])
    assert (feeding.figure, feeding.take) == ("620 克", False)
    take = rice_delivering.view_of(STATES["rice_take"])
    assert take.take
    assert "拿走" in take.lead
    first = rice_delivering.view_of(STATES["rice_take_first"])
    assert "还没碾完" in first.words
    assert "不用再付钱" in rice_delivering.view_of(STATES["rice_silent"]).words


def test_ends_of_rice() -> None:
    left = result.view_of(STATES["rice_not_taken"])
    assert left.amber
    assert "还在机器里" in left.title
    assert "021-0000 0003" in left.lead
    assert result.view_of(STATES["rice_declined"]).title == "不要了，钱退给您"
    assert "请不要再付一次" in result.view_of(STATES["rice_forgotten"]).lead


def ledger(charged: int, refunded: int, *batches: tuple[int, int]) -> dict[str, Any]:
    terminal = {
        s.ORDER_ID: {
            "charges": 1,
            "charged_fen": charged,
            "coupon_fen": 0,
            "refunded_fen": refunded,
        }
    }
    out = [{"bin": 1, "set": fed, "fed": fed, "out": out} for fed, out in batches]
    rice_mill = {"batches": out, "taken": 0}
    return {"terminal": terminal, "biller": [], "alipay": [], "wechat": [], "rice_mill": rice_mill}


def done(state: State) -> Any:
    return next(iter(state.orders.values()))


PARTS = tuple(gave(Delivery.DONE, x, n) for n, x in enumerate(LARGE.parts))
FED = tuple((round(x * 1.06), round(x * 1.06)) for x in LARGE.parts)


def test_an_audit_is_content_with_what_came_out() -> None:
    order = bought(LARGE, s.paid(4800), WANTED, *PARTS)
    found = audit([order], ledger(4800, 0, *FED))
    assert found.differences == ()
    assert (found.charged_fen, found.posted_fen, found.unknown_fen) == (4800, 4800, 0)


@pytest.mark.parametrize(
    ("batches", "sentence"),
    [
        (FED[:3], "came out, the journal says"),
        (((FED[0][0], 0), *FED[1:]), "came out, the journal says"),
        ((*FED, FED[0]), "came out, the journal says"),
    ],
)
def test_an_audit_sees_rice_that_is_not_there(
    batches: tuple[tuple[int, int], ...], sentence: str
) -> None:
    order = bought(LARGE, s.paid(4800), WANTED, *PARTS)
    (found,) = audit([order], ledger(4800, 0, *batches)).differences
    assert sentence in found


def test_an_audit_sees_money_for_nothing() -> None:
    bag = goods(1000)
    order = bought(bag, s.paid(960), WANTED, gave(Delivery.NOT_DONE, 0, 0, "stall"))
    assert audit([order], ledger(960, 0)).differences == ()
    closed = replace(order, refunds=())
    assert not closed.closed
    assert audit([order], ledger(960, 0), settled=True).differences


def test_in_english_the_milling_is_called_as_it_was_chosen() -> None:
    i18n.set_language("en")
    try:
        (line,) = confirm_goods.view_of(STATES["rice_confirm"]).lines
        assert line.name == "长粒香 Germ"
    finally:
        i18n.set_language("zh")
    (line,) = confirm_goods.view_of(STATES["rice_confirm"]).lines
    assert line.name == "长粒香 胚芽"
