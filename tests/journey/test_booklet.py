"""病历本 by real touches, real wires: the way it goes, and the second one that is refused."""

from __future__ import annotations

import pytest

from tests.journey.booklets import ask, dispenser, known, somebody, take
from tests.journey.stage import Stage

pytestmark = pytest.mark.window


def test_a_card_is_laid_down_and_a_booklet_taken(stage: Stage) -> None:
    who, out = somebody(), dispenser(stage)["out"]
    order_id = ask(stage, who)
    screen = take(stage)
    assert screen["order"]["goods"] == ["delivered"]
    assert screen["order"]["paper"] == "printed"
    assert dispenser(stage)["out"] == out + 1
    said = stage.kiosk.everything()
    assert "办好了" in said
    assert "身份证" in said
    paper = stage.paper()
    assert "领取凭条" in paper
    assert "门急诊就医记录册 1 本" in paper
    for nothing in ("测", who[:6], who[-5:], "付款方式"):
        assert nothing not in paper
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    assert stage.order(order_id).closed
    assert "办好了" in stage.find(stage.slip_code())


def test_a_second_one_is_refused_kindly(stage: Stage) -> None:
    who = somebody()
    screen = known(stage, who)
    assert "测*" in stage.kiosk.everything()
    assert "测试" not in str(screen)
    stage.kiosk.touch("confirm_goods.pay.free")
    stage.kiosk.on("booklet_delivering")
    take(stage)
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    orders, out = len(stage.orders()), dispenser(stage)["out"]
    assert known(stage, who)["screen"] == "had_booklet"
    said = stage.kiosk.everything()
    assert "您已经领过一本了" in said
    assert "起可以再领" in said
    stage.kiosk.touch("booklet.done")
    stage.kiosk.on("home")
    assert (len(stage.orders()), dispenser(stage)["out"]) == (orders, out)
    log = stage.kiosk.log.read_text(encoding="utf-8")
    assert who not in log
    assert "测" not in log
