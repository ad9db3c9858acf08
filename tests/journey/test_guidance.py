"""Wrong codes, help, somebody to call, and the hands that can't reach so high."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.barcodes import slip_code
from kiosk.core.visit.steps import NoteCode
from tests.journey.stage import Stage, shown

pytestmark = [pytest.mark.window, pytest.mark.long]

WECHAT_CODE = "13" + "0" * 14 + "47"
ALIPAY_CODE = "28" + "0" * 13 + "471"


def everything_written(stage: Stage) -> list[Path]:
    """Every file the kiosk writes, its log among them."""
    data = stage.cabin.folder / "data"
    return [stage.kiosk.log, *(x for x in data.rglob("*") if x.is_file())]


def test_an_unknown_barcode_leads_to_the_digit_pad(stage: Stage) -> None:
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.scan("6901234567892")
    stage.told(NoteCode.UNKNOWN_CODE)
    assert shown(stage.kiosk.settled(), "bill.picture") is not None
    stage.kiosk.touch("bill.kind.gas")
    stage.kiosk.on("account")


@pytest.mark.parametrize("code", [WECHAT_CODE, ALIPAY_CODE])
def test_a_payment_code_at_the_wrong_reader_gets_a_sentence_and_is_never_kept(
    stage: Stage, code: str
) -> None:
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.scan(code)
    stage.told(NoteCode.PAYMENT_CODE_HERE)
    assert "没有扣钱" in stage.kiosk.everything()
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")
    stage.go_to_find()
    stage.scan(code)
    stage.told(NoteCode.PAYMENT_CODE_HERE)
    files = everything_written(stage)
    assert any(x.name == "journal.sqlite" for x in files)
    assert stage.kiosk.log in files
    assert [x.name for x in files if code.encode() in x.read_bytes()] == []


def test_a_damaged_bill_is_no_other_bill(stage: Stage) -> None:
    """One digit misread: the check digit tells, nobody else's account is asked for."""
    code = stage.bill().code
    wrong = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.scan(wrong)
    stage.told(NoteCode.UNKNOWN_CODE)


def test_a_slip_of_nobody_and_a_bill_are_no_slips(stage: Stage) -> None:
    stage.go_to_find()
    stage.scan(slip_code("38012601010000100000"))
    stage.told(NoteCode.NO_SUCH_ORDER)
    stage.scan("6901234567892")
    stage.told(NoteCode.NOT_A_SLIP)


def test_a_bill_or_a_slip_works_from_the_home_screen_too(stage: Stage) -> None:
    stage.scan(stage.bill(1_200).code)
    stage.kiosk.on("bills")
    stage.kiosk.touch("bills.pay")
    stage.kiosk.on("confirm")
    stage.choose()
    stage.tap_card()
    stage.kiosk.on("result")
    slip = stage.slip_code()
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    stage.scan(slip)
    stage.kiosk.on("found")


def test_help_covers_a_screen_and_gives_it_back(stage: Stage) -> None:
    stage.list_bills(stage.bill(1_300))
    before = stage.kiosk.everything()
    stage.kiosk.touch("nav.help")
    stage.kiosk.on("help")
    assert "打勾的账单就是这次要付的" in stage.kiosk.everything()
    stage.kiosk.touch("help.close")
    stage.kiosk.on("bills")
    assert stage.kiosk.everything() == before


def test_help_while_paying_does_not_stop_the_payment(stage: Stage) -> None:
    stage.ask_to_pay(stage.bill(1_400))
    stage.kiosk.touch("nav.help")
    stage.kiosk.on("help")
    stage.tap_card()
    stage.kiosk.wait_for(
        lambda x: x["order"] is not None and x["order"]["paper"] == "printed", "paid and printed"
    )
    if stage.kiosk.settled()["screen"] == "help":
        stage.kiosk.touch("help.close")
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]


def test_a_call_for_help_stands_in_the_journal_once(stage: Stage) -> None:
    def calls() -> int:
        return sum(x.get("kind") == "HelpAsked" for x in stage.exported())

    before = calls()
    stage.kiosk.touch("home.call_person")
    stage.kiosk.on("call")
    said = stage.kiosk.everything()
    for part in ("居委会", "021-0000 0001", "8:30–17:30", "示例路380弄"):
        assert part in said
    stage.kiosk.touch("call.ask")
    stage.kiosk.wait_for(lambda _: "已经告诉工作人员" in stage.kiosk.everything(), "told")
    assert shown(stage.kiosk.settled(), "call.ask") is None
    assert calls() == before + 1


def test_lower_brings_everything_into_reach_until_the_person_has_gone(stage: Stage) -> None:
    def top_of(widget_id: str) -> int:
        found = shown(stage.kiosk.settled(), widget_id)
        assert found is not None
        return int(found["box"][1])

    high = top_of("home.pay_bill")
    stage.kiosk.touch("nav.lower")
    stage.kiosk.wait_for(lambda x: (shown(x, "nav.lower") or {})["text"] == "高一点", "lower")
    assert top_of("home.pay_bill") > high
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.touch("bill.kind.water")
    stage.kiosk.on("account")
    low_pad = top_of("digits.key.1")
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")
    assert top_of("home.pay_bill") > high, "whoever wants another service keeps it"
    stage.until(lambda: top_of("home.pay_bill") == high, "whoever it was has gone")
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.touch("bill.kind.water")
    stage.kiosk.on("account")
    assert top_of("digits.key.1") < low_pad
