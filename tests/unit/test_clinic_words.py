"""A result of the clinic in words, on paper and as FHIR."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from devices.receipt_printer.document import Columns, Cut, Qr, Text
from kiosk import clinic_fhir, clinic_slip, clinic_text
from kiosk.core.clinic import Advice, Grade, Isolated, Reading, mean_of
from kiosk.core.visit.clinic_steps import (
    ClinicPause,
    ClinicResult,
    ClinicSymptoms,
    Outcome,
    Session,
    Why,
)
from kiosk.order_text import Letterhead
from screens import environment
from tests.support.all_states import STATES
from tests.support.clinic_states import RESULTS

environment.prepare(environment.Panel())  # before the modules below bring Kivy in

from screens import clinic_help, clinic_trouble  # noqa: E402
from screens.pictures import PictureMaker  # noqa: E402

HEAD = Letterhead("数字小屋", "示例路380弄", "021-0000 0000", 3, time.gmtime)
MEDICINE = re.compile("药|剂量|降压|片")


def sentences() -> list[str]:
    """Everything that the clinic may say of a result."""
    tables: tuple[dict[Any, str], ...] = (
        clinic_text.GRADES,
        clinic_text.ADVICE,
        clinic_text.ISOLATED,
        clinic_trouble.REASONS,
        clinic_help.TEXTS,
    )
    return [text for table in tables for text in table.values()]


def test_every_grade_advice_and_reason_has_its_words_and_none_is_about_medicine() -> None:
    assert set(clinic_text.GRADES) == set(Grade)
    assert set(clinic_text.ADVICE) == set(Advice)
    assert set(clinic_text.ISOLATED) == set(Isolated) - {Isolated.NONE}
    assert set(clinic_trouble.REASONS) == set(Why)
    assert not [x for x in sentences() if MEDICINE.search(x)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("normal", "正常血压"),
        ("high_normal", "正常高值"),
        ("first", "1 级高血压范围"),
        ("isolated_systolic", "2 级高血压范围，单纯收缩期"),
        ("isolated_diastolic", "2 级高血压范围，单纯舒张期"),
        ("low", "血压偏低"),
        ("emergency", "3 级高血压范围"),
    ],
)
def test_the_text_for_a_phone_names_grade_guideline_and_that_it_is_no_diagnosis(
    name: str, words: str
) -> None:
    text = clinic_text.plain_text(RESULTS[name], "数字小屋")
    lines = text.splitlines()
    assert lines[0] == "数字小屋 血压 2026-11-22 20:15"
    assert words in lines
    assert clinic_text.GUIDELINE in lines
    assert clinic_text.NO_DIAGNOSIS in lines
    assert "2018" in clinic_text.GUIDELINE
    assert len(text.encode()) < 500, "a code that every phone reads from the glass"


def test_a_single_measurement_says_that_it_is_one() -> None:
    assert "只量了一次" in clinic_text.plain_text(RESULTS["once"], "数字小屋")
    assert "3 次的平均" in clinic_text.plain_text(RESULTS["third_of_three"], "数字小屋")


def test_without_a_clock_no_date_is_made_up() -> None:
    text = clinic_text.plain_text(Outcome(Session((Reading(118, 76, 68),))), "数字小屋")
    assert text.splitlines()[0] == "数字小屋 血压"
    assert "effectiveDateTime" not in clinic_fhir.text(Outcome(Session((Reading(118, 76, 68),))))


def test_emergency_stands_on_paper_and_in_the_code() -> None:
    outcome = RESULTS["emergency"]
    assert "120" in clinic_text.plain_text(outcome, "数字小屋")
    paper = clinic_slip.compose(outcome, HEAD)
    assert any("120" in x.text for x in paper if isinstance(x, Text))


def test_the_slip_has_every_reading_the_mean_and_the_code() -> None:
    paper = clinic_slip.compose(RESULTS["third_of_three"], HEAD)
    columns = {x.left: x.right for x in paper if isinstance(x, Columns)}
    assert columns["第 1 次"] == "148/92  71"
    assert columns["第 3 次"] == "155/96  74"
    assert columns["时间"] == "2026-11-22 20:15"
    (code,) = [x for x in paper if isinstance(x, Qr)]
    assert code.data == clinic_text.plain_text(RESULTS["third_of_three"], "数字小屋")
    assert isinstance(paper[-1], Cut)


def test_the_bundle_holds_panel_and_pulse_with_their_codes_and_nobody() -> None:
    found = json.loads(clinic_fhir.text(RESULTS["first"]))
    assert (found["resourceType"], found["type"]) == ("Bundle", "collection")
    pressure, pulse = (x["resource"] for x in found["entry"])
    for resource, code in ((pressure, "85354-9"), (pulse, "8867-4")):
        assert resource["resourceType"] == "Observation"
        assert resource["status"] == "final"
        assert resource["effectiveDateTime"] == "2026-11-22T20:15:00+08:00"
        assert resource["code"]["coding"] == [{"system": "http://loinc.org", "code": code}]
        (category,) = resource["category"][0]["coding"]
        assert category["code"] == "vital-signs"
    parts = {x["code"]["coding"][0]["code"]: x["valueQuantity"] for x in pressure["component"]}
    assert parts["8480-6"] == {
        "value": 145,
        "unit": "mm[Hg]",
        "system": "http://unitsofmeasure.org",
        "code": "mm[Hg]",
    }
    assert parts["8462-4"]["value"] == 90
    assert pulse["valueQuantity"]["code"] == "/min"
    text = json.dumps(found)
    for name in ("subject", "performer", "device", "identifier", "cabin", "数字小屋"):
        assert name not in text
    assert len(clinic_fhir.text(RESULTS["emergency"]).encode()) < 1300


CLINIC_STATES = {
    name: state
    for name, state in STATES.items()
    if isinstance(state.visit.step, ClinicPause | ClinicSymptoms | ClinicResult)
}


@pytest.mark.parametrize("name", CLINIC_STATES)
def test_figures_are_said_to_whoever_asks_and_to_nobody_else(name: str) -> None:
    state = CLINIC_STATES[name]
    said = PictureMaker("数字小屋").of(state).said.utterance
    step = state.visit.step
    if isinstance(step, ClinicResult):
        reading = mean_of(step.outcome.session.readings)
    else:
        reading = step.session.readings[-1]  # type: ignore[union-attr]
    wanted = [f"高压 {reading.systolic}", f"低压 {reading.diastolic}"]
    assert [x for x in said.in_full() if x.startswith(("高压", "低压"))] == wanted
    assert not [x for x in said.on_entry() if re.search(r"高压|低压|脉搏|\d 级", x)]
