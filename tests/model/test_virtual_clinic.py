"""Whole visits to the clinic in virtual time: the real driver before the simulated meter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.clinic import Advice, Reading, advice_of
from kiosk.core.state import Level
from kiosk.core.visit.clinic_steps import ClinicMeasuring, Why
from sim.faults import Fault
from tests.support.clinic import Clinic, ManualClinic, open_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = open_clinic(tmp_path)
    yield made
    made.close()
    assert not made.lies, made.lies


# What happens when all goes well.


def test_two_readings_alike_and_their_mean(clinic: Clinic) -> None:
    clinic.sit_down(systolic=138, diastolic=84)
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_pause")
    clinic.next_measurement(systolic=141, diastolic=86)
    clinic.measured("clinic_result")
    assert clinic.result() == (Reading(138, 84, 68), Reading(141, 86, 68))
    stops = clinic.meter["stops"]
    clinic.touch("clinic.done")
    assert clinic.screen == "home"
    assert clinic.meter["stops"] == stops, "an idle meter isn't disturbed"


def test_a_third_when_two_differ(clinic: Clinic) -> None:
    clinic.sit_down(systolic=150, diastolic=90)
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_pause")
    clinic.next_measurement(systolic=144)
    clinic.measured("clinic_pause")
    clinic.next_measurement(systolic=146)
    clinic.measured("clinic_result")
    assert [x.systolic for x in clinic.result()] == [150, 144, 146]


def test_the_rest_counts_down_and_waits_for_the_person(clinic: Clinic) -> None:
    clinic.touch("home.clinic")
    clinic.touch("clinic.begin")
    total = clinic.step.total
    clinic.advance(total / 2)
    # It counts by whole seconds, and the last one may be under way.
    assert 0 <= clinic.step.left - total // 2 <= 1
    clinic.advance(total / 2 + 60)
    assert clinic.screen == "clinic_rest", "it never goes on by itself"
    assert clinic.step.left == 0
    assert clinic.until(lambda: clinic.screen == "home", 300), "nobody is there"


def test_the_meters_own_key_begins_from_home_and_from_the_arm(clinic: Clinic) -> None:
    clinic.act("bp_meter", "key")
    assert clinic.until(lambda: clinic.screen == "clinic_measuring", 5)
    clinic.measured("clinic_pause")
    clinic.touch("clinic.enough")
    assert len(clinic.result()) == 1
    clinic.touch("clinic.done")
    clinic.to_arm()
    clinic.act("bp_meter", "key")
    assert clinic.until(lambda: clinic.screen == "clinic_measuring", 5)
    clinic.measured("clinic_pause")
    assert clinic.until(lambda: clinic.step.left == 0, 120)
    clinic.act("bp_meter", "key")
    assert clinic.until(lambda: clinic.screen == "clinic_measuring", 5)
    clinic.measured("clinic_result")
    assert len(clinic.result()) == 2


def test_high_is_asked_about_once_and_a_doctor_named_today(clinic: Clinic) -> None:
    clinic.sit_down(systolic=180, diastolic=104)
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_symptoms")
    clinic.touch("clinic.symptoms.no")
    assert clinic.screen == "clinic_pause", "rest, and measure again"
    clinic.next_measurement()
    clinic.measured("clinic_result")
    session = clinic.step.outcome.session
    assert session.symptoms is False, "never asked twice"
    assert advice_of(session.readings) is Advice.DOCTOR_TODAY


@pytest.mark.parametrize(
    ("person", "asked"),
    [
        ({"systolic": 181, "diastolic": 100}, False),
        ({"systolic": 170, "diastolic": 121}, False),
        ({"systolic": 180, "diastolic": 100}, True),
        ({"systolic": 150, "diastolic": 110}, True),
    ],
)
def test_an_emergency_is_said_at_once(clinic: Clinic, person: dict[str, int], asked: bool) -> None:
    clinic.sit_down(**person)
    clinic.to_arm()
    clinic.start()
    if asked:
        clinic.measured("clinic_symptoms")
        clinic.touch("clinic.symptoms.yes")
    else:
        clinic.measured("clinic_alert")
    assert clinic.screen == "clinic_alert"
    clinic.touch("clinic.result")
    session = clinic.step.outcome.session
    assert advice_of(session.readings, symptoms=bool(session.symptoms)) is Advice.EMERGENCY


# 停止, and everything that ends a measurement otherwise.


def test_stop_lets_the_cuff_go_and_nothing_is_graded(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    before = clinic.clock.monotonic()
    clinic.touch("clinic.stop")
    assert clinic.screen == "clinic_stopping"
    assert clinic.until(lambda: clinic.step.heard, 1)
    assert clinic.clock.monotonic() - before < 0.1
    assert clinic.until(lambda: clinic.meter["pressure"] == 0, 5)
    assert clinic.screen == "clinic_stopping", "停止 stays as long as air runs out"
    clinic.failed_with(Why.STOPPED)
    clinic.touch("clinic.again")
    clinic.start()
    clinic.measured("clinic_pause")


def test_stop_is_obeyed_from_an_older_screen(clinic: Clinic) -> None:
    from kiosk.core.visit import messages as m

    clinic.to_arm()
    old = clinic.state.version
    clinic.start()
    assert clinic.state.fresh_since > old
    clinic.engine.post(m.Touched("clinic.stop", "", old))
    clinic.settle()
    clinic.failed_with(Why.STOPPED)


def test_nothing_covers_stop(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    for target in ("nav.home", "nav.back", "nav.help"):
        clinic.touch(target)
        assert clinic.screen == "clinic_measuring", target
    assert clinic.step.hint, "帮助 speaks beside 停止"
    clinic.act("scanner", "scan", code="912345678901234567890123456")
    assert clinic.screen == "clinic_measuring"


FAULTS = {
    "over_pressure": Why.TOO_HIGH,
    "leak": Why.LEAK,
    "movement": Why.MOVED,
    "no_pulse": Why.NO_PULSE,
    "no_result": Why.NO_RESULT,
    "link_stalls": Why.NO_RESULT,
    "start_refused": Why.NOT_STARTED,
}


@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
@pytest.mark.parametrize(("kind", "why"), FAULTS.items())
def test_each_fault_ends_in_a_sentence_with_stop_sent_and_never_a_grade(
    clinic: Clinic, kind: str, why: Why, second: bool
) -> None:
    clinic.to_arm()
    if second:
        clinic.start()
        clinic.measured("clinic_pause")
        assert clinic.until(lambda: clinic.step.left == 0, 120)
    stops = clinic.meter["stops"]
    clinic.faults.add(Fault("bp_meter", kind, count=1))
    clinic.touch("clinic.start")
    clinic.failed_with(why)
    assert clinic.meter["stops"] > stops
    assert clinic.meter["pressure"] == 0
    assert len(clinic.step.session.readings) == second
    clinic.touch("clinic.again")
    clinic.start()
    clinic.measured("clinic_result" if second else "clinic_pause")


def test_start_unheard_is_no_reading(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.faults.add(Fault("bp_meter", "silent", count=1))
    clinic.touch("clinic.start")
    clinic.failed_with(Why.NO_RESULT)


def test_a_result_that_comes_twice_counts_once(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.faults.add(Fault("bp_meter", "repeat", count=1))
    clinic.start()
    clinic.measured("clinic_pause")
    clinic.advance(2)
    assert len(clinic.step.session.readings) == 1


@pytest.mark.parametrize(
    "person",
    [
        {"systolic": 100, "diastolic": 95},
        {"systolic": 48, "diastolic": 31},
        {"systolic": 120, "diastolic": 80, "pulse": 240},
        {"systolic": 120, "diastolic": 80, "pulse": 20},
        {"systolic": 100, "diastolic": 25},
    ],
)
def test_implausible_values_are_the_meters_mistake(clinic: Clinic, person: dict[str, int]) -> None:
    clinic.sit_down(**person)
    clinic.to_arm()
    stops = clinic.meter["stops"]
    clinic.touch("clinic.start")
    clinic.failed_with(Why.IMPLAUSIBLE)
    assert clinic.meter["stops"] > stops
    assert not clinic.step.session.readings


def test_stop_that_is_not_acknowledged_is_said_loudly_and_repeated(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.faults.add(Fault("bp_meter", "stop_ignored"))
    clinic.touch("clinic.stop")
    assert clinic.until(lambda: clinic.step.loud, 3)
    stops = clinic.meter["stops"]
    clinic.advance(5)
    assert clinic.meter["stops"] >= stops + 8, "it goes on asking"
    assert clinic.step.loud
    assert clinic.state.device("bp_meter").reason == "stop_unacknowledged"
    clinic.faults.clear()
    assert clinic.until(lambda: not clinic.step.loud, 5)
    clinic.failed_with(Why.STOPPED)


def test_stop_heard_but_not_answered(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.faults.add(Fault("bp_meter", "stop_unheard", count=2))
    clinic.touch("clinic.stop")
    clinic.failed_with(Why.STOPPED)


@pytest.mark.parametrize("at_mmhg", [10, 60, 140])
def test_the_cable_is_pulled_under_pressure(clinic: Clinic, at_mmhg: int) -> None:
    clinic.to_arm()
    clinic.touch("clinic.start")
    clinic.until_pressed(at_mmhg)
    clinic.act("bp_meter", "unplug")
    assert clinic.until(lambda: clinic.screen == "clinic_stopping" and clinic.step.loud, 3)
    clinic.advance(30)
    assert clinic.step.loud, "nobody knows"
    stops = clinic.meter["stops"]
    clinic.act("bp_meter", "plug")
    clinic.failed_with(Why.LOST)
    assert clinic.meter["stops"] > stops, "the first word after the connect"


def test_the_cable_stays_out_and_the_person_says_that_the_arm_is_free(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.act("bp_meter", "unplug")
    assert clinic.until(lambda: clinic.step.loud, 3)
    clinic.touch("clinic.arm_out")
    assert clinic.screen == "clinic_trouble"
    clinic.touch("clinic.again")
    clinic.touch("clinic.start")
    assert clinic.step.why is Why.NOT_READY
    clinic.touch("nav.home")
    assert clinic.screen == "home"
    clinic.touch("home.clinic")
    assert clinic.screen == "home", "out of order"


def test_stop_without_an_answer_never_says_that_the_cuff_is_loose(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.until_pressed(60)
    clinic.faults.add(Fault("bp_meter", "stop_ignored"))
    clinic.touch("clinic.stop")
    assert clinic.until(lambda: clinic.step.loud, 5)
    clinic.touch("clinic.arm_out")
    assert clinic.step.why is Why.UNSURE


def test_who_goes_away_from_a_loud_screen_does_not_lock_the_cabin(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.act("bp_meter", "unplug")
    assert clinic.until(lambda: clinic.step.loud, 3)
    clinic.advance(180)
    assert clinic.screen == "clinic_stopping", "a cuff may press for so long"
    assert clinic.until(lambda: clinic.screen == "home", 300)


def test_emergency_key_at_the_meter(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.act("bp_meter", "emergency")
    clinic.failed_with(Why.NO_RESULT)


def test_the_meters_own_key_ends_what_it_began(clinic: Clinic) -> None:
    clinic.act("bp_meter", "key")
    assert clinic.until(lambda: clinic.screen == "clinic_measuring", 5)
    clinic.until_pressed()
    clinic.act("bp_meter", "key")
    clinic.failed_with(Why.NO_RESULT)


def test_a_cuff_begun_while_somebody_pays_is_let_go(clinic: Clinic) -> None:
    """No screen of a payment has 停止, and none is taken away for it."""
    clinic.touch("home.pay_bill")
    assert clinic.screen == "bill"
    clinic.act("bp_meter", "key")
    assert clinic.until(lambda: clinic.meter["stops"] > 1, 5)
    assert clinic.until(lambda: clinic.meter["phase"] == "idle", 5)
    assert clinic.meter["pressure"] == 0
    assert clinic.screen == "bill"


def test_who_walks_away_while_measured_is_wiped_and_the_meter_is_free(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_pause")
    assert clinic.until(lambda: clinic.screen == "home", 600)
    assert clinic.meter["phase"] == "idle"


def test_a_defect_at_the_screen_lets_the_cuff_go(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.core.visit import clinic_decide

    clinic.to_arm()
    clinic.start()

    def fails(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(clinic_decide, "ticked", fails)
    assert clinic.until(lambda: clinic.screen == "home", 3)
    assert clinic.until(lambda: clinic.meter["pressure"] == 0, 5)


def test_killed_under_pressure_the_first_word_is_stop(clinic: Clinic) -> None:
    clinic.to_arm()
    clinic.start()
    stops, starts = clinic.meter["stops"], clinic.meter["starts"]
    clinic.restart()
    assert clinic.screen == "home"
    assert clinic.until(lambda: clinic.meter["pressure"] == 0, 5)
    assert clinic.meter["stops"] > stops
    assert clinic.meter["starts"] == starts
    assert clinic.screen == "home"
    assert clinic.until(lambda: clinic.state.device("bp_meter").level is Level.READY, 5)


# A meter that only its own key starts.


@pytest.fixture
def manual(tmp_path: Path) -> Iterator[ManualClinic]:
    made = ManualClinic(tmp_path)
    yield made
    made.close()
    assert not made.lies, made.lies


def test_a_meter_without_remote_start_is_started_by_hand(manual: ManualClinic) -> None:
    manual.to_arm()
    manual.touch("clinic.start")
    assert isinstance(manual.step, ClinicMeasuring)
    assert manual.step.manual
    manual.advance(30)
    manual.reads(systolic=126, diastolic=78, pulse=66)
    manual.measured("clinic_pause")
    assert manual.until(lambda: manual.step.left == 0, 120)
    manual.touch("clinic.start")
    manual.advance(30)
    manual.reads(systolic=124, diastolic=80, pulse=64)
    manual.measured("clinic_result")
    assert manual.result() == (Reading(126, 78, 66), Reading(124, 80, 64))


def test_somebody_elses_reading_from_before_is_not_taken(manual: ManualClinic) -> None:
    """What a meter kept comes at once when it wakes; a measurement takes longer."""
    manual.reads(systolic=150, diastolic=95, pulse=90)
    manual.to_arm()
    manual.touch("clinic.start")
    manual.advance(2)
    manual.reads(systolic=151, diastolic=95, pulse=90)
    manual.advance(1)
    assert manual.screen == "clinic_measuring"
    manual.advance(30)
    manual.reads(systolic=126, diastolic=78, pulse=66)
    manual.measured("clinic_pause")
    assert manual.step.session.readings == (Reading(126, 78, 66),)


def test_no_reading_by_a_meter_that_says_so(manual: ManualClinic) -> None:
    manual.to_arm()
    manual.touch("clinic.start")
    manual.advance(30)
    manual.faults.add(Fault("bp_meter_standard", "nan", count=1))
    manual.reads(systolic=126, diastolic=78, pulse=66)
    assert manual.until(lambda: manual.screen == "clinic_stopping" and manual.step.loud, 3)
    manual.touch("clinic.arm_out")
    assert manual.step.why is Why.IMPLAUSIBLE


def test_stop_says_which_key_stops_it(manual: ManualClinic) -> None:
    manual.to_arm()
    manual.touch("clinic.start")
    manual.touch("clinic.stop")
    assert manual.until(lambda: manual.step.loud, 3)
    manual.touch("clinic.arm_out")
    assert manual.step.why is Why.UNSURE, "no key was seen to be pressed"


def test_a_meter_by_hand_that_never_speaks(manual: ManualClinic) -> None:
    manual.to_arm()
    manual.touch("clinic.start")
    assert manual.until(lambda: manual.screen == "clinic_stopping", 300)
    manual.touch("clinic.arm_out")
    assert manual.step.why is Why.NO_RESULT
