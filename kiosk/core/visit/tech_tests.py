"""Self-tests on the staff's screens: which, one after the other, what came of them. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import selftest as st
from kiosk.core.selftest import Check, Phase, Run, Verdict
from kiosk.core.state import State
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit import tech_messages as t
from kiosk.core.visit import tech_test_messages as tt
from kiosk.core.visit.common import Moved, go, next_request, stay
from kiosk.core.visit.messages import Touched, VisitCommand
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_test_steps import (
    COLOURS,
    HIT_MM,
    POINTS,
    Hit,
    TechColours,
    TechTest,
    TechTested,
    TechTests,
    TechTouch,
)

TESTED = "SelfTested"
GOODS_TESTED = "GoodsTested"
OPEN_ORDERS = "有没办完的单子，等它办完再测"
STEPS = TechTests | TechTest | TechTested


def enter(state: State, role: str = "") -> Moved:
    """The list of tests, of one device or of all."""
    state, request = next_request(state)
    return go(state, TechTests(request=request, role=role), tt.AskTests(request))


def happened(state: State, event: t.TechEvent) -> Moved:
    step: TechStep
    match state.visit.step, event:
        case TechTests() as tests, tt.TestsTold() if event.request == tests.request:
            step = replace(tests, checks=event.checks)
        case TechTest() as test, tt.TestMade() if event.request == test.request:
            run = st.answered(test.run, test.run.number, event.verdict, event.said, event.seconds)
            return _go_on(state, run, whole=test.whole)
        case TechTested() as done, tt.ReportPrinted() if event.request == done.request:
            step = replace(done, said="printed" if event.printed else "not_printed")
        case TechTested() as done, tt.ReportSaved() if event.request == done.request:
            step = replace(done, saved=event.path or "-")
        case _:
            return stay(state)
    return replace(state, visit=replace(state.visit, step=step)), ()


def touched(state: State, touch: Touched, step: STEPS) -> Moved:
    match step:
        case TechTests():
            return _touched_list(state, touch, step)
        case TechTouch():
            return _touched_cross(state, touch, step)
        case TechColours():
            return _touched_colour(state, touch, step)
        case TechTest():
            return _touched_test(state, touch, step)
        case TechTested():
            return _touched_result(state, touch, step)


def _touched_list(state: State, touch: Touched, step: TechTests) -> Moved:
    if touch.target == "tests.all" and step.checks:
        return _go_on(state, st.begin(st.guided(step.checks)), whole=True)
    chosen = next((x for x in step.checks or () if x.id == touch.value), None)
    if touch.target == "tests.one" and chosen is not None:
        return _go_on(state, st.begin((chosen,)), whole=False)
    return stay(state)


def _touched_test(state: State, touch: Touched, step: TechTest) -> Moved:
    run, running = step.run, step.run.phase is Phase.RUNNING
    match touch.target:
        case "test.ready":
            after = st.ready(run)
        case "test.good" | "test.bad":
            after = st.seen(run, good=touch.target == "test.good")
        case "test.skip":
            after = st.skip(run)
        case "test.stop":
            after = st.stop(run)
        case _:
            return stay(state)
    if after == run:
        return stay(state)
    stop = (tt.StopTest(),) if running else ()
    state, commands = _go_on(state, after, whole=step.whole)
    return state, (*stop, *commands)


def _touched_cross(state: State, touch: Touched, step: TechTouch) -> Moved:
    hit = _hit(touch.value, len(step.hits))
    if touch.target != "touch.at" or hit is None:
        return stay(state)
    hits = (*step.hits, hit)
    if len(hits) < len(POINTS):
        return go(state, replace(step, hits=hits))
    far = max(x[4] for x in hits)
    verdict = Verdict.PASSED if far <= HIT_MM else Verdict.FAILED
    run = st.answered(step.run, step.run.number, verdict, f"最多差 {far:.1f} 毫米")
    state, commands = _go_on(state, run, whole=step.whole)
    return state, (tt.KeepTouches(hits), *commands)


def _hit(value: str, at: int) -> Hit | None:
    """Where the glass says it was touched, beside the cross it was meant for."""
    parts = value.split(" ")
    if at >= len(POINTS) or len(parts) != 3:
        return None
    try:
        x, y, far_mm = map(float, parts)
    except ValueError:
        return None
    on_the_glass = 0 <= x <= 1 and 0 <= y <= 1 and far_mm >= 0
    return (*POINTS[at], x, y, far_mm) if on_the_glass else None


def _touched_colour(state: State, touch: Touched, step: TechColours) -> Moved:
    if touch.target != "colours.next":
        return stay(state)
    if step.at + 1 < len(COLOURS):
        return go(state, replace(step, at=step.at + 1))
    run = st.answered(step.run, step.run.number, Verdict.PASSED)
    return _go_on(state, run, whole=step.whole)


def _touched_result(state: State, touch: Touched, step: TechTested) -> Moved:
    match touch.target:
        case "tested.print" if step.said != "printing":
            state, request = next_request(state)
            step = replace(step, request=request, said="printing")
            return go(state, step, tt.PrintReport(request, step.run))
        case "tested.look":
            return go(state, replace(step, look="" if touch.value == step.look else touch.value))
        case "tested.again":
            failed = tuple(x.check for x in step.run.results if x.verdict is not Verdict.PASSED)
            return _go_on(state, st.begin(failed), whole=False) if failed else stay(state)
        case _:
            return stay(state)


def back(state: State, step: STEPS) -> Moved:
    """返回: out of a test, or from what came of it, to the list."""
    stop = _let_go(step)
    state, commands = enter(state)
    return state, (*stop, *commands)


def _let_go(step: object) -> tuple[VisitCommand, ...]:
    running = isinstance(step, TechTest) and step.run.phase is Phase.RUNNING
    return (tt.StopTest(),) if running else ()


def let_go(before: State, after: State) -> tuple[VisitCommand, ...]:
    """Whoever leaves while a test runs takes it back."""
    if isinstance(after.visit.step, STEPS):
        return ()
    return _let_go(before.visit.step)


def _go_on(state: State, run: Run, *, whole: bool) -> Moved:
    """Show what comes next in a run, and begin it."""
    check = run.current
    if check is None:
        return _over(state, run, whole=whole)
    state, request = next_request(state)
    if run.phase is not Phase.RUNNING:
        return go(state, TechTest(run=run, request=request, whole=whole))
    match check.kind:
        case st.TOUCH:
            return go(state, TechTouch(run=run, request=request, whole=whole))
        case st.COLOURS:
            return go(state, TechColours(run=run, request=request, whole=whole))
        case st.SOUND:  # the screen that asks whether it was heard says it
            return _go_on(state, st.answered(run, run.number, Verdict.PASSED), whole=whole)
    if check.goods and any(not x.closed for x in state.orders.values()):
        refused = st.answered(run, run.number, Verdict.UNKNOWN, OPEN_ORDERS)
        return _go_on(state, refused, whole=whole)
    step = TechTest(run=run, request=request, whole=whole)
    rows = _written(state, check) if check.goods else ()
    return go(state, step, *rows, tt.MakeTest(request, check))


def _written(state: State, check: Check) -> tuple[VisitCommand, ...]:
    """What brings goods out stands in the journal before it does."""
    who = state.visit.operator
    return (s.WriteDown(GOODS_TESTED, (("operator", who.id if who else ""), ("test", check.id))),)


def _over(state: State, run: Run, *, whole: bool) -> Moved:
    """All is over: the journal has who tested, and the run through everything its report."""
    who = state.visit.operator
    counts = tuple((x.value, run.count(x)) for x in Verdict)
    row = s.WriteDown(TESTED, (("operator", who.id if who else ""), *counts))
    state, request = next_request(state)
    step = TechTested(run=run, request=request, said="printing" if whole else "")
    report = (tt.SaveReport(request, run), tt.PrintReport(request, run)) if whole else ()
    return go(state, step, row, *report)
