"""The staff's self-tests: what is asked of the outside, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.adapters.selftests import FOLDER, TestBench
from kiosk.core import selftest as st
from kiosk.core.selftest import Phase, Verdict
from kiosk.core.state import State
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit import tech_test_messages as tt
from kiosk.core.visit.decide import decide
from kiosk.core.visit.messages import Touched, VisitCommand
from kiosk.core.visit.tech_steps import TechOverview
from kiosk.core.visit.tech_test_steps import POINTS, TechTest, TechTested, TechTests, TechTouch
from kiosk.core.visit.tech_tests import GOODS_TESTED, OPEN_ORDERS, TESTED
from tests.support.states import STATES
from tests.support.states_staff import STAFF, TECHNICIAN, staffed
from tests.support.states_tests import CHECKS, GOOD, named, ran, signed_in


def touch(state: State, target: str, value: str = "") -> tuple[State, list[VisitCommand]]:
    state, commands = decide(state, Touched(target, value, state.version))
    return state, [x for x in commands if isinstance(x, s.StaffCommand)]


def told(state: State) -> State:
    """The list of tests, told."""
    step = state.visit.step
    assert isinstance(step, TechTests)
    return decide(state, tt.TestsTold(step.request, CHECKS))[0]


def listed() -> State:
    return told(touch(signed_in(TechOverview()), "tech.tests")[0])


def test_the_list_is_asked_for_and_told() -> None:
    state, commands = touch(signed_in(TechOverview()), "tech.tests")
    step = state.visit.step
    assert isinstance(step, TechTests)
    assert commands == [tt.AskTests(step.request)]
    assert told(state).visit.step == replace(step, checks=CHECKS)


def test_a_merchant_has_no_tests() -> None:
    merchant = next(x for x in STAFF if x.role.value == "merchant")
    state = staffed(TechOverview(), operator=merchant)
    assert touch(state, "tech.tests")[0].visit.step == state.visit.step


def test_goods_stand_in_the_journal_before_they_come() -> None:
    state, commands = touch(listed(), "tests.one", "booklet_dispenser.dispense")
    assert commands == []
    state, commands = touch(state, "test.ready")
    step = state.visit.step
    assert isinstance(step, TechTest)
    row = s.WriteDown(
        GOODS_TESTED, (("operator", TECHNICIAN.id), ("test", "booklet_dispenser.dispense"))
    )
    assert commands == [row, tt.MakeTest(step.request, named("booklet_dispenser.dispense")[0])]


def test_no_goods_while_an_order_is_open() -> None:
    order = next(x for y in STATES.values() for x in y.orders.values() if not x.closed)
    state, _ = touch(listed(), "tests.one", "booklet_dispenser.dispense")
    state = replace(state, orders={order.id: order})
    state, commands = touch(state, "test.ready")
    step = state.visit.step
    assert isinstance(step, TechTested)
    assert (step.run.results[0].verdict, step.run.results[0].said) == (
        Verdict.UNKNOWN,
        OPEN_ORDERS,
    )
    assert not any(isinstance(x, tt.MakeTest) for x in commands)


def test_a_guided_run_ends_in_the_journal_on_paper_and_in_a_file() -> None:
    state = listed()
    state, commands = touch(state, "tests.all")
    while isinstance(step := state.visit.step, TechTest):
        made = [x for x in commands if isinstance(x, tt.MakeTest)]
        if made:
            state, more = decide(state, tt.TestMade(made[0].request, Verdict.PASSED))
            commands = [x for x in more if isinstance(x, s.StaffCommand)]
        elif step.run.phase is Phase.PREPARE:
            state, commands = touch(state, "test.ready")
        elif step.run.phase is Phase.ASKING:
            state, commands = touch(state, "test.good")
        elif isinstance(step, TechTouch):
            x, y = POINTS[len(step.hits)]
            state, commands = touch(state, "touch.at", f"{x} {y} 0.0")
        else:
            state, commands = touch(state, "colours.next")
    assert isinstance(step, TechTested)
    assert step.run.passed
    assert step.said == "printing"
    kinds = [type(x) for x in commands]
    assert kinds == [s.WriteDown, tt.SaveReport, tt.PrintReport]
    assert isinstance(commands[0], s.WriteDown)
    assert commands[0].kind == TESTED
    state, _ = decide(state, tt.ReportPrinted(step.request, printed=False))
    state, _ = decide(state, tt.ReportSaved(step.request, ""))
    assert isinstance(state.visit.step, TechTested)
    assert (state.visit.step.said, state.visit.step.saved) == ("not_printed", "-")


@pytest.mark.parametrize(
    "way", ["tech.back", "tech.leave", "test.skip", "test.stop", "tech.orders"]
)
def test_whatever_ends_a_running_test_takes_it_back(way: str) -> None:
    state, _ = touch(listed(), "tests.one", "rice_mill.look")
    assert isinstance(state.visit.step, TechTest)
    _, commands = touch(state, way)
    assert tt.StopTest() in commands


def test_an_answer_to_an_older_test_is_dropped() -> None:
    state, _ = touch(listed(), "tests.one", "rice_mill.look")
    assert isinstance(state.visit.step, TechTest)
    old = tt.TestMade(state.visit.step.request - 1, Verdict.PASSED)
    assert decide(state, old)[0].visit.step == state.visit.step


@pytest.mark.parametrize("value", ["", "1 2", "a b c", "nan nan nan", "1 2 3 4"])
def test_a_touch_without_a_place_is_none(value: str) -> None:
    state = signed_in(TechTouch(run=ran({}, "screen.touch")))
    assert touch(state, "touch.at", value)[0].visit.step == state.visit.step


def test_crosses_that_were_missed_fail_and_are_kept() -> None:
    state, commands = touch(listed(), "tests.one", "screen.touch")
    for number, (x, y) in enumerate(POINTS):
        state, commands = touch(state, "touch.at", f"{x} {y} {7.5 if number == 3 else 1}")
    step = state.visit.step
    assert isinstance(step, TechTested)
    assert (step.run.results[0].verdict, step.run.results[0].said) == (
        Verdict.FAILED,
        "最多差 7.5 毫米",
    )
    kept = next(x for x in commands if isinstance(x, tt.KeepTouches))
    assert len(kept.hits) == len(POINTS)


# The adapter


class NowLanes:
    """Lanes that do it at once and keep what is said."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def run(self, lane: str, call: Any, broken: object = None) -> None:  # noqa: ARG002
        self.said.append(call())


