"""Copying as everybody does it: a real window, real touches, a real program before the scanner."""

from __future__ import annotations

import pytest

from tests.journey.copying import SCANNER, lay, scan_card, take_original, to_glass
from tests.journey.printing import PRINTER, confirm_print, visit_files
from tests.journey.stage import Stage

pytestmark = pytest.mark.window


def test_both_sides_of_a_card_come_onto_one_page_and_nothing_of_it_stays(stage: Stage) -> None:
    kiosk, before = stage.kiosk, int(stage.bench.state(PRINTER)["sides"])
    scan_card(stage)
    assert "身份证复印件" in kiosk.everything()
    assert "¥ 0.20" in kiosk.everything()
    assert visit_files(stage), "the search finds what is there"
    confirm_print(stage)
    kiosk.touch("confirm_goods.pay.terminal")
    order_id = str(kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.tap_card()
    screen = kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    assert int(stage.bench.state(PRINTER)["sides"]) - before == 1
    kiosk.touch("order.done")
    take_original(stage)
    stage.until(lambda: not visit_files(stage), "no file of the visit")
    assert stage.order(order_id).closed
    assert "身份证" not in str(stage.exported()), "the journal knows pages, not what is on them"
    data = [x.read_bytes() for x in (stage.cabin.folder / "data").rglob("*") if x.is_file()]
    assert data
    assert not any(b"\x89PNG" in x or b"/FlateDecode" in x for x in data)
    assert stage.bench.state(SCANNER)["scans"] >= 2


def test_whoever_goes_home_before_anything_was_scanned_is_told_too(stage: Stage) -> None:
    to_glass(stage)
    lay(stage, "card_front")
    stage.kiosk.touch("nav.home")
    take_original(stage)
    assert not visit_files(stage)
