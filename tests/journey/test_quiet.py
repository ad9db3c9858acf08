"""Nobody touches anything: a warning, a reset that wipes everything, and the clock."""

from __future__ import annotations

import re

import pytest

from tests.journey.stage import Stage

pytestmark = [pytest.mark.window, pytest.mark.long]

# idle_reset may not be shorter: somebody who reads slowly needs that long.
SETTINGS = {"idle_warning": 5, "idle_reset": 20, "attract_after": 4}


def test_a_warning_can_be_answered_any_number_of_times(stage: Stage) -> None:
    stage.list_bills(stage.bill(2_100))
    before = but_the_clock(stage)
    for _ in range(2):
        stage.kiosk.on("idle")
        assert "您还在用吗" in stage.kiosk.everything()
        stage.kiosk.touch("idle.stay")
        stage.kiosk.on("bills")
        assert but_the_clock(stage) == before


def but_the_clock(stage: Stage) -> list[str]:
    """What stands on the screen; the minute may end meanwhile."""
    return [x for x in stage.kiosk.everything().split("\n") if not re.fullmatch(r"\d+:\d\d", x)]


def test_a_reset_wipes_everything_of_the_visit(stage: Stage) -> None:
    bill = stage.bill(2_345)
    stage.list_bills(bill)
    assert bill.account[-4:] in stage.kiosk.everything()
    stage.kiosk.on("idle")
    stage.kiosk.on("home", "attract")
    for _ in range(2):
        said = stage.kiosk.everything()
        for part in (bill.account[-4:], "23.45", "某"):
            assert part not in said
        if stage.kiosk.settled()["screen"] == "attract":
            stage.kiosk.finger.touch(540, 960)
            stage.kiosk.on("home")
        stage.kiosk.touch("home.pay_bill")
        stage.kiosk.on("bill")
    stage.scan(stage.bill(1_000).code)
    stage.kiosk.on("bills")
    assert stage.kiosk.text("bills.count") == "一共付 1 笔"


def test_whoever_goes_with_the_money_unknown_gets_a_slip_by_itself(stage: Stage) -> None:
    order_id = stage.ask_to_pay(stage.bill(2_400))
    stage.tap_card()
    stage.bench.act("terminal", "unplug")
    stage.kiosk.on("unknown")
    papers = len(stage.bench.receipts())
    stage.kiosk.on("idle")
    assert "机器会打一张凭条" in stage.kiosk.everything()
    stage.kiosk.on("home", "attract")
    stage.until(lambda: len(stage.bench.receipts()) == papers + 1, "a slip")
    assert "付款结果确认中" in stage.paper()
    stage.bench.act("terminal", "plug")
    stage.closed(order_id)


def test_the_touch_that_wakes_does_nothing_else(stage: Stage) -> None:
    spot = stage.kiosk.middle("home.pay_bill")
    stage.kiosk.on("attract")
    assert "碰一下屏幕" in stage.kiosk.everything()
    stage.kiosk.finger.touch(*spot)
    stage.kiosk.on("home")
    stage.kiosk.touch("nav.lower")  # queued behind the touch that woke it: still at home
    stage.kiosk.wait_for(lambda x: x["screen"] == "home", "home")
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
