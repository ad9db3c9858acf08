"""Where the visit's decision meets the staff's: signing in, and the staff's screens. Pure.

What they need is imported when staff first come in: no resident's screen waits or pays for it.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.access import Purpose
from kiosk.core.overrides import Overrides
from kiosk.core.state import State
from kiosk.core.visit.common import ATTRACT, IDLE, Moved, leave, stay
from kiosk.core.visit.messages import Ring, StaffEvent, Touched, VisitCommand, VisitEvent
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import Attract, Home, OutOfService, Step
from kiosk.core.visit.tech_base import TechStep


def knocked(state: State) -> Moved:
    """Staff want to come in: at once, or when whoever is in the middle of something is done."""
    if not SignIn(Purpose.MAINTENANCE).may_be(state.rules.operators):
        return stay(state)
    from kiosk.core.visit import sign_in

    return sign_in.knocked(state)


def wanted(state: State) -> bool:
    """Whether staff have knocked, and nobody is in the middle of anything."""
    return state.knocked and isinstance(state.visit.step, Home | Attract | OutOfService)


def let_in(state: State) -> Moved:
    """Ask the staff who knocked who they are."""
    from kiosk.core.visit.sign_in_begin import begin

    return begin(replace(state, knocked=False), Purpose.MAINTENANCE)


def happened(state: State, event: StaffEvent) -> Moved:
    from kiosk.core.visit import sign_in, tech
    from kiosk.core.visit.sign_in_messages import SignInEvent
    from kiosk.core.visit.tech_messages import TechEvent

    if isinstance(event, TechEvent):
        return tech.happened(state, event)
    if not isinstance(event, SignInEvent):
        return stay(state)
    state, commands = sign_in.happened(state, event)
    if isinstance(state.visit.step, Home):
        return state, commands
    return state, (*commands, Ring(ATTRACT, 0), Ring(IDLE, patience_s(state)))


def touched(state: State, touch: Touched) -> Moved:
    from kiosk.core.visit import sign_in, tech

    match state.visit.step:
        case SignIn() as step:
            return sign_in.touched(state, touch, step)
        case TechStep() as step:
            return tech.touched(state, touch, step)
        case _:
            return stay(state)


def hold_class(state: State, before: Step) -> Moved:
    """A volunteer wants to hold a class: ask who it is."""
    from kiosk.core.visit.sign_in_begin import begin

    return begin(state, Purpose.CLASS, before)


def back(state: State) -> Moved:
    """返回 while somebody signs in."""
    from kiosk.core.visit import sign_in

    step = state.visit.step
    return sign_in.back(state, step) if isinstance(step, SignIn) else stay(state)


def rang(state: State, name: str) -> Moved | None:
    """What a timer means to the staff's screens; None if it is none of theirs."""
    step = state.visit.step
    if not isinstance(step, SignIn | TechStep):
        return stay(state) if name.startswith(("sign_in.", "tech.")) else None
    from kiosk.core.visit import sign_in, tech, tech_look
    from kiosk.core.visit.sign_in_begin import WAIT_TICK

    if name == WAIT_TICK:
        return sign_in.ticked(state)
    if name == tech.POLL:
        return tech.polled(state)
    if name == tech_look.POLL:
        return tech_look.polled(state)
    return sign_in.timed_out(state, step) if isinstance(step, SignIn) else leave(state)


def patience_s(state: State) -> float:
    """How long a screen waits for a touch (seconds)."""
    step = state.visit.step
    if not isinstance(step, TechStep):
        return state.rules.idle_warning_s
    from kiosk.core.visit import tech

    return tech.patience_s(state, step)


def let_go(before: State, after: State, event: VisitEvent) -> tuple[VisitCommand, ...]:
    """However a sign-in or somebody's being signed in ends, nothing of it stays, and it is told."""
    if before.visit.operator is None and not isinstance(before.visit.step, SignIn):
        return ()
    from kiosk.core.visit import sign_in, tech

    return (*sign_in.let_go(before, after), *tech.let_go(before, after, event))


def with_overrides(state: State, overrides: Overrides) -> State:
    """The state of a cabin in which the staff have set this."""
    rules = replace(state.rules, rice=overrides.shop(state.rules.rice))
    return replace(state, rules=rules, overrides=overrides)
