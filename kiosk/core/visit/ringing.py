"""What a timer means to whoever stands at the screen. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.state import State
from kiosk.core.visit import clinic_common, clinic_decide, copying, pay_steps, print_steps, staff
from kiosk.core.visit import messages as m
from kiosk.core.visit.class_steps import ClassStep
from kiosk.core.visit.common import (
    ATTRACT,
    IDLE,
    RESET,
    TAKE,
    TICK,
    Moved,
    fall_asleep,
    held_up,
    leave,
    order_at_screen,
    stay,
    unrecorded,
    working,
)
from kiosk.core.visit.print_choices import TakeOriginal
from kiosk.core.visit.steps import (
    Attract,
    CheckGoods,
    Home,
    Looking,
    Overlay,
    Rechecking,
)


def rang(state: State, name: str) -> Moved:
    """A timer of that name has run out. Raises ValueError if there is none."""
    step = state.visit.step
    if name == pay_steps.PAPER:
        return pay_steps.printer_silent(state)
    if name == print_steps.POLL:
        return print_steps.polled(state)
    if name == TICK:
        return clinic_decide.ticked(state)
    if isinstance(step, TakeOriginal) and name in (TAKE, IDLE):
        return copying.rang(state, step)
    if name == TAKE:
        return stay(state)
    if name == ATTRACT:
        return fall_asleep(state) if isinstance(step, Home) else stay(state)
    theirs = staff.rang(state, name)
    if theirs is not None:
        return theirs
    if isinstance(step, Home) and name == RESET and not state.visit.as_found:
        # Whoever set it so has gone on to nothing else.
        return replace(state, visit=state.visit.next(step)), ()
    if isinstance(step, Home | Attract):
        return stay(state)
    order = order_at_screen(state)
    busy = isinstance(step, Looking | Rechecking | CheckGoods) or (
        order is not None and working(order) and not unrecorded(state, order) and not held_up(state)
    )
    if busy or clinic_common.works(state) or print_steps.works(state):
        # Never while a device or a payment works, not even after the warning (standards, time).
        return cover(state, Overlay.NONE), (m.Ring(IDLE, state.rules.idle_warning_s),)
    if isinstance(step, ClassStep):
        return leave(state, stays=False)  # whoever it was has gone, and owns nothing on this screen
    if name == RESET:
        idle = state.visit.overlay is Overlay.IDLE
        return leave(state, stays=False) if idle else stay(state)
    if name != IDLE:
        raise ValueError(f"no timer {name!r}")
    return cover(state, Overlay.IDLE), (m.Ring(RESET, state.rules.idle_reset_s),)


def cover(state: State, overlay: Overlay) -> State:
    """Lay this over the screen, or take away what lies there."""
    return replace(state, visit=replace(state.visit, overlay=overlay))
