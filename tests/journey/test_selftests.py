"""A technician tests everything by real touches, on machines that really answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from kiosk.core.visit.tech_test_steps import COLOURS, POINTS
from kiosk.core.visit.tech_tests import GOODS_TESTED
from tests.journey.staff import PINS, ask_for, notes, type_pin
from tests.journey.stage import Stage

pytestmark = pytest.mark.window

ON_THE_SCALE = ("去皮", "500 克砝码")
"""What lies there before the test begins; cards and codes are held there while it runs."""


def to_the_tests(stage: Stage) -> None:
    """From the home screen to the list of self-tests."""
    ask_for(stage, "technician")
    type_pin(stage, PINS["technician"])
    stage.kiosk.on("tech_overview")
    stage.kiosk.touch("tech.tests")
    stage.kiosk.on("tech_tests")
    stage.kiosk.widget("tests.all")


def turn_to(stage: Stage, widget_id: str) -> None:
    """Turn the list's pages to the one with this row."""
    screen = stage.kiosk.settled()
    while not any(w["id"] == widget_id for w in screen["widgets"]):
        stage.kiosk.touch("tech.more")
        screen = stage.kiosk.wait_for(
            lambda x, screen=screen: x["version"] != screen["version"], "the next page"
        )


def leave(stage: Stage) -> None:
    stage.kiosk.touch("tech.leave")
    stage.kiosk.on("home")


def running(stage: Stage) -> None:
    """Wait until the machine has been asked."""
    stage.kiosk.wait_for(lambda _: "正在测" in stage.kiosk.everything(), "the test to run")


def touch_the_crosses(stage: Stage, off: float = 0.0) -> None:
    """Touch each cross; ``off``: so far beside it, as a share of the width."""
    width, height = 1080, 1920
    for number, (x, y) in enumerate(POINTS, start=1):
        stage.kiosk.wait_for(
            lambda screen, number=number: any(
                w["text"].endswith(f"{number}/{len(POINTS)}") for w in screen["widgets"]
            ),
            f"cross {number}",
        )
        stage.kiosk.finger.touch(round((x + off) * width), round(y * height))
    stage.kiosk.wait_for(lambda x: x["screen"] != "tech_touch", "the end of the crosses")


def look_at_the_colours(stage: Stage) -> None:
    for colour in COLOURS:
        stage.kiosk.wait_for(
            lambda screen, colour=colour: any(
                w["id"] == "colours.next" and w["text"] == colour for w in screen["widgets"]
            ),
            colour,
        )
        stage.kiosk.touch("colours.next")
    stage.kiosk.wait_for(lambda x: x["screen"] != "tech_colours", "the end of the colours")


def test_everything_in_one_guided_run_ends_in_a_report(stage: Stage) -> None:
    kiosk, bench = stage.kiosk, stage.bench
    helps: dict[str, Callable[[], object]] = {
        "扫一个码": lambda: bench.act("scanner", "scan", code="6901234567892"),
        "读一张卡": lambda: bench.act("id_reader", "lay"),
        "去皮": lambda: bench.act("rice_mill", "weight", grams=20),
        "500 克砝码": lambda: bench.act("rice_mill", "weight", grams=500),
    }
    papers = len(bench.receipts())
    to_the_tests(stage)
    began = time.monotonic()
    kiosk.touch("tests.all")
    while True:
        screen = kiosk.wait_for(
            lambda x: (
                x["screen"] in ("tech_touch", "tech_colours", "tech_tested")
                or any(w["id"] in ("test.ready", "test.good") for w in x["widgets"])
            ),
            "something to do",
        )
        title = next((w["text"] for w in screen["widgets"] if w["role"] == "heading"), "")
        offered = {w["id"] for w in screen["widgets"]}
        if screen["screen"] == "tech_touch":
            touch_the_crosses(stage)
        elif screen["screen"] == "tech_colours":
            look_at_the_colours(stage)
        elif screen["screen"] == "tech_tested":
            break
        else:
            if title in ON_THE_SCALE:
                helps[title]()
            kiosk.touch("test.ready" if "test.ready" in offered else "test.good")
            if "test.ready" in offered and title in helps and title not in ON_THE_SCALE:
                running(stage)
                helps[title]()
        kiosk.wait_for(lambda x, screen=screen: x["version"] != screen["version"], "the next step")
    took = time.monotonic() - began
    print(f"the guided run took {took:.0f} s")
    kiosk.wait_for(lambda _: "报告打印好了" in kiosk.everything(), "a printed report")
    kiosk.wait_for(lambda _: "报告存好了" in kiosk.everything(), "a saved report")
    folder = stage.cabin.folder / "data" / "selftests"
    told = json.loads(max(folder.glob("*.json")).read_text())
    assert {x["id"]: x["verdict"] for x in told["results"] if x["verdict"] != "passed"} == {}
    assert told["counts"]["passed"] >= 20
    assert kiosk.text("tech_tested.heading") == "全部通过"
    assert len(bench.receipts()) == papers + 2, "the sample and the report"
    assert "自检报告" in stage.paper()
    assert "打印样张" in stage.paper()
    leave(stage)


