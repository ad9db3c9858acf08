"""The clinic by real touches: a real window, the meter on a real wire."""

from __future__ import annotations

import re
import time

import pytest

from tests.journey.stage import Stage, shown

pytestmark = pytest.mark.window

SETTINGS = {"pause_s": 5}


def sit_down(stage: Stage, systolic: int = 128, diastolic: int = 79, pulse: int = 71) -> None:
    stage.bench.act("bp_meter", "person", systolic=systolic, diastolic=diastolic, pulse=pulse)


def to_arm(stage: Stage) -> None:
    stage.kiosk.touch("home.clinic")
    stage.kiosk.on("clinic_welcome")
    stage.kiosk.touch("clinic.begin")
    stage.kiosk.on("clinic_rest")
    stage.kiosk.touch("clinic.rested")
    stage.kiosk.on("clinic_arm")


def start(stage: Stage) -> None:
    """Start, and wait until the cuff presses."""
    stage.kiosk.touch("clinic.start")
    stage.kiosk.on("clinic_measuring")
    stage.bench.until("bp_meter", lambda x: x["pressure"] > 60)


def no_figures(stage: Stage, *figures: int) -> None:
    """The inspect socket names no value."""
    said = stage.kiosk.everything()
    assert not [x for x in figures if re.search(rf"(?<!\d){x}(?!\d)", said)], said


def to_result(stage: Stage) -> None:
    """One measurement, and no more wanted."""
    to_arm(stage)
    start(stage)
    stage.kiosk.on("clinic_pause")
    stage.kiosk.touch("clinic.enough")
    stage.kiosk.on("clinic_result")


def test_two_measurements_a_slip_and_a_code(stage: Stage) -> None:
    sit_down(stage, 148, 92, 71)
    to_arm(stage)
    start(stage)
    before = stage.kiosk.settled()["frame"]
    stage.kiosk.wait_for(lambda x: x["frame"] > before + 5, "a figure that moves")
    assert "大约还要" in stage.kiosk.everything()
    stage.kiosk.on("clinic_pause")
    no_figures(stage, 148, 92)
    start(stage)
    stage.kiosk.on("clinic_result")
    no_figures(stage, 148, 92, 71)
    assert "2024年修订" in stage.kiosk.everything()
    assert "不算诊断" in stage.kiosk.everything()
    papers = len(stage.bench.receipts())
    stage.kiosk.touch("clinic.print")
    stage.kiosk.wait_for(lambda x: "打好了" in str(x["widgets"]), "paper")
    assert len(stage.bench.receipts()) == papers + 1
    paper = stage.paper()
    assert "148" in paper
    assert "1 级高血压范围" in paper
    stage.kiosk.touch("clinic.code")
    assert shown(stage.kiosk.on("clinic_code"), "clinic_code.code") is not None
    stage.kiosk.touch("clinic.done")
    stage.kiosk.on("home")
    assert stage.bench.state("bp_meter")["results"] == 2
    log = stage.kiosk.log.read_text()
    assert "148/92" not in log
    data = stage.cabin.folder / "data"
    assert not [x for x in data.rglob("*") if x.is_file() and b"148/92" in x.read_bytes()]


def test_stop_acts_while_the_finger_is_still_on_it(stage: Stage) -> None:
    to_arm(stage)
    start(stage)
    x, y = stage.kiosk.middle("clinic.stop")
    stops = stage.bench.state("bp_meter")["stops"]
    stage.kiosk.finger.press(x, y)
    stage.kiosk.on("clinic_stopping")
    assert stage.bench.state("bp_meter")["stops"] > stops
    stage.kiosk.finger.release()
    stage.bench.until("bp_meter", lambda now: now["pressure"] == 0)
    stage.kiosk.on("clinic_trouble")
    assert "已经停了" in stage.kiosk.everything()
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")


def test_stop_is_the_largest_thing_to_touch_and_in_the_lower_half(stage: Stage) -> None:
    to_arm(stage)
    start(stage)
    screen = stage.kiosk.settled()
    buttons = {x["id"]: x["box"] for x in screen["widgets"] if x["role"] == "button"}
    assert set(buttons) == {"clinic.stop", "nav.help"}, "no way out but 停止"
    stop = buttons.pop("clinic.stop")
    assert all(w * h < stop[2] * stop[3] for _, _, w, h in buttons.values())
    assert stop[1] >= screen["size"][1] / 2
    stage.kiosk.touch("nav.help")
    stage.kiosk.wait_for(lambda x: "一会儿就松开" in str(x["widgets"]), "help beside 停止")
    assert stage.kiosk.settled()["screen"] == "clinic_measuring"


