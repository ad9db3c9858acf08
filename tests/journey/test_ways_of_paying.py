"""Every way of paying, and every way of not paying after all."""

from __future__ import annotations

import pytest

from kiosk.core.visit.steps import NoteCode
from tests.journey.eyes import shows_code
from tests.journey.stage import Stage, enabled, rows, shown

pytestmark = [pytest.mark.window, pytest.mark.long]


def test_a_phone_pays_at_the_terminal(stage: Stage) -> None:
    order_id = stage.ask_to_pay(stage.bill(2_500))
    stage.bench.act("terminal", "show_code", method="WeChatPay")
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    assert stage.order(order_id).payment.facts is not None
    assert "刷卡机" in stage.paper()


def test_a_coupon_is_on_the_receipt_beside_what_was_asked(stage: Stage) -> None:
    stage.bench.fault("terminal", "coupon", fen=200)
    order_id = stage.ask_to_pay(stage.bill(6_000))
    stage.tap_card()
    assert stage.kiosk.on("result")["order"]["payment"] == "paid"
    row = stage.bench.ledger()["terminal"][order_id]
    assert (row["charged_fen"], row["coupon_fen"]) == (5_800, 200)
    paper = stage.paper()
    assert "60.00" in paper
    assert "优惠后实付" in paper
    assert "58.00" in paper


@pytest.mark.parametrize(("means", "name"), [("wechat", "微信"), ("alipay", "支付宝")])
def test_a_phone_scans_the_code_on_the_screen(
    stage: Stage, display: str, means: str, name: str
) -> None:
    order_id = stage.ask_to_pay(stage.bill(3_300), means=means)
    screen = stage.kiosk.on("pay")
    assert name in stage.kiosk.everything()
    code = shown(screen, "pay.code")
    assert code is not None
    assert shows_code(display, code["box"], stage.code_of(order_id))
    stage.bench.act("qr_payment", "pay", order_no=order_id)
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    assert name in stage.paper()
    assert [x["charges"] for x in stage.bench.ledger()[means] if x["order_no"] == order_id] == [1]


def test_a_phone_that_scans_and_walks_away_pays_nothing(stage: Stage) -> None:
    order_id = stage.ask_to_pay(stage.bill(3_400), means="alipay")
    stage.bench.act("qr_payment", "decline", order_no=order_id)
    stage.kiosk.touch("order.cancel")
    assert stage.kiosk.on("result")["order"]["payment"] == "not_paid"
    assert "没有付款" in stage.kiosk.everything()
    with pytest.raises(OSError, match=r"closed or paid|no such open order"):
        stage.bench.act("qr_payment", "pay", order_no=order_id)


def test_the_bank_declines_and_the_resident_pays_with_another_card(stage: Stage) -> None:
    bill, before = stage.bill(2_700), stage.charges()
    first = stage.ask_to_pay(bill)
    stage.bench.act("terminal", "decline", code="51")
    assert stage.kiosk.on("result")["order"]["payment"] == "not_paid"
    said = stage.kiosk.everything()
    assert "这次没有付成" in said
    assert "您的钱没有扣" in said
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    stage.pay_by_card(bill)
    assert stage.charges() == before + 1
    assert stage.order(first).payment.facts is None


def test_declined_and_paid_again_without_scanning_again(stage: Stage) -> None:
    before = stage.charges()
    first = stage.ask_to_pay(stage.bill(2_710), stage.bill(1_320, "SH-WATER"))
    stage.bench.act("terminal", "decline", code="51")
    stage.kiosk.on("result")
    assert stage.order(first).short_id in stage.kiosk.everything()
    stage.kiosk.touch("order.again")
    stage.kiosk.on("confirm")
    assert "¥ 40.30" in stage.kiosk.everything()
    second = stage.choose()
    stage.tap_card()
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted", "posted"]
    assert second != first
    assert stage.charges() == before + 1
    assert stage.order(first).closed


def test_a_payment_code_at_the_scanner_is_told_where_to_go(stage: Stage) -> None:
    stage.confirm(stage.bill(2_720))
    stage.scan("134567890123456789")
    stage.told(NoteCode.CODE_BEFORE_CHOICE)
    stage.choose()
    stage.scan("134567890123456789")
    stage.told(NoteCode.CODE_FOR_TERMINAL)
    assert "134567890123456789" not in stage.kiosk.log.read_text()
    stage.tap_card()
    stage.kiosk.on("result")
    stage.scan(stage.bill(1_330, "SH-WATER").code)
    stage.kiosk.on("bills")