def bench(folder: Path) -> tuple[TestBench, NowLanes]:
    lanes = NowLanes()
    settings: Any = SimpleNamespace(cabin=SimpleNamespace(data_dir=folder, name="小屋"), devices={})
    return TestBench(settings, lanes, None, lambda: 0.0), lanes


def test_the_report_is_kept_as_text_and_for_programs(tmp_path: Path) -> None:
    made, lanes = bench(tmp_path)
    made.ask(tt.SaveReport(4, ran(GOOD)))
    (said,) = lanes.said
    assert isinstance(said, tt.ReportSaved)
    text = Path(said.path)
    assert text.parent == tmp_path / FOLDER
    assert "自检报告 小屋" in text.read_text(encoding="utf-8")
    assert json.loads(text.with_suffix(".json").read_text())["passed"] is True


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file in its place")
    made, lanes = bench(tmp_path)
    made.ask(tt.SaveReport(4, ran(GOOD)))
    assert lanes.said == [tt.ReportSaved(4, "")]


def test_without_devices_nothing_passes(tmp_path: Path) -> None:
    made, lanes = bench(tmp_path)
    made.ask(tt.MakeTest(4, CHECKS[0]))
    made.ask(tt.PrintReport(5, st.begin(())))
    assert lanes.said[0].verdict is Verdict.UNKNOWN
    assert lanes.said[1] == tt.ReportPrinted(5, printed=False)
