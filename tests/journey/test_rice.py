"""Fresh rice as everybody runs it: a real window, real touches, real wires."""

from __future__ import annotations

import tomllib

import pytest

from tests.journey.rice import MILL, begin_milling, choose_rice, done, take_rice
from tests.journey.stage import Stage, shown

pytestmark = pytest.mark.window


def test_two_jin_are_chosen_paid_milled_and_taken(stage: Stage) -> None:
    kiosk, taken = stage.kiosk, stage.bench.state(MILL)["taken"]
    choose_rice(stage, 1000)
    assert "2 斤（1 千克）" in kiosk.everything()
    kiosk.touch("nav.back")
    kiosk.on("rice_level")
    kiosk.touch("nav.back")
    kiosk.on("rice_amount")
    kiosk.touch("nav.home")
    kiosk.on("home")
    order_id = begin_milling(stage, 1000)
    kiosk.wait_for(
        lambda x: (shown(x, "rice_delivering.figure") or {}).get("text") == "1000 克", "the weight"
    )
    take_rice(stage)
    screen = kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    assert screen["order"]["payment"] == "paid"
    assert stage.bench.state(MILL)["taken"] - taken == 1060
    paper = stage.paper()
    assert "示例粮油店" in paper
    trial = tomllib.loads(stage.cabin.config.read_text())["rice"]
    assert f"试营业：{trial['trial_from']} 至 {trial['trial_until']}" in paper
    assert "9.60" in paper
    done(stage)
    assert stage.order(order_id).closed


@pytest.mark.long
def test_a_stall_in_the_middle_pays_the_rest_back(stage: Stage) -> None:
    order_id = begin_milling(stage, 2500, number=2)
    take_rice(stage)
    stage.bench.until(MILL, lambda state: state["phase"] not in ("take", "door_down"))
    stage.bench.fault(MILL, "motor_overcurrent")
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["partly"]
    order = stage.closed(order_id)
    assert order.payment_word == "refunded"
    assert order.goods[0].given == 1252
    assert order.refunded_fen == 2600 - 2600 * 1252 // 2500
    assert "退" in stage.paper()
