"""Where the visit's decision meets the staff's: signing in, and the staff's screens. Pure."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit import sign_in, tech
from kiosk.core.visit.common import Moved, leave, stay
from kiosk.core.visit.messages import Touched, VisitCommand, VisitEvent
from kiosk.core.visit.sign_in_begin import WAIT_TICK
from kiosk.core.visit.sign_in_messages import SignInEvent
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import Attract, Home, OutOfService
from kiosk.core.visit.tech_messages import TechEvent
from kiosk.core.visit.tech_steps import TechStep

STEPS = SignIn | TechStep
EVENTS = SignInEvent | TechEvent


def wanted(state: State) -> bool:
    """Whether staff have knocked, and nobody is in the middle of anything."""
    return state.knocked and isinstance(state.visit.step, Home | Attract | OutOfService)


def happened(state: State, event: SignInEvent | TechEvent) -> Moved:
    if isinstance(event, TechEvent):
        return tech.happened(state, event)
    return sign_in.happened(state, event)


def touched(state: State, touch: Touched) -> Moved:
    match state.visit.step:
        case SignIn() as step:
            return sign_in.touched(state, touch, step)
        case TechStep() as step:
            return tech.touched(state, touch, step)
        case _:
            return stay(state)


def rang(state: State, name: str) -> Moved | None:
    """What a timer means to the staff's screens; None if it is none of theirs."""
    step = state.visit.step
    if name == WAIT_TICK:
        return sign_in.ticked(state)
    if name == tech.POLL:
        return tech.polled(state)
    if isinstance(step, SignIn):
        return sign_in.timed_out(state, step)
    return leave(state) if isinstance(step, TechStep) else None


def patience_s(state: State) -> float:
    """How long a screen waits for a touch (seconds)."""
    step = state.visit.step
    return (
        tech.patience_s(state, step) if isinstance(step, TechStep) else state.rules.idle_warning_s
    )


def let_go(before: State, after: State, event: VisitEvent) -> tuple[VisitCommand, ...]:
    return (*sign_in.let_go(before, after), *tech.let_go(before, after, event))
