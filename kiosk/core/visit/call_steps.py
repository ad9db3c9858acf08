"""请人帮忙: ask the office, find out by the slip, or hold a class. Pure."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit import staff
from kiosk.core.visit.common import Moved, go, leave, order_at_screen, stay
from kiosk.core.visit.steps import CallPerson, FindSlip


def touched(state: State, touch: m.Touched) -> Moved:
    step = state.visit.step
    if touch.target == "call.volunteer" and order_at_screen(state) is None:
        return staff.hold_class(state, step)
    if touch.target == "call.find_slip" and order_at_screen(state) is None:
        return go(state, FindSlip())
    if touch.target == "call.ask" and isinstance(step, CallPerson):
        if step.asked:
            return stay(state)
        order = order_at_screen(state)
        ask = m.AskOffice(order.id if order else "")
        return go(state, CallPerson(asked=True, before=step.before), ask)
    return leave(state) if touch.target == "call.done" else stay(state)
