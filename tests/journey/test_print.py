"""Printing as everybody runs it: a real window, real touches, real wires, a real relay."""

from __future__ import annotations

import pytest

from tests.journey.printing import (
    PRINTER,
    come_out,
    confirm_print,
    done,
    no_paper,
    open_file,
    pay_for_pages,
    visit_files,
)
from tests.journey.stage import Stage, shown

pytestmark = pytest.mark.window


def test_a_phones_file_is_seen_changed_paid_and_printed(stage: Stage) -> None:
    kiosk, before = stage.kiosk, int(stage.bench.state(PRINTER)["sides"])
    open_file(stage)
    assert "¥ 0.60" in kiosk.everything()
    assert "体检报告.pdf" in kiosk.everything()
    kiosk.touch("print.next")
    kiosk.wait_for(
        lambda x: "2 / 3" in (shown(x, "print_document.place") or {}).get("text", ""), "page 2"
    )
    kiosk.touch("print.change")
    kiosk.on("print_change")
    kiosk.touch("print.sides")
    kiosk.wait_for(lambda _: "双面打印" in kiosk.everything(), "both sides")
    kiosk.touch("print.copies_more")
    kiosk.wait_for(lambda _: "2 份" in kiosk.everything(), "two copies")
    kiosk.touch("print.changed")
    kiosk.on("print_document")
    assert "¥ 1.10" in kiosk.everything()
    confirm_print(stage)
    assert "¥ 1.10" in kiosk.everything()
    kiosk.touch("confirm_goods.pay.terminal")
    order_id = str(kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.tap_card()
    screen = kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    assert int(stage.bench.state(PRINTER)["sides"]) - before == 6
    assert "双面" in stage.paper()
    assert "1.10" in stage.paper()
    assert visit_files(stage), "the search finds what is there"
    done(stage)
    stage.until(lambda: not visit_files(stage), "no file of the visit")
    assert stage.order(order_id).closed


def test_paper_runs_out_and_whoever_does_not_wait_gets_the_rest_back(stage: Stage) -> None:
    stage.bench.act(PRINTER, "speed", pages=20)
    order_id = pay_for_pages(stage)
    come_out(stage, 1)
    no_paper(stage)
    stage.kiosk.wait_for(lambda x: shown(x, "pages.stop") is not None, "a way out")
    assert "没有纸了" in stage.kiosk.everything()
    assert "您的钱不会少" in stage.kiosk.everything()
    stage.kiosk.touch("pages.stop")
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["partly"]
    order = stage.closed(order_id)
    given = order.goods[0].given
    assert 1 <= given < 3
    assert (order.payment_word, order.refunded_fen) == ("refunded", 60 - 20 * given)
    assert "退" in stage.paper()
    done(stage)
