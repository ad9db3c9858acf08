"""The journeys that everybody runs: a real window, real touches, real wires."""

from __future__ import annotations

import pytest

from kiosk.core.visit.steps import NoteCode
from tests.journey.stage import Stage, shown

pytestmark = pytest.mark.window


def type_digits(stage: Stage, digits: str, before: str = "") -> None:
    """Touch digit after digit, each once the one before it is on the screen."""
    typed = before
    for digit in digits:
        stage.kiosk.touch(f"digits.key.{digit}")
        typed += digit
        grouped = " ".join(typed[n : n + 4] for n in range(0, len(typed), 4))
        stage.kiosk.wait_for(
            lambda x, now=grouped: (shown(x, "account.digits") or {}).get("text") == now, grouped
        )


def test_pays_a_scanned_bill_with_a_card_and_gets_a_receipt(stage: Stage) -> None:
    bill = stage.bill(9_630)
    before = stage.charges()
    order_id = stage.ask_to_pay(bill)
    stage.tap_card()
    screen = stage.kiosk.on("result")
    assert screen["order"]["payment"] == "paid"
    assert screen["order"]["lines"] == ["posted"]
    assert screen["order"]["paper"] == "printed"
    assert stage.charges() == before + 1
    assert stage.bench.ledger()["terminal"][order_id]["charged_fen"] == 9_630
    paper = stage.paper()
    assert "已缴好" in paper
    assert "96.30" in paper
    assert bill.account not in paper
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    assert stage.order(order_id).closed


def test_types_the_account_corrects_a_digit_and_hears_of_a_wrong_number(stage: Stage) -> None:
    kiosk, bill = stage.kiosk, stage.bill(1_650, "SH-WATER")
    kiosk.touch("home.pay_bill")
    kiosk.touch("bill.kind.water")
    kiosk.on("account")
    type_digits(stage, "329")
    kiosk.touch("digits.done")
    kiosk.wait_for(
        lambda x: bool((shown(x, "account.note") or {}).get("text")), "a word about the length"
    )
    assert kiosk.on("account")["order"] is None
    type_digits(stage, "9999999", before="329")
    kiosk.touch("digits.done")
    kiosk.on("account")
    stage.told(NoteCode.BILLER_SAYS, "EQ0006")
    kiosk.touch("digits.key.clear")
    wrong = "1" if bill.account[4] != "1" else "2"
    type_digits(stage, bill.account[:4] + wrong)
    kiosk.touch("digits.key.delete")
    type_digits(stage, bill.account[4:], before=bill.account[:4])
    kiosk.touch("digits.done")
    kiosk.on("bills")
    kiosk.touch("bills.pay")
    assert kiosk.on("confirm")["order"] is None
    assert "¥ 16.50" in kiosk.everything()
    order_id = stage.choose()
    stage.tap_card()
    assert kiosk.on("result")["order"]["lines"] == ["posted"]
    assert stage.order(order_id).lines[0].bill.account == bill.account


def test_of_three_bills_one_is_refused_and_its_money_goes_back(stage: Stage) -> None:
    refused = stage.known_bill("3300000500")
    order_id = stage.ask_to_pay(stage.bill(5_000), stage.bill(3_210, "SH-WATER"), refused)
    stage.tap_card()
    screen = stage.kiosk.on("result")
    assert screen["order"]["lines"] == ["posted", "posted", "refused"]
    assert screen["order"]["payment"] == "refunded"
    assert "有一笔没有缴成，钱退给您" in stage.kiosk.everything()
    paper = stage.paper()
    assert paper.count("已缴好") == 2
    assert "没有缴成，这笔钱退给您" in paper
    assert "已退 52.80 元，3 个工作日内回到原来的卡或账户。" in paper.replace("\n", "")
    row = stage.bench.ledger()["terminal"][order_id]
    assert (row["charged_fen"], row["refunded_fen"]) == (13_490, 5_280)
    assert stage.order(order_id).closed


def test_a_cable_pulled_after_the_card_ends_in_the_truth(stage: Stage) -> None:
    """Charged, the answer lost: 确认中 until the terminal is back, and then paid, not twice."""
    order_id = stage.ask_to_pay(stage.bill(7_700))
    stage.tap_card()
    stage.bench.act("terminal", "unplug")
    screen = stage.kiosk.on("unknown")
    said = stage.kiosk.everything()
    assert "结果确认中，请不要重复付款" in said
    assert "失败" not in said
    assert stage.order(order_id).short_id in said
    assert screen["order"]["payment"] == "unknown"
    stage.bench.act("terminal", "plug")
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    assert stage.bench.ledger()["terminal"][order_id]["charges"] == 1


def test_a_kiosk_killed_while_the_money_is_unknown_comes_back_and_finds_out(stage: Stage) -> None:
    """Killed, started again, a slip taken: scanned later, it tells the outcome without a name."""
    bill = stage.bill(8_800)
    order_id = stage.ask_to_pay(bill)
    stage.tap_card()
    stage.bench.act("terminal", "unplug")
    stage.kiosk.on("unknown")
    stage.kiosk.kill()
    stage.kiosk.start()
    assert stage.kiosk.on("unknown")["order"]["id"] == order_id
    slip = stage.leave_with_slip()
    assert "付款结果确认中" in stage.paper()
    assert "这一笔还在确认" in stage.find(slip)
    stage.bench.act("terminal", "plug")
    stage.closed(order_id)
    said = stage.find(slip)
    assert "缴好了" in said
    assert "¥ 88.00" in said
    assert "某" not in said
    assert bill.account not in said
    assert stage.bench.ledger()["terminal"][order_id]["charges"] == 1
