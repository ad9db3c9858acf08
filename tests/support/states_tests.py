"""The staff's self-tests, as synthetic states."""

from __future__ import annotations

from kiosk.core import selftest as st
from kiosk.core.selftest import Check, Run, Verdict
from kiosk.core.state import State
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_test_steps import (
    COLOURS,
    TechColours,
    TechTest,
    TechTested,
    TechTests,
    TechTouch,
)
from kiosk.diagnostics.selftest import OWN, checks_of
from kiosk.settings import DeviceSettings
from tests.support.states_staff import TECHNICIAN, staffed

DEVICES = {
    role: DeviceSettings(driver, f"/dev/cabin/{role}")
    for role, driver in {
        "terminal": "ecr_hub",
        "scanner": "cdc_scanner",
        "receipt_printer": "escpos_serial",
        "bp_meter": "rbp_meter",
        "booklet_dispenser": "qu_cd",
        "id_reader": "sam_v",
        "rice_mill": "rice_mill",
        "document_printer": "ipp",
    }.items()
}
CHECKS: tuple[Check, ...] = (*checks_of(DEVICES), *OWN)


def named(*ids: str) -> tuple[Check, ...]:
    """These tests, in this order."""
    return tuple(next(x for x in CHECKS if x.id == y) for y in ids)


def ran(verdicts: dict[str, tuple[Verdict, str]], *more: str) -> Run:
    """A run in which these tests came out so, and ``more`` are still to come."""
    run = st.begin(named(*verdicts, *more))
    for verdict, said in verdicts.values():
        run = st.ready(run)
        if verdict is Verdict.SKIPPED:
            run = st.leave_out(run)
        else:
            run = st.seen(st.answered(run, run.number, verdict, said), good=True)
    return run


def signed_in(step: TechStep) -> State:
    return staffed(step, operator=TECHNICIAN)


GOOD = {
    "terminal.status": (Verdict.PASSED, "ready"),
    "terminal.echo": (Verdict.PASSED, "not_found the terminal knows no such order"),
    "rice_mill.look": (Verdict.PASSED, "faults 0"),
    "receipt_printer.sample": (Verdict.PASSED, ""),
}
BAD = {
    **GOOD,
    "id_reader.identify": (Verdict.UNKNOWN, "没有应答"),
    "rice_mill.weight": (Verdict.FAILED, "net 463（应在 495 到 505）"),
    "bp_meter.cuff": (Verdict.SKIPPED, ""),
    "document_printer.status": (Verdict.FAILED, "unavailable paper_out"),
}


def at_test(check_id: str, phase: st.Phase, before: dict[str, tuple[Verdict, str]]) -> State:
    """In the middle of a run, at this test."""
    run = ran(before, check_id, "scanner.read")
    run = st.ready(run) if phase is not st.Phase.PREPARE else run
    if phase is st.Phase.ASKING:
        run = st.answered(run, run.number, Verdict.PASSED)
    assert run.phase is phase, (check_id, run.phase)
    return signed_in(TechTest(run=run, request=7, whole=True))


TOUCHED = ((0.12, 0.1, 0.121, 0.1, 0.3), (0.88, 0.1, 0.88, 0.102, 0.9))
STATES: dict[str, State] = {
    "tech_tests_asking": signed_in(TechTests(request=3)),
    "tech_tests": signed_in(TechTests(0, CHECKS, 3)),
    "tech_tests_last": signed_in(TechTests(4, CHECKS, 3)),
    "tech_tests_one": signed_in(TechTests(0, CHECKS, 3, "rice_mill")),
    "tech_test_prepare": at_test("bp_meter.cuff", st.Phase.PREPARE, GOOD),
    "tech_test_goods": at_test("booklet_dispenser.dispense", st.Phase.PREPARE, {}),
    "tech_test_running": at_test("rice_mill.tare", st.Phase.RUNNING, GOOD),
    "tech_test_asking": at_test("receipt_printer.sample", st.Phase.ASKING, BAD),
    "tech_test_sound": at_test("screen.sound", st.Phase.ASKING, GOOD),
    "tech_touch": signed_in(TechTouch(run=ran({}, "screen.touch"))),
    "tech_touch_3": signed_in(TechTouch(run=ran({}, "screen.touch"), hits=TOUCHED)),
    **{
        f"tech_colours_{colour}": signed_in(TechColours(run=ran({}, "screen.colours"), at=n))
        for n, colour in enumerate(COLOURS)
    },
    "tech_tested_good": signed_in(TechTested(run=ran(GOOD))),
    "tech_tested_bad": signed_in(
        TechTested(run=ran(BAD), said="printed", saved="/var/lib/cabin/selftests/1.txt")
    ),
    "tech_tested_printing": signed_in(TechTested(run=ran(BAD), said="printing")),
    "tech_tested_not_printed": signed_in(
        TechTested(run=ran(BAD), said="not_printed", saved="-", look="bp_meter.cuff")
    ),
}