@pytest.mark.long
def test_a_machine_that_fails_is_named_with_what_to_do(stage: Stage) -> None:
    kiosk, bench = stage.kiosk, stage.bench
    bench.act("receipt_printer", "paper_out")
    kiosk.wait_for(lambda x: x["devices"]["receipt_printer"][0] == "unavailable", "no paper")
    to_the_tests(stage)
    kiosk.touch("tests.one.receipt_printer.status")
    kiosk.on("tech_tested")
    assert kiosk.text("tech_tested.heading") == "1 项没有通过"
    assert "怎么办" in kiosk.everything()
    bench.act("receipt_printer", "paper_in")
    kiosk.wait_for(lambda x: x["devices"]["receipt_printer"][0] == "ready", "paper")
    kiosk.touch("tested.again")
    kiosk.wait_for(lambda _: kiosk.text("tech_tested.heading") == "全部通过", "all good")
    leave(stage)


@pytest.mark.long
def test_a_panel_that_is_off_is_measured_and_kept(stage: Stage) -> None:
    kiosk = stage.kiosk
    to_the_tests(stage)
    turn_to(stage, "tests.one.screen.touch")
    kiosk.touch("tests.one.screen.touch")
    kiosk.on("tech_touch")
    touch_the_crosses(stage, off=0.03)
    kiosk.on("tech_tested")
    assert kiosk.text("tech_tested.heading") == "1 项没有通过"
    path = stage.cabin.folder / "data" / "touch.json"
    stage.until(path.exists, "the calibration")
    kept = json.loads(path.read_text())
    assert 7 < kept["worst_mm"] < 9, "three per cent of the width"
    (_, _, across), (_, _, down) = kept["matrix"]
    assert across == pytest.approx(-0.03, abs=0.002)
    assert down == pytest.approx(0, abs=0.002)
    leave(stage)


@pytest.mark.long
def test_a_test_that_is_left_is_taken_back(stage: Stage) -> None:
    kiosk = stage.kiosk
    to_the_tests(stage)
    kiosk.touch("tests.one.scanner.read")
    kiosk.touch("test.ready")
    running(stage)
    kiosk.touch("tech.back")
    kiosk.on("tech_tests")
    kiosk.touch("tests.one.scanner.read")  # the lane is free again
    kiosk.touch("test.ready")
    running(stage)
    stage.bench.act("scanner", "scan", code="6901234567892")
    kiosk.on("tech_tested")
    assert kiosk.text("tech_tested.heading") == "全部通过"
    assert "6901234567892" not in kiosk.everything()
    leave(stage)


@pytest.mark.long
def test_a_booklet_comes_and_goes_back_and_the_journal_has_it(stage: Stage) -> None:
    kiosk = stage.kiosk
    binned = stage.bench.state("booklet_dispenser")["bin"]
    to_the_tests(stage)
    turn_to(stage, "tests.one.booklet_dispenser.dispense")
    kiosk.touch("tests.one.booklet_dispenser.dispense")
    kiosk.wait_for(lambda _: "会出东西" in kiosk.everything(), "a warning")
    assert notes(stage, GOODS_TESTED) == []
    kiosk.touch("test.ready")
    running(stage)
    assert notes(stage, GOODS_TESTED) == [f"{GOODS_TESTED} technician"]
    kiosk.touch("test.good")  # waits for the question
    kiosk.on("tech_tested")
    assert kiosk.text("tech_tested.heading") == "全部通过"
    assert stage.bench.state("booklet_dispenser")["bin"] == binned + 1
    leave(stage)
