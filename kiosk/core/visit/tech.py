"""The staff's screens: overview, devices, cabin, and the ways between them. Pure.

Orders are in ``tech_orders``, what is refilled and set in ``tech_settings``.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.access import SIGNED_OUT, Right, may
from kiosk.core.state import State
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit import tech_look, tech_orders, tech_settings, tech_tests
from kiosk.core.visit import tech_messages as t
from kiosk.core.visit.common import IDLE, Moved, go, leave, next_request, stay
from kiosk.core.visit.messages import Ring, TimerRang, Touched, VisitCommand, VisitEvent
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_look_steps import TechDoctor, TechWire
from kiosk.core.visit.tech_steps import (
    TechCabin,
    TechClosed,
    TechConfig,
    TechConfirm,
    TechDevice,
    TechNumber,
    TechOrder,
    TechOrders,
    TechOverview,
    TechSettings,
    TechSettle,
    TechSupplies,
)
from kiosk.core.visit.tech_test_steps import TechTest, TechTested, TechTests

POLL = "tech.poll"
POLL_S = 3.0
"""How often what the devices say is looked at again while it is shown."""
CLOSED_S = 7200.0
"""The sign 维护中 comes down by itself: a cabin isn't shut all night because somebody forgot."""


def enter(state: State) -> Moved:
    """Signed in: where this operator begins."""
    if not may(state.visit.operator, Right.DEVICES):
        return tech_settings.enter(state)
    return _survey(state, TechOverview())


def patience_s(state: State, step: TechStep) -> float:
    """How long a step waits for a touch (seconds)."""
    return CLOSED_S if isinstance(step, TechClosed) else state.rules.maintenance_s


def _survey(state: State, step: TechStep) -> Moved:
    state, request = next_request(state)
    return go(state, step, t.AskSurvey(request), Ring(POLL, POLL_S))


def polled(state: State) -> Moved:
    """Look again, as long as somebody looks."""
    step = state.visit.step
    if not isinstance(step, TechOverview | TechDevice | TechCabin):
        return stay(state)
    state, request = next_request(state)
    return state, (t.AskSurvey(request), Ring(POLL, POLL_S))


def happened(state: State, event: t.TechEvent) -> Moved:
    step = state.visit.step
    match event:
        case t.SurveyTold() if isinstance(step, TechOverview | TechDevice | TechCabin):
            visit = replace(state.visit, step=replace(step, survey=event.survey))
            return replace(state, visit=visit), ()
        case t.OrdersTold() | t.LifeTold() | t.PrintedAgain():
            return tech_orders.happened(state, event)
        case t.SuppliesTold() | t.ConfigTold():
            return tech_settings.happened(state, event)
        case _ if isinstance(step, tech_tests.STEPS):
            return tech_tests.happened(state, event)
        case _ if isinstance(step, tech_look.STEPS):
            return tech_look.happened(state, event)
        case _:
            return stay(state)


def touched(state: State, touch: Touched, step: TechStep) -> Moved:
    if isinstance(step, TechClosed):
        return stay(state)  # only who knows the corner comes back from here
    match touch.target:
        case "tech.leave":
            return leave(state)
        case "tech.back":
            return back(state, step)
        case "tech.more":
            return go(state, replace(step, page=step.page + 1))
        case "tech.first":
            return go(state, replace(step, page=0))
        case "tech.orders" if may(state.visit.operator, Right.ORDERS):
            return tech_orders.enter(state)
        case "tech.settings":
            return tech_settings.enter(state)
        case "tech.tests" if may(state.visit.operator, Right.DEVICES):
            return tech_tests.enter(state, touch.value)
        case "tech.doctor" if may(state.visit.operator, Right.DEVICES):
            return tech_look.examine(state)
    match step:
        case TechOverview():
            return _touched_overview(state, touch, step)
        case TechOrders() | TechOrder() | TechSettle():
            return tech_orders.touched(state, touch, step)
        case TechNumber(what="price"):
            return tech_settings.touched(state, touch, step)
        case TechNumber():
            return tech_orders.touched(state, touch, step)
        case TechSupplies() | TechSettings() | TechConfig() | TechConfirm():
            return tech_settings.touched(state, touch, step)
        case TechTests() | TechTest() | TechTested():
            return tech_tests.touched(state, touch, step)
        case TechDoctor() | TechWire():
            return tech_look.touched(state, touch, step)
        case TechDevice() if touch.target == "tech.wire":
            return tech_look.listen(state, step.role)
        case _:
            return stay(state)


def _touched_overview(state: State, touch: Touched, step: TechOverview) -> Moved:
    survey = step.survey
    if touch.target == "tech.device" and survey is not None and survey.device(touch.value):
        return go(state, TechDevice(role=touch.value, survey=survey))
    if touch.target == "tech.cabin":
        return go(state, TechCabin(survey=survey))
    return stay(state)


def back(state: State, step: TechStep) -> Moved:
    """返回: to where this was chosen; from the first screen, out."""
    match step:
        case TechOverview():
            return leave(state)
        case TechDevice(survey=survey) | TechCabin(survey=survey):
            return _survey(state, TechOverview(survey=survey))
        case TechOrder() | TechSettle():
            return tech_orders.back(state, step)
        case TechTest() | TechTested():
            return tech_tests.back(state, step)
        case TechWire(role=role):
            return _survey(state, TechDevice(role=role))
        case TechNumber(back=before) | TechConfirm(back=before) if before is not None:
            return go(state, before)
        case TechSupplies() | TechConfig():
            return tech_settings.enter(state)
        case TechSettings() if not may(state.visit.operator, Right.DEVICES):
            return leave(state)
        case _:
            return enter(state)


def let_go(before: State, after: State, event: VisitEvent) -> tuple[VisitCommand, ...]:
    """However somebody's being signed in ends, the journal is told."""
    stop = (*tech_tests.let_go(before, after), *tech_look.let_go(before, after))
    who = before.visit.operator
    if who is None or after.visit.operator is not None:
        return stop
    why = "timeout" if isinstance(event, TimerRang) and event.name == IDLE else "left"
    return (*stop, s.WriteDown(SIGNED_OUT, (("operator", who.id), ("why", why))), Ring(POLL, 0))
