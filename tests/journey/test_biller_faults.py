"""The biller is slow, silent, of another mind, or has the money already."""

from __future__ import annotations

import pytest

from kiosk.core.visit.steps import NoteCode
from tests.journey.stage import Stage, enabled, shown

pytestmark = [pytest.mark.window, pytest.mark.long]


def postings(stage: Stage, order_id: str) -> list[int]:
    rows = stage.bench.ledger()["biller"]
    return [x["posted_fen"] for x in rows if x["order_no"].startswith(order_id)]


def test_an_answer_lost_after_posting_is_asked_for_not_posted_again(stage: Stage) -> None:
    stage.bench.fault("biller", "timeout_after_acting", call="post")
    order_id = stage.ask_to_pay(stage.bill(3_600))
    stage.tap_card()
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    assert postings(stage, order_id) == [3_600]
    assert "已缴好" in stage.paper()


def test_the_receipt_does_not_wait_for_a_slow_biller(stage: Stage) -> None:
    stage.bench.fault("biller", "pending", seconds=600, call="post")
    order_id = stage.ask_to_pay(stage.bill(3_700))
    stage.tap_card()
    assert stage.kiosk.on("result")["order"]["lines"] == ["post_unknown"]
    assert "已付款，正在入账" in stage.kiosk.everything()
    assert "已付款，正在入账" in stage.paper()
    slip = stage.slip_code()
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    assert "正在入账" in stage.find(slip)
    stage.bench.act("biller", "finish_pending")
    stage.closed(order_id)
    assert "缴好了" in stage.find(slip)
    assert postings(stage, order_id) == [3_700]


def test_a_biller_that_falls_silent_while_asked_costs_nothing(stage: Stage) -> None:
    bill = stage.bill()
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.bench.act("biller", "unplug")
    stage.scan(bill.code)
    stage.told(NoteCode.BILLER_SILENT)
    stage.kiosk.on("bill")


def test_a_biller_that_falls_silent_before_paying_stops_the_payment(stage: Stage) -> None:
    before = stage.charges()
    stage.confirm(stage.bill())
    stage.bench.act("biller", "unplug")
    stage.kiosk.touch("confirm.pay.terminal")
    stage.told(NoteCode.BILLER_SILENT)
    assert stage.charges() == before
    assert stage.bench.state("terminal")["sale"] is None


@pytest.mark.timeout(180)
def test_a_kiosk_that_starts_without_its_biller_says_so_at_home(stage: Stage) -> None:
    stage.kiosk.end()
    stage.bench.act("biller", "unplug")
    stage.kiosk.start()
    screen = stage.kiosk.wait_for(
        lambda x: "网络断了" in (shown(x, "home.pay_bill") or {"text": ""})["text"], "the reason"
    )
    assert not enabled(screen, "home.pay_bill")
    assert enabled(screen, "home.call_person")
    stage.bench.act("biller", "plug")
    # It asks every minute.
    stage.until(lambda: enabled(stage.kiosk.settled(), "home.pay_bill"), "the biller is back")


def test_an_amount_that_changed_is_shown_again_before_paying(stage: Stage) -> None:
    bill = stage.bill(5_000)
    stage.confirm(bill)
    stage.bench.act("biller", "late_fee", account=bill.account, fen=120)
    stage.kiosk.touch("confirm.pay.terminal")
    screen = stage.kiosk.wait_for(
        lambda x: (shown(x, "confirm.amount") or {}).get("text") == "¥ 51.20", "the new amount"
    )
    assert screen["order"] is None
    stage.told(NoteCode.BILL_CHANGED)
    order_id = stage.choose()
    stage.tap_card()
    stage.kiosk.on("result")
    assert stage.bench.ledger()["terminal"][order_id]["charged_fen"] == 5_120


def test_a_bill_that_was_paid_elsewhere_meanwhile_is_not_paid_again(stage: Stage) -> None:
    before = stage.charges()
    stage.confirm(stage.bill(5_000, account="3100000001"))
    stage.bench.act("biller", "new_debts")  # that household owes nothing any more
    stage.kiosk.touch("confirm.pay.terminal")
    stage.kiosk.on("bill")
    stage.told(NoteCode.BILL_GONE)
    assert stage.charges() == before


def test_a_posting_refused_after_paying_goes_back_whole(stage: Stage) -> None:
    """Paid elsewhere between the last look and the posting: the biller refuses for certain."""
    stage.bench.fault("biller", "refuse", call="post", code="EQ0005")
    order_id = stage.ask_to_pay(stage.bill(5_200))
    stage.tap_card()
    screen = stage.kiosk.on("result")
    assert screen["order"]["lines"] == ["refused"]
    assert "没有缴成，钱退给您" in stage.kiosk.everything()
    assert stage.bench.ledger()["terminal"][order_id]["refunded_fen"] == 5_200
    assert stage.closed(order_id).refunded_fen == 5_200


def test_more_than_the_limit_of_one_payment_is_refused_kindly(stage: Stage) -> None:
    stage.list_bills(stage.bill(499_000), stage.bill(1_100, "SH-GAS"))
    stage.kiosk.touch("bills.pay")
    stage.told(NoteCode.OVER_PAYMENT_LIMIT, "500000")
    stage.kiosk.touch("bills.row.0")
    stage.kiosk.wait_for(lambda x: (shown(x, "bills.amount") or {})["text"] == "¥ 11.00", "less")
    stage.kiosk.touch("bills.pay")
    stage.kiosk.on("confirm")
    stage.choose()
    stage.tap_card()
    stage.kiosk.on("result")


def test_a_household_without_debts_is_told_so_kindly(stage: Stage) -> None:
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.scan(stage.known_bill("3100000001").code)
    stage.told(NoteCode.NO_DEBT, "电力")
