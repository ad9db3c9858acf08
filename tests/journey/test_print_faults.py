"""What goes wrong with printing, and what its user sees of it."""

from __future__ import annotations

import pytest

from tests.journey.printing import (
    PHONE,
    PRINTER,
    STICK,
    await_phone,
    come_out,
    confirm_print,
    done,
    no_paper,
    open_file,
    pay_for_pages,
    send,
    visit_files,
)
from tests.journey.stage import Stage, enabled, shown

pytestmark = [pytest.mark.window, pytest.mark.long]


def says(stage: Stage, words: str) -> None:
    stage.kiosk.wait_for(lambda _: words in stage.kiosk.everything(), words)


def test_a_photo_from_a_stick_that_is_plugged_in_when_asked_for(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.touch("home.print")
    kiosk.on("print_source")
    kiosk.touch("print.stick")
    kiosk.on("print_files")
    says(stage, "请插U盘")
    stage.bench.act(STICK, "plug")
    screen = kiosk.wait_for(lambda x: shown(x, "print.file.0") is not None, "the files")
    row = next(x for x in screen["widgets"] if "全家福.jpg" in x["text"])
    kiosk.touch(row["id"])
    kiosk.on("print_document")
    kiosk.touch("print.change")
    kiosk.on("print_change")
    kiosk.touch("print.colour")
    kiosk.wait_for(lambda _: "¥ 1.00" in kiosk.everything(), "the price of colour")
    kiosk.touch("print.changed")
    kiosk.on("print_document")
    kiosk.touch("nav.home")
    kiosk.on("home")
    stage.bench.act(STICK, "unplug")


def test_a_stick_that_is_pulled(stage: Stage) -> None:
    stage.bench.act(STICK, "plug")
    stage.kiosk.touch("home.print")
    stage.kiosk.on("print_source")
    stage.kiosk.touch("print.stick")
    stage.kiosk.wait_for(lambda x: shown(x, "print.file.0") is not None, "the files")
    stage.bench.act(STICK, "unplug")
    stage.kiosk.touch("print.file.0")
    stage.kiosk.on("print_source")
    says(stage, "U盘读不到了")


def test_a_file_with_a_password_gets_its_sentence(stage: Stage) -> None:
    await_phone(stage)
    send(stage, "encrypted")
    stage.kiosk.on("print_source")
    says(stage, "这个文件有密码")
    stage.kiosk.touch("print.phone")
    stage.kiosk.on("print_upload")


def test_a_broken_file_gets_its_sentence(stage: Stage) -> None:
    await_phone(stage)
    send(stage, "broken")
    stage.kiosk.on("print_source")
    says(stage, "这个文件打不开")


def test_without_the_relay_there_is_still_the_stick(stage: Stage) -> None:
    stage.bench.act(PHONE, "unplug")
    stage.kiosk.touch("home.print")
    stage.kiosk.on("print_source")
    stage.kiosk.touch("print.phone")
    says(stage, "现在收不到手机传的文件")
    screen = stage.kiosk.wait_for(lambda x: not enabled(x, "print.phone"), "a grey way")
    assert enabled(screen, "print.stick")
    stage.bench.act(PHONE, "plug")
    stage.kiosk.wait_for(lambda x: enabled(x, "print.phone"), "it is back")


def test_no_paper_shows_before_anybody_pays(stage: Stage) -> None:
    charges = stage.charges()
    open_file(stage)
    confirm_print(stage)
    no_paper(stage)
    stage.kiosk.wait_for(lambda x: x["devices"][PRINTER][0] == "unavailable", "no paper")
    stage.kiosk.touch("confirm_goods.pay.terminal")
    stage.kiosk.on("out_of_service")
    assert "打印机没有纸了" in stage.kiosk.everything()
    stage.kiosk.touch("nav.home")
    screen = stage.kiosk.on("home")
    assert not enabled(screen, "home.print")
    assert stage.charges() == charges


def test_paper_that_comes_back_goes_on_by_itself(stage: Stage) -> None:
    stage.bench.act(PRINTER, "speed", pages=20)
    order_id = pay_for_pages(stage)
    come_out(stage, 1)
    no_paper(stage)
    stage.kiosk.wait_for(lambda x: shown(x, "pages.stop") is not None, "a way out")
    stage.bench.act(PRINTER, "load")
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    done(stage)
    assert stage.order(order_id).payment_word == "paid"


def test_a_jam_and_going_home_pays_the_rest_back(stage: Stage) -> None:
    stage.bench.act(PRINTER, "speed", pages=20)
    order_id = pay_for_pages(stage)
    stage.bench.fault(PRINTER, "jam")
    stage.kiosk.wait_for(lambda x: shown(x, "pages.stop") is not None, "a way out")
    says(stage, "卡纸了")
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")
    order = stage.closed(order_id)
    assert order.payment_word == "refunded"
    assert stage.bench.state(PRINTER)["waiting"] == 0


def test_an_answer_lost_while_the_document_goes_out(stage: Stage) -> None:
    open_file(stage)
    confirm_print(stage)
    stage.bench.fault(PRINTER, "answer_lost", operation="Send-Document", count=1)
    stage.kiosk.touch("confirm_goods.pay.terminal")
    order_id = str(stage.kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.tap_card()
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    assert stage.order(order_id).goods[0].given == 3
    done(stage)


def test_killed_while_pages_come_out(stage: Stage) -> None:
    stage.bench.act(PRINTER, "speed", pages=20)
    order_id = pay_for_pages(stage)
    come_out(stage, 1)
    assert visit_files(stage)
    stage.kiosk.kill()
    stage.kiosk.start()
    stage.until(lambda: not visit_files(stage), "what the killed one had left, wiped")
    order = stage.closed(order_id)
    assert order.goods[0].given == 3
    assert order.payment_word == "paid"
