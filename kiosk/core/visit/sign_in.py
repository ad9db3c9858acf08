"""Signing in: who, the PIN or the card, and what the journal is told of it. Pure.

Whoever wants staff at the screen calls ``begin`` with a purpose; ``entered`` is where each purpose
goes on.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.access import (
    BY_CARD,
    LONGEST_PIN,
    REFUSED,
    SHORTEST_PIN,
    SIGNED_IN,
    TRIED,
    Operator,
    Purpose,
    find,
)
from kiosk.core.state import State
from kiosk.core.visit import class_decide, tech, tech_orders
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit.common import IDLE, Moved, go, leave, next_request, stay
from kiosk.core.visit.messages import Ring, Touched, VisitCommand
from kiosk.core.visit.sign_in_begin import PAGE, WAIT_TICK, ask, begin
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_steps import TechClosed


def knocked(state: State) -> Moved:
    """Staff want to come in: at once, or when whoever is in the middle of something is done."""
    step = state.visit.step
    if isinstance(step, TechClosed):
        return begin(state, Purpose.MAINTENANCE, step)
    return replace(state, knocked=not isinstance(step, SignIn | TechStep)), ()


def touched(state: State, touch: Touched, step: SignIn) -> Moved:
    if not step.operator:
        return _touched_names(state, touch, step)
    open_to_keys = not step.request and not step.wait_s
    match touch.target:
        case "pin.key" if open_to_keys:
            return _key(state, step, touch.value)
        case "pin.done" if open_to_keys and step.typed >= SHORTEST_PIN:
            return _check(state, step)
        case _:
            return stay(state)


def _touched_names(state: State, touch: Touched, step: SignIn) -> Moved:
    who = step.may_be(state.rules.operators)
    if touch.target == "who.more":
        pages = -(-len(who) // PAGE)
        return go(state, replace(step, page=(step.page + 1) % pages))
    if touch.target == "who.is" and any(x.id == touch.value for x in who):
        return ask(state, step, touch.value)
    return stay(state)


def _key(state: State, step: SignIn, key: str) -> Moved:
    if key.isdecimal() and len(key) == 1 and step.typed < LONGEST_PIN:
        typed = step.typed + 1
    elif key == "delete" and step.typed:
        typed = step.typed - 1
    elif key == "clear":
        typed = 0
    else:
        return stay(state)
    return go(state, replace(step, typed=typed, refused=False), s.TypePin(key))


def _check(state: State, step: SignIn) -> Moved:
    """The try is written down first: a kill doesn't make it undone."""
    state, request = next_request(state)
    return go(
        state,
        replace(step, request=request, typed=0, refused=False),
        _row(TRIED, step.operator, step.purpose, "pin"),
        s.CheckPin(request, step.operator),
    )


def happened(state: State, event: s.SignInEvent) -> Moved:
    step = state.visit.step
    if not isinstance(step, SignIn):
        return stay(state)
    match event:
        case s.CardHeld() if not step.request and step.purpose is not Purpose.SECOND:
            state, request = next_request(state)
            return go(
                state,
                replace(step, request=request, refused=False),
                _row(TRIED, BY_CARD, step.purpose, "card"),
                s.CheckCard(request),
            )
        case s.WaitTold() if event.request == state.visit.requests and step.operator:
            return _wait(state, step, event.seconds)
        case s.PinChecked() if event.request == step.request:
            return _checked(state, step, event)
        case _:
            return stay(state)


def _checked(state: State, step: SignIn, event: s.PinChecked) -> Moved:
    by = "pin" if step.operator else "card"
    who = find(step.may_be(state.rules.operators), event.operator)
    if who is None:
        asked = step.operator or BY_CARD
        state, commands = _wait(state, replace(step, request=0, refused=True), event.wait_s)
        return state, (_row(REFUSED, asked, step.purpose, by), *commands)
    state, commands = entered(state, step, who)
    return state, (_row(SIGNED_IN, who.id, step.purpose, by), *commands)


def entered(state: State, step: SignIn, who: Operator) -> Moved:
    """Go on with what the sign-in was for."""
    if step.purpose is Purpose.SECOND:
        return tech_orders.confirmed(state, step, who)
    if step.purpose is Purpose.CLASS:
        return class_decide.enter(state, who)
    state = replace(state, visit=replace(state.visit, operator=who))
    return tech.enter(state) if step.purpose is Purpose.MAINTENANCE else leave(state)


def _wait(state: State, step: SignIn, seconds: int) -> Moved:
    ring: tuple[VisitCommand, ...] = (Ring(WAIT_TICK, 1),) if seconds else ()
    return go(state, replace(step, wait_s=seconds, typed=0 if seconds else step.typed), *ring)


def ticked(state: State) -> Moved:
    step = state.visit.step
    if not isinstance(step, SignIn) or not step.wait_s:
        return stay(state)
    return _wait(state, step, step.wait_s - 1)


def back(state: State, step: SignIn) -> Moved:
    """返回: to the names, then to where the sign-in was begun."""
    if step.operator and len(step.may_be(state.rules.operators)) > 1:
        return ask(state, step, "")
    return leave(state) if step.before is None else go(state, step.before)


def timed_out(state: State, step: SignIn) -> Moved:
    """Whoever it was has gone; nothing on this screen is theirs."""
    if step.before is None:
        return leave(state)
    state, commands = go(state, step.before)
    patience = state.rules.maintenance_s
    if isinstance(step.before, TechStep):
        patience = tech.patience_s(state, step.before)
    return state, (*commands, Ring(IDLE, patience))


def let_go(before: State, after: State) -> tuple[VisitCommand, ...]:
    """However a sign-in ends, nothing that was typed stays."""
    if isinstance(before.visit.step, SignIn) and not isinstance(after.visit.step, SignIn):
        return (s.ForgetPin(), Ring(WAIT_TICK, 0))
    return ()


def _row(kind: str, operator: str, purpose: Purpose, by: str) -> s.WriteDown:
    return s.WriteDown(kind, (("operator", operator), ("purpose", purpose.value), ("by", by)))
