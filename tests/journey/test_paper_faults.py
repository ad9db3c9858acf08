"""Paper that isn't there: no money without it, and no words lost when it ends half-way."""

from __future__ import annotations

import pytest

from kiosk.order_text import Letterhead, plain_text
from tests.journey.eyes import shows_code
from tests.journey.stage import Stage, enabled, shown

pytestmark = [pytest.mark.window, pytest.mark.long]


def tile(stage: Stage) -> str:
    return stage.kiosk.text("home.pay_bill")


def test_without_paper_no_money_is_taken_and_home_says_why(stage: Stage) -> None:
    stage.bench.act("receipt_printer", "paper_out")
    screen = stage.kiosk.wait_for(lambda x: not enabled(x, "home.pay_bill"), "out of service")
    assert enabled(screen, "home.call_person")
    assert "小票纸没好" in tile(stage)
    stage.bench.act("receipt_printer", "paper_in")
    stage.kiosk.widget("home.pay_bill")
    assert "小票纸没好" not in tile(stage)
    stage.pay_by_card(stage.bill())


def test_paper_that_ends_before_paying_stops_the_payment(stage: Stage) -> None:
    before = stage.charges()
    stage.confirm(stage.bill())
    stage.bench.act("receipt_printer", "paper_out")
    stage.kiosk.wait_for(
        lambda x: x["devices"]["receipt_printer"] == ["unavailable", "paper_out"], "paper out"
    )
    stage.kiosk.touch("confirm.pay.terminal")
    stage.kiosk.on("out_of_service")
    said = stage.kiosk.everything()
    assert "打不出小票，我们就不收钱" in said
    assert "您的钱没有扣" in said
    assert stage.charges() == before


def broken_receipt(stage: Stage) -> str:
    """The paper ends in the middle of a receipt. Returns the order's number."""
    order_id = stage.ask_to_pay(stage.bill(6_400))
    stage.bench.act("receipt_printer", "paper_out_after", lines=6)
    stage.tap_card()
    screen = stage.kiosk.on("receipt_problem")
    assert screen["order"]["payment"] == "paid"
    assert "钱已经付好" in stage.kiosk.everything()
    assert stage.bench.receipts()[-1]["torn"]
    return order_id


def test_half_a_receipt_leads_to_a_copy_for_the_phone(stage: Stage, display: str) -> None:
    order_id = broken_receipt(stage)
    screen = stage.kiosk.wait_for(
        lambda x: x["order"]["lines"] == ["posted"], "the bill posted meanwhile"
    )
    code = shown(screen, "receipt_problem.code")
    assert code is not None
    text = plain_text(stage.order(order_id), Letterhead("数字小屋", "", "", 3))
    assert "已缴好" in text
    assert shows_code(display, code["box"], text)
    stage.kiosk.touch("order.copy_taken")
    assert stage.kiosk.on("result")["order"]["paper"] == "shown_as_qr"
    assert stage.order(order_id).closed


def test_the_second_try_is_marked_as_a_reprint(stage: Stage) -> None:
    broken_receipt(stage)
    stage.bench.act("receipt_printer", "paper_in")
    stage.kiosk.touch("order.reprint")
    assert stage.kiosk.on("result")["order"]["paper"] == "printed"
    paper = stage.paper()
    assert "补打" in paper
    assert "已缴好" in paper


def test_a_second_try_without_paper_offers_the_copy_again(stage: Stage) -> None:
    order_id = broken_receipt(stage)
    stage.kiosk.touch("order.reprint")
    stage.until(lambda: stage.order(order_id).paper.jobs == 2, "a second job")
    stage.kiosk.on("receipt_problem")
    stage.kiosk.touch("order.copy_taken")
    stage.kiosk.on("result")


def test_a_cable_pulled_from_the_printer_is_a_receipt_problem(stage: Stage) -> None:
    order_id = stage.ask_to_pay(stage.bill(6_500))
    stage.bench.act("receipt_printer", "unplug")
    stage.tap_card()
    stage.kiosk.on("receipt_problem")
    stage.bench.act("receipt_printer", "plug")
    stage.kiosk.touch("order.copy_taken")
    stage.kiosk.on("result")
    assert stage.order(order_id).closed
