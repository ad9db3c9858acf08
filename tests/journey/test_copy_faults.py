"""What goes wrong with copying, and what its user sees of it."""

from __future__ import annotations

import pytest

from tests.journey.copying import SCANNER, lay, says, scan_card, take_original, to_glass
from tests.journey.printing import visit_files
from tests.journey.stage import Stage, enabled

pytestmark = [pytest.mark.window, pytest.mark.long]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("cover_open", "盖子没有盖好"),
        ("busy", "扫描的机器正忙"),
        ("jam", "扫描的机器卡住了"),
        ("half", "这一面没有扫完整"),
        ("half_quiet", "这一面没有扫完整"),
    ],
)
def test_a_fault_gets_its_sentence_and_the_next_touch_succeeds(
    stage: Stage, kind: str, words: str
) -> None:
    to_glass(stage, "copy.page")
    lay(stage, "page")
    stage.bench.fault(SCANNER, kind, count=1)
    stage.kiosk.touch("copy.start")
    says(stage, words)
    assert "您的钱没有扣" in stage.kiosk.everything()
    stage.kiosk.touch("copy.start")
    stage.kiosk.on("print_document")
    stage.kiosk.touch("nav.home")
    take_original(stage)


def test_a_scanner_that_hangs_is_left_with_back(stage: Stage) -> None:
    to_glass(stage, "copy.page")
    stage.bench.fault(SCANNER, "hangs", count=1)
    stage.kiosk.touch("copy.start")
    stage.kiosk.on("print_scanning")
    stage.bench.until(SCANNER, lambda state: bool(state["scanning"]))  # it is this scan that hangs
    stage.kiosk.touch("nav.back")
    stage.kiosk.on("print_copy")
    stage.kiosk.touch("nav.home")
    take_original(stage)
    assert not visit_files(stage)
    scan_card(stage)
    stage.kiosk.touch("nav.home")
    take_original(stage)


def test_a_cable_pulled_while_it_scans(stage: Stage) -> None:
    to_glass(stage, "copy.page")
    stage.bench.fault(SCANNER, "hangs", count=1)
    stage.kiosk.touch("copy.start")
    stage.kiosk.on("print_scanning")
    stage.bench.until(SCANNER, lambda state: bool(state["scanning"]))
    stage.bench.act(SCANNER, "unplug")
    stage.kiosk.on("print_lay")
    assert "您的钱没有扣" in stage.kiosk.everything()
    stage.kiosk.wait_for(lambda x: x["devices"][SCANNER][0] == "unavailable", "it is gone")
    stage.kiosk.touch("nav.back")
    stage.kiosk.on("print_copy")
    stage.kiosk.touch("nav.back")
    screen = stage.kiosk.on("print_source")
    assert not enabled(screen, "print.copy")
    says(stage, "扫描的机器没接上")
    stage.bench.act(SCANNER, "plug")
    stage.kiosk.wait_for(lambda x: enabled(x, "print.copy"), "it is back")
    stage.kiosk.touch("nav.home")
    take_original(stage)


def test_a_kiosk_that_was_killed_asks_for_the_original_when_it_is_back(stage: Stage) -> None:
    scan_card(stage)
    assert visit_files(stage)
    stage.kiosk.kill()
    stage.kiosk.start()
    take_original(stage)
    assert not visit_files(stage)
    stage.kiosk.kill()
    stage.kiosk.start()
    stage.kiosk.on("home")
