"""The terminal fails around the payment; what nobody knows is never called failed."""

from __future__ import annotations

import pytest

from kiosk.core.visit.steps import NoteCode
from tests.journey.stage import Stage, enabled, rows, shown

pytestmark = [pytest.mark.window, pytest.mark.long]

SETTINGS = {"terminal_payment": 15}


def lose_the_answer(stage: Stage, fen: int = 5_500) -> tuple[str, str]:
    """A card is tapped and the cable pulled: the kiosk can't know. Returns order and bill code."""
    bill = stage.bill(fen)
    order_id = stage.ask_to_pay(bill)
    stage.tap_card()
    stage.bench.act("terminal", "unplug")
    stage.kiosk.on("unknown")
    return order_id, bill.code


def test_a_cable_pulled_before_the_card_costs_nothing(stage: Stage) -> None:
    """The terminal has been told to sell: only when it is back is it certain that it didn't."""
    before = stage.charges()
    order_id = stage.ask_to_pay(stage.bill())
    stage.bench.act("terminal", "unplug")
    stage.kiosk.on("unknown")
    assert "请不要再付一次" in stage.kiosk.everything()
    stage.bench.act("terminal", "plug")
    assert stage.kiosk.on("result")["order"]["payment"] == "not_paid"
    assert "您的钱没有扣" in stage.kiosk.everything()
    assert stage.charges() == before
    assert stage.order(order_id).closed


def test_a_terminal_that_charges_and_never_answers(stage: Stage) -> None:
    stage.bench.fault("terminal", "no_answer")
    order_id = stage.ask_to_pay(stage.bill(4_800))
    stage.tap_card()
    screen = stage.kiosk.on("result")
    assert screen["order"]["lines"] == ["posted"]
    assert stage.bench.ledger()["terminal"][order_id]["charges"] == 1


def test_a_terminal_that_reboots_after_charging(stage: Stage) -> None:
    stage.bench.fault("terminal", "crash_after_charge", seconds=20)
    order_id = stage.ask_to_pay(stage.bill(4_900))
    stage.tap_card()
    screen = stage.kiosk.on("unknown", "result")
    assert "失败" not in stage.kiosk.everything()
    screen = stage.kiosk.on("result")
    assert screen["order"]["lines"] == ["posted"]
    assert stage.bench.ledger()["terminal"][order_id]["charges"] == 1


def test_an_answer_that_comes_twice_posts_once(stage: Stage) -> None:
    stage.bench.fault("terminal", "duplicate_answer")
    order_id = stage.ask_to_pay(stage.bill(4_300))
    stage.tap_card()
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    posted = [x for x in stage.bench.ledger()["biller"] if x["order_no"].startswith(order_id)]
    assert [x["posted_fen"] for x in posted] == [4_300]


def test_a_bill_whose_payment_is_unknown_is_locked(stage: Stage) -> None:
    order_id, code = lose_the_answer(stage)
    stage.leave_with_slip()
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.scan(code)
    screen = stage.kiosk.on("bills")
    assert [x["enabled"] for x in rows(screen)] == [False]
    said = stage.kiosk.everything()
    assert "上次付款还在确认" in said
    stage.told(NoteCode.BILL_LOCKED)
    assert not enabled(stage.kiosk.settled(), "bills.pay")
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")
    stage.bench.act("terminal", "plug")
    stage.closed(order_id)
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.scan(code)
    stage.told(NoteCode.NO_DEBT, "电力")


def test_the_next_resident_pays_by_phone_while_the_terminal_is_locked(stage: Stage) -> None:
    first, _ = lose_the_answer(stage)
    slip = stage.leave_with_slip()
    screen = stage.confirm(stage.bill(2_200, "SH-GAS"))
    assert not enabled(screen, "confirm.pay.terminal")
    second = stage.choose("wechat")
    stage.bench.act("qr_payment", "pay", order_no=second)
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    stage.bench.act("terminal", "plug")
    stage.closed(first)
    assert "缴好了" in stage.find(slip)


def test_the_terminal_stays_locked_after_it_is_back_until_the_outcome_is_known(
    stage: Stage,
) -> None:
    """A terminal that answers again, but not on that order yet, sells to nobody."""
    order_id, _ = lose_the_answer(stage)
    stage.bench.fault("terminal", "silent", count=None)
    stage.bench.act("terminal", "plug")
    stage.leave_with_slip()
    screen = stage.confirm(stage.bill(2_300))
    assert not enabled(screen, "confirm.pay.terminal")
    assert enabled(screen, "confirm.pay.alipay")
    stage.bench.clear_faults()
    stage.closed(order_id)
    stage.kiosk.widget("confirm.pay.terminal")
    stage.choose()
    stage.tap_card()
    stage.kiosk.on("result")


def test_whoever_waits_at_the_screen_sees_the_outcome_come(stage: Stage) -> None:
    """我再等等 does no harm: the screen goes on asking by itself."""
    lose_the_answer(stage)
    stage.kiosk.touch("order.wait")
    assert stage.kiosk.on("unknown")["order"]["payment"] == "unknown"
    assert shown(stage.kiosk.settled(), "unknown.number") is not None
    stage.bench.act("terminal", "plug")
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]


def test_whoever_reads_their_slip_at_the_screen_sees_the_outcome_come(stage: Stage) -> None:
    lose_the_answer(stage)
    slip = stage.leave_with_slip()
    stage.go_to_find()
    stage.scan(slip)
    stage.kiosk.on("found")
    assert "这一笔还在确认" in stage.kiosk.everything()
    stage.bench.act("terminal", "plug")
    stage.kiosk.wait_for(lambda _: "缴好了" in stage.kiosk.everything(), "the outcome")
    stage.kiosk.touch("found.done")
    stage.kiosk.on("home")


def test_whoever_does_not_know_what_to_do_finds_people_and_comes_back(stage: Stage) -> None:
    order_id, _ = lose_the_answer(stage)
    stage.kiosk.touch("nav.help")
    stage.kiosk.touch("help.call_person")
    screen = stage.kiosk.on("call")
    assert shown(screen, "nav.home") is None, "nobody is led away from it by mistake"
    stage.kiosk.touch("call.ask")
    stage.kiosk.wait_for(lambda _: "您的单号也写上了" in stage.kiosk.everything(), "told")
    stage.kiosk.touch("nav.back")
    assert stage.kiosk.on("unknown")["order"]["id"] == order_id
    stage.bench.act("terminal", "plug")
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
