"""What goes wrong with rice, and what its buyer sees of it."""

from __future__ import annotations

import pytest

from tests.journey.rice import (
    MILL,
    begin_milling,
    choose_rice,
    done,
    pay_for_rice,
    take_rice,
    wait_for_phase,
)
from tests.journey.stage import Stage, enabled

pytestmark = [pytest.mark.window, pytest.mark.long]


def test_an_amount_of_ones_own_by_jin(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.touch("home.rice")
    kiosk.touch("rice.bin.2")
    kiosk.touch("rice.other")
    kiosk.on("rice_weight")
    kiosk.touch("rice.more")
    kiosk.wait_for(lambda _: "5 斤" in kiosk.everything(), "5 斤")
    kiosk.touch("rice.more")
    kiosk.wait_for(lambda _: "6 斤" in kiosk.everything(), "6 斤")
    kiosk.touch("rice.weighed")
    kiosk.touch("rice.level.9")
    kiosk.on("confirm_goods")
    assert "¥ 31.20" in kiosk.everything()
    kiosk.touch("nav.back")
    kiosk.on("rice_level")
    kiosk.touch("nav.back")
    kiosk.on("rice_weight")
    assert "6 斤" in kiosk.everything()


def test_sold_out_shows_before_anybody_pays(stage: Stage) -> None:
    charges = stage.charges()
    choose_rice(stage)
    stage.bench.act(MILL, "fill", bin=1, grams=0)
    stage.kiosk.wait_for(lambda x: x["devices"][MILL][0] == "unavailable", "an empty bin")
    stage.kiosk.touch("confirm_goods.pay.terminal")
    stage.kiosk.on("out_of_service")
    assert "米卖完了" in stage.kiosk.everything()
    assert "您的钱没有扣" in stage.kiosk.everything()
    stage.kiosk.touch("nav.home")
    screen = stage.kiosk.on("home")
    assert not enabled(screen, "home.rice")
    assert "米卖完了" in stage.kiosk.text("home.rice")
    assert enabled(screen, "home.pay_bill")
    assert stage.charges() == charges


def test_a_cable_pulled_while_milling(stage: Stage) -> None:
    """The mill goes on by itself; the rice is there, and the kiosk finds out."""
    order_id = begin_milling(stage)
    wait_for_phase(stage, "mill")
    stage.bench.act(MILL, "unplug")
    stage.kiosk.wait_for(lambda x: x["order"]["goods"] == ["delivery_unknown"], "nobody knows")
    assert "失败" not in stage.kiosk.everything()
    take_rice(stage)
    wait_for_phase(stage, "idle")
    stage.bench.act(MILL, "plug")
    order = stage.closed(order_id)
    assert order.payment_word == "paid"
    assert stage.bench.ledger()[MILL]["batches"][-1]["out"] == 1060


def test_rice_that_is_not_taken_is_said_loudly(stage: Stage) -> None:
    order_id = begin_milling(stage)
    stage.kiosk.wait_for(lambda _: "门一打开，就把米拿走！" in stage.kiosk.everything(), "take it")
    stage.kiosk.on("result")
    said = stage.kiosk.everything()
    assert "您的米还在机器里" in said
    assert "021-0000 0003" in said
    done(stage)
    assert not enabled(stage.kiosk.settled(), "home.rice")
    assert stage.order(order_id).payment_word == "paid"


def test_no_bag_and_no_rice(stage: Stage) -> None:
    starts = stage.bench.state(MILL)["starts"]
    order_id = pay_for_rice(stage)
    stage.kiosk.touch("goods.decline")
    stage.kiosk.on("result")
    assert "不要了，钱退给您" in stage.kiosk.everything()
    order = stage.closed(order_id)
    assert order.refunded_fen == order.amount_fen == 960
    assert stage.bench.state(MILL)["starts"] == starts


def test_paper_that_ends_meanwhile_leaves_a_copy(stage: Stage) -> None:
    order_id = begin_milling(stage)
    stage.bench.act("receipt_printer", "paper_out")
    take_rice(stage)
    stage.kiosk.on("receipt_problem")
    stage.kiosk.touch("order.copy_taken")
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    assert stage.order(order_id).closed


def test_too_little_on_the_scale_is_paid_back_to_the_fen(stage: Stage) -> None:
    stage.bench.fault(MILL, "short_weight", grams=212)
    order_id = begin_milling(stage)
    take_rice(stage)
    stage.kiosk.on("result")
    assert "出得不够" in stage.kiosk.everything()
    order = stage.closed(order_id)
    assert order.goods[0].given == 800
    assert order.refunded_fen == 192


def test_a_card_that_is_declined_and_the_same_rice_with_another(stage: Stage) -> None:
    kiosk = stage.kiosk
    choose_rice(stage)
    kiosk.touch("confirm_goods.pay.terminal")
    first = str(kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.bench.act("terminal", "decline", code="51")
    kiosk.on("result")
    kiosk.touch("order.again")
    kiosk.on("confirm_goods")
    kiosk.touch("confirm_goods.pay.terminal")
    second = str(kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.tap_card()
    kiosk.on("rice_ready")
    kiosk.touch("goods.decline")
    kiosk.on("result")
    done(stage)
    assert first != second
    assert stage.order(first).payment.state == "not_paid"
    stage.until(lambda: stage.order(second).closed, "the money is paid back")


def test_killed_while_milling(stage: Stage) -> None:
    starts = stage.bench.state(MILL)["starts"]
    order_id = begin_milling(stage)
    wait_for_phase(stage, "mill")
    stage.kiosk.kill()
    stage.kiosk.start()
    take_rice(stage)
    order = stage.closed(order_id)
    assert order.goods[0].state.value == "delivered"
    assert order.payment_word == "paid"
    assert stage.bench.state(MILL)["starts"] == starts + 1


def test_a_mill_without_power_is_a_persons_matter(stage: Stage) -> None:
    order_id = begin_milling(stage)
    wait_for_phase(stage, "mill")
    stage.bench.act(MILL, "power_cut")
    stage.kiosk.on("result")
    assert "还在核对" in stage.kiosk.everything()
    assert "请不要再付一次" in stage.kiosk.everything()
    assert stage.order(order_id).needs_person
    assert "核对" in stage.paper()
    done(stage)
    assert not enabled(stage.kiosk.settled(), "home.rice"), "held until a person has looked"