def test_a_value_above_the_emergency_limit(stage: Stage) -> None:
    sit_down(stage, 192, 124, 96)
    to_arm(stage)
    start(stage)
    stage.kiosk.on("clinic_alert")
    said = stage.kiosk.everything()
    assert "示例路380弄" in said
    address = shown(stage.kiosk.settled(), "clinic_alert.address")
    assert address is not None
    assert address["box"][3] > 80
    no_figures(stage, 192, 124, 96)
    stage.kiosk.touch("clinic.result")
    stage.kiosk.on("clinic_result")
    stage.kiosk.touch("clinic.print")
    stage.kiosk.wait_for(lambda x: "打好了" in str(x["widgets"]), "paper")
    assert "120" in stage.paper()


@pytest.mark.long
def test_high_with_symptoms(stage: Stage) -> None:
    sit_down(stage, 178, 112, 88)
    to_arm(stage)
    start(stage)
    stage.kiosk.on("clinic_symptoms")
    assert "胸痛" in stage.kiosk.everything()
    stage.kiosk.touch("clinic.symptoms.yes")
    stage.kiosk.on("clinic_alert")


def test_the_cable_is_pulled_and_comes_back(stage: Stage) -> None:
    to_arm(stage)
    start(stage)
    stage.bench.act("bp_meter", "unplug")
    stage.kiosk.wait_for(lambda x: "抽出手臂" in str(x["widgets"]), "what to do")
    assert "急停" in stage.kiosk.everything()
    assert shown(stage.kiosk.settled(), "clinic.stop") is not None
    stops = stage.bench.state("bp_meter")["stops"]
    stage.bench.act("bp_meter", "plug")
    stage.kiosk.on("clinic_trouble")
    assert stage.bench.state("bp_meter")["stops"] > stops
    assert "连线断了" in stage.kiosk.everything()


@pytest.mark.long
def test_values_that_cannot_be_are_no_grade(stage: Stage) -> None:
    sit_down(stage, 100, 95, 70)
    to_arm(stage)
    start(stage)
    stage.kiosk.on("clinic_trouble")
    assert "不可靠" in stage.kiosk.everything()
    sit_down(stage)
    stage.kiosk.touch("clinic.again")
    start(stage)
    stage.kiosk.on("clinic_pause")


def test_no_paper_and_the_code_stays_on_the_screen(stage: Stage) -> None:
    to_result(stage)
    stage.bench.act("receipt_printer", "paper_out")
    stage.kiosk.touch("clinic.print")
    screen = stage.kiosk.on("clinic_code")
    assert "纸没有打出来" in stage.kiosk.everything()
    assert shown(screen, "clinic_code.number") is not None
    stage.bench.act("receipt_printer", "paper_in")
    stage.kiosk.wait_for(lambda x: x["devices"]["receipt_printer"][0] == "ready", "paper")
    stage.kiosk.touch("clinic.print")
    stage.kiosk.wait_for(lambda x: "打好了" in str(x["widgets"]), "paper")


def test_killed_under_pressure_the_next_start_lets_the_cuff_go(stage: Stage) -> None:
    to_arm(stage)
    start(stage)
    before = stage.bench.state("bp_meter")
    stage.kiosk.kill()
    stage.kiosk.start()
    stage.kiosk.on("home")
    stage.bench.until("bp_meter", lambda x: x["stops"] > before["stops"] and x["pressure"] == 0)
    assert stage.bench.state("bp_meter")["starts"] == before["starts"]
    stage.kiosk.on("home")


@pytest.mark.long
def test_ended_for_the_night_under_pressure_the_cuff_is_let_go(stage: Stage) -> None:
    to_arm(stage)
    start(stage)
    stops = stage.bench.state("bp_meter")["stops"]
    stage.kiosk.end()
    stage.bench.until("bp_meter", lambda x: x["stops"] > stops and x["pressure"] == 0)


@pytest.mark.long
def test_the_meters_own_key_wakes_the_screen(stage: Stage) -> None:
    stage.bench.act("bp_meter", "key")
    stage.kiosk.on("clinic_measuring")
    stage.kiosk.touch("clinic.stop")
    stage.kiosk.on("clinic_trouble")


@pytest.mark.long
def test_scan_to_identify(stage: Stage) -> None:
    to_result(stage)
    stage.kiosk.touch("clinic.record")
    stage.kiosk.on("clinic_record")
    stage.scan("HR1-3801-0001")
    stage.kiosk.wait_for(lambda x: "已经存好了" in str(x["widgets"]), "kept")
    assert stage.bench.state("record")["kept"] == 1
    assert "HR1-3801-0001" not in stage.kiosk.everything()
    stage.kiosk.touch("clinic.done")
    stage.kiosk.on("home")


def test_out_of_order_it_stays_in_its_place_and_says_why(stage: Stage) -> None:
    stage.bench.act("bp_meter", "unplug")
    screen = stage.kiosk.wait_for(
        lambda x: not (shown(x, "home.clinic") or {"enabled": True})["enabled"], "grey"
    )
    tile = shown(screen, "home.clinic")
    assert tile is not None
    assert "没接上" in tile["text"]
    stage.bench.act("bp_meter", "plug")
    end = time.monotonic() + 60
    while not stage.kiosk.widget("home.clinic")["enabled"]:
        assert time.monotonic() < end
