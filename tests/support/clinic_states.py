"""Every screen of the clinic in every variant, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.clinic import ClinicRules, Reading
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.clinic_steps import (
    ClinicAlert,
    ClinicArm,
    ClinicCode,
    ClinicMeasuring,
    ClinicPause,
    ClinicRecord,
    ClinicRest,
    ClinicResult,
    ClinicStep,
    ClinicStopping,
    ClinicSymptoms,
    ClinicTrouble,
    ClinicWelcome,
    Outcome,
    Paper,
    Sending,
    Session,
    Why,
)
from kiosk.core.visit.steps import Home, Visit

AT = "2026-11-22T20:15:00+08:00"
RULES = ClinicRules(record=True, fhir=True)
MANUAL = ClinicRules(remote_start=False)
NORMAL = Reading(118, 76, 68)
ONE, TWO = Session((Reading(148, 92, 71),)), Session((Reading(148, 92, 71), Reading(141, 88, 69)))
THREE = Session((*TWO.readings, Reading(155, 96, 74)))
WORST = Session((Reading(279, 199, 219), Reading(268, 188, 208)))


def outcome_of(*readings: Reading, symptoms: bool | None = None, **changes: object) -> Outcome:
    return replace(Outcome(Session(readings, symptoms), AT), **changes)  # type: ignore[arg-type]


RESULTS: dict[str, Outcome] = {
    "normal": outcome_of(NORMAL, NORMAL),
    "once": outcome_of(NORMAL),
    "high_normal": outcome_of(Reading(132, 84, 70), Reading(130, 82, 70)),
    "first": Outcome(TWO, AT),
    "third_of_three": Outcome(THREE, AT),
    "isolated_systolic": outcome_of(Reading(162, 78, 70), Reading(160, 80, 70)),
    "isolated_diastolic": outcome_of(Reading(134, 101, 70), Reading(132, 100, 70)),
    "low": outcome_of(Reading(88, 54, 62), Reading(86, 52, 60)),
    "doctor_today": outcome_of(Reading(180, 108, 88), Reading(176, 104, 84), symptoms=False),
    "emergency": Outcome(WORST, AT),
}


def steps() -> dict[str, ClinicStep]:
    """By the name of their picture."""
    first = RESULTS["first"]
    found: dict[str, ClinicStep] = {
        "welcome": ClinicWelcome(),
        "rest": ClinicRest(272, 300),
        "rest_over": ClinicRest(0, 300),
        "arm": ClinicArm(),
        "measuring": ClinicMeasuring(request=1, mmhg=148, seconds=20),
        "measuring_begins": ClinicMeasuring(request=1),
        "measuring_third_hint": ClinicMeasuring(TWO, 1, 299, True, 60, hint=True),
        "stopping": ClinicStopping(Session(), Why.STOPPED),
        "stopping_heard": ClinicStopping(Session(), Why.STOPPED, heard=True, calm=2),
        "stopping_loud": ClinicStopping(Session(), Why.LOST, loud=True),
        "pause": ClinicPause(ONE, 42, 60),
        "pause_over": ClinicPause(ONE, 0, 60),
        "pause_third": ClinicPause(TWO, 599, 600),
        "pause_third_over": ClinicPause(TWO, 0, 600),
        "symptoms": ClinicSymptoms(Session((Reading(180, 112, 88),))),
        "alert": ClinicAlert(Session((Reading(192, 124, 96),))),
        "code": ClinicCode(first),
        "code_fhir": ClinicCode(first, fhir=True),
    }
    found |= {f"trouble_{x}": ClinicTrouble(Session(), x) for x in Why}
    found["trouble_second"] = ClinicTrouble(ONE, Why.MOVED)
    found |= {f"result_{k}": ClinicResult(v) for k, v in RESULTS.items()}
    for paper in Paper:
        found[f"result_paper_{paper}"] = ClinicResult(replace(first, paper=paper))
        found[f"code_paper_{paper}"] = ClinicCode(replace(first, paper=paper))
    for sending in Sending:
        sent = replace(first, sending=sending, sending_request=3, token="HR1-3801-0001")
        found[f"record_{sending}"] = ClinicRecord(sent)
    return found


def clinic_states(base: State) -> dict[str, State]:
    """The states by name, in a cabin that has a meter and a health record."""

    def cabin(rules: ClinicRules, level: Level = Level.READY) -> State:
        devices = {**base.devices, "bp_meter": Device(level, "no_answer" * (level != "ready"))}
        return replace(base, rules=replace(base.rules, clinic=rules), devices=devices)

    def at(step: ClinicStep | Home, rules: ClinicRules = RULES) -> State:
        return replace(cabin(rules), visit=Visit(step=step))

    found = {f"clinic_{name}": at(step) for name, step in steps().items()}
    found["home_clinic"] = at(Home())
    found["home_clinic_no_meter"] = replace(cabin(RULES, Level.UNKNOWN), visit=Visit())
    found["clinic_arm_manual"] = at(ClinicArm(), MANUAL)
    found["clinic_measuring_manual"] = at(ClinicMeasuring(manual=True), MANUAL)
    loud = ClinicStopping(Session(), Why.STOPPED, loud=True)
    found["clinic_stopping_manual"] = at(loud, MANUAL)
    found["clinic_result_no_record"] = at(ClinicResult(RESULTS["first"]), MANUAL)
    found["clinic_code_no_fhir"] = at(ClinicCode(RESULTS["first"]), MANUAL)
    return found
