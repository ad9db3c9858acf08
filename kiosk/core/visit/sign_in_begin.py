"""How a sign-in begins: who may be meant, and the digit pad of one of them. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.access import Purpose
from kiosk.core.state import State
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit.common import Moved, go, next_request, stay
from kiosk.core.visit.messages import Ring
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import Step

WAIT_TICK = "sign_in.tick"
"""A second of a wait."""
PAGE = 5
"""So many names at once; a sixth button turns the page."""


def begin(state: State, purpose: Purpose, before: Step | None = None, not_id: str = "") -> Moved:
    """Ask who is there. Nothing happens in a cabin where nobody may."""
    step = SignIn(purpose, not_id=not_id, before=before)
    who = step.may_be(state.rules.operators)
    if not who:
        return stay(state)
    visit = replace(state.visit, language="zh")  # the staff's screens speak no other
    return ask(replace(state, visit=visit), step, who[0].id if len(who) == 1 else "")


def ask(state: State, step: SignIn, operator: str) -> Moved:
    """Show the names, or this one's digit pad. Nothing typed before counts."""
    state, request = next_request(state)
    who = tuple(x.id for x in step.may_be(state.rules.operators))
    fresh = replace(step, operator=operator, typed=0, request=0, wait_s=0, refused=False)
    return go(
        state,
        fresh,
        s.TypePin("clear"),
        s.AskWait(request, operator, who),
        Ring(WAIT_TICK, 0),
    )