def test_cancelled_on_the_screen(stage: Stage) -> None:
    before = stage.charges()
    order_id = stage.ask_to_pay(stage.bill())
    stage.kiosk.touch("order.cancel")
    assert stage.kiosk.on("result")["order"]["payment"] == "not_paid"
    assert "已经取消，没有付款" in stage.kiosk.everything()
    assert stage.bench.state("terminal")["sale"] is None
    assert stage.charges() == before
    assert stage.order(order_id).closed


def test_cancelled_at_the_terminal(stage: Stage) -> None:
    before = stage.charges()
    stage.ask_to_pay(stage.bill())
    stage.bench.act("terminal", "cancel")
    assert stage.kiosk.on("result")["order"]["payment"] == "not_paid"
    assert "已经取消，没有付款" in stage.kiosk.everything()
    assert stage.charges() == before


def test_a_card_tapped_in_the_moment_of_the_cancel_is_paid_not_lost(stage: Stage) -> None:
    """Whoever is first, the books and the screen say the same."""
    order_id = stage.ask_to_pay(stage.bill(1_900))
    stage.tap_card()
    stage.kiosk.touch("order.cancel")
    screen = stage.kiosk.on("result")
    charged = stage.bench.ledger()["terminal"][order_id]["charges"]
    assert screen["order"]["payment"] == ("paid" if charged else "not_paid")
    assert charged == 1
    assert screen["order"]["lines"] == ["posted"]


def test_a_prepaid_account_is_topped_up(stage: Stage) -> None:
    kiosk = stage.kiosk
    before = stage.bench.state("biller")["balances"]["8000000001"]
    kiosk.touch("home.pay_bill")
    kiosk.touch("bill.kind.electric")
    screen = kiosk.on("institution")
    names = [x["text"] for x in screen["widgets"] if x["id"].startswith("bill.institution.")]
    assert names == ["电力", "预付费电"]
    kiosk.touch("bill.institution.SH-PREPAID")
    kiosk.on("account")
    for digit in "8000000001":
        kiosk.touch(f"digits.key.{digit}")
    kiosk.wait_for(
        lambda x: (shown(x, "account.digits") or {}).get("text") == "8000 0000 01", "ten digits"
    )
    kiosk.touch("digits.done")
    kiosk.on("topup")
    assert "曹**" in kiosk.everything()
    kiosk.touch("topup.amount.5000")
    kiosk.on("confirm")
    stage.choose()
    stage.tap_card()
    assert kiosk.on("result")["order"]["lines"] == ["posted"]
    assert stage.bench.state("biller")["balances"]["8000000001"] == before + 5_000
    assert "50.00" in stage.paper()


def test_of_several_bills_only_the_chosen_are_paid(stage: Stage) -> None:
    kiosk = stage.kiosk
    kept, left = stage.bill(3_000), stage.bill(4_000, "SH-WATER")
    assert len(rows(stage.list_bills(kept, left))) == 2
    assert kiosk.text("bills.count") == "一共付 2 笔"
    assert kiosk.text("bills.amount") == "¥ 70.00"
    for row, count in ((0, 1), (1, 0)):
        kiosk.touch(f"bills.row.{row}")
        kiosk.wait_for(
            lambda x, n=count: (shown(x, "bills.count") or {})["text"] == f"一共付 {n} 笔", "less"
        )
    assert not enabled(kiosk.settled(), "bills.pay")
    kiosk.touch("bills.row.0")
    kiosk.wait_for(lambda x: (shown(x, "bills.amount") or {})["text"] == "¥ 30.00", "one bill")
    kiosk.touch("bills.pay")
    kiosk.on("confirm")
    order_id = stage.choose()
    stage.tap_card()
    kiosk.on("result")
    assert [x.bill.account for x in stage.order(order_id).lines] == [kept.account]
    owed = [x["account"] for x in stage.bench.state("biller")["debts"]]
    assert left.account in owed
    assert kept.account not in owed
