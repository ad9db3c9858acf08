"""SIGKILL at each screen of a payment: after the next start the truth is there."""

from __future__ import annotations

import pytest

from tests.journey.stage import Stage

pytestmark = [pytest.mark.window, pytest.mark.long]


def kill_and_return(stage: Stage) -> None:
    stage.kiosk.kill()
    stage.kiosk.start()


@pytest.mark.parametrize("screen", ["bills", "confirm"])
def test_before_an_order_nothing_is_left_of_the_visit(stage: Stage, screen: str) -> None:
    bill, orders = stage.bill(), len(stage.orders())
    if screen == "bills":
        stage.list_bills(bill)
    else:
        stage.confirm(bill)
    kill_and_return(stage)
    stage.kiosk.on("home")
    assert bill.account[-4:] not in stage.kiosk.everything()
    assert len(stage.orders()) == orders


def test_while_the_terminal_waits_for_a_card(stage: Stage) -> None:
    before = stage.charges()
    order_id = stage.ask_to_pay(stage.bill())
    kill_and_return(stage)
    screen = stage.kiosk.on("result")
    assert screen["order"]["id"] == order_id
    assert screen["order"]["payment"] == "not_paid"
    assert "您的钱没有扣" in stage.kiosk.everything()
    assert stage.bench.state("terminal")["sale"] is None
    assert stage.charges() == before


def test_while_a_code_is_on_the_screen_and_paid_meanwhile(stage: Stage) -> None:
    order_id = stage.ask_to_pay(stage.bill(2_600), means="wechat")
    stage.kiosk.kill()
    stage.bench.act("qr_payment", "pay", order_no=order_id)
    stage.kiosk.start()
    screen = stage.kiosk.on("result")
    assert screen["order"]["id"] == order_id
    assert screen["order"]["lines"] == ["posted"]
    assert screen["order"]["paper"] == "printed"


def test_while_the_bank_thinks(stage: Stage) -> None:
    """The card is tapped, the kiosk dies, the terminal charges with nobody to tell."""
    order_id = stage.ask_to_pay(stage.bill(2_800))
    stage.tap_card()
    kill_and_return(stage)
    screen = stage.kiosk.on("result")
    assert screen["order"]["id"] == order_id
    charged = stage.bench.ledger()["terminal"][order_id]["charges"]
    assert charged == 1
    assert screen["order"]["lines"] == ["posted"]
    assert len(stage.bench.receipts()) >= 1


def test_while_the_paid_money_is_being_posted(stage: Stage) -> None:
    stage.bench.fault("biller", "slow", seconds=20, call="post")
    order_id = stage.ask_to_pay(stage.bill(2_900))
    stage.tap_card()
    stage.kiosk.wait_for(lambda x: x["order"]["payment"] == "paid", "paid")
    kill_and_return(stage)
    screen = stage.kiosk.on("result")
    assert screen["order"]["lines"] == ["posted"]
    rows = [x for x in stage.bench.ledger()["biller"] if x["order_no"].startswith(order_id)]
    assert [x["posted_fen"] for x in rows] == [2_900]


def test_while_the_outcome_is_unknown(stage: Stage) -> None:
    order_id = stage.ask_to_pay(stage.bill(3_100))
    stage.tap_card()
    stage.bench.act("terminal", "unplug")
    stage.kiosk.on("unknown")
    kill_and_return(stage)
    assert stage.kiosk.on("unknown")["order"]["id"] == order_id
    assert "请不要再付一次" in stage.kiosk.everything()
    stage.bench.act("terminal", "plug")
    screen = stage.kiosk.on("result")
    assert screen["order"]["lines"] == ["posted"]
    assert stage.bench.ledger()["terminal"][order_id]["charges"] == 1


def test_while_the_receipt_is_being_printed(stage: Stage) -> None:
    """Nobody knows how much of it is on paper: a copy is offered, a second print is marked."""
    stage.bench.fault("receipt_printer", "stall", seconds=60)
    stage.ask_to_pay(stage.bill(3_200))
    stage.tap_card()
    stage.kiosk.wait_for(lambda x: x["order"]["paper"] == "printing", "printing")
    stage.until(lambda: stage.bench.state("receipt_printer")["stalled"], "half a receipt")
    kill_and_return(stage)
    stage.kiosk.on("receipt_problem")
    assert "钱已经付好" in stage.kiosk.everything()
    stage.bench.act("receipt_printer", "power_cycle")
    stage.kiosk.wait_for(lambda x: x["devices"]["receipt_printer"][0] == "ready", "the printer")
    stage.kiosk.touch("order.reprint")
    stage.kiosk.on("result")
    assert "补打" in stage.paper()


def test_at_the_result_the_slip_still_tells_it(stage: Stage) -> None:
    stage.pay_by_card(stage.bill(3_300))
    slip = stage.slip_code()
    kill_and_return(stage)
    stage.kiosk.on("home")
    assert "缴好了" in stage.find(slip)


def test_nobody_there_any_more_and_the_slip_tells_it(stage: Stage) -> None:
    """The money was unknown, its owner left with a slip, the kiosk died and came back."""
    order_id = stage.ask_to_pay(stage.bill(3_400))
    stage.tap_card()
    stage.bench.act("terminal", "unplug")
    slip = stage.leave_with_slip()
    stage.kiosk.kill()
    stage.bench.act("terminal", "plug")
    stage.kiosk.start()
    stage.kiosk.on("home")
    stage.closed(order_id)
    assert "缴好了" in stage.find(slip)
