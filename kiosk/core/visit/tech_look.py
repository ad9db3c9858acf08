"""The doctor's findings and a port's traffic on the staff's screens. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.state import State
from kiosk.core.visit import tech_look_steps as k
from kiosk.core.visit.common import Moved, go, next_request, stay
from kiosk.core.visit.messages import Ring, Touched, VisitCommand
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_look_steps import TechDoctor, TechWire
from kiosk.core.visit.tech_messages import TechEvent

POLL = "tech.wire"
POLL_S = 0.7
STEPS = TechDoctor | TechWire
WAYS = ("", "in", "out")


def examine(state: State) -> Moved:
    """Let the doctor look at everything."""
    state, request = next_request(state)
    return go(state, TechDoctor(request=request), k.Examine(request))


def listen(state: State, role: str) -> Moved:
    """Listen to a device's port."""
    state, request = next_request(state)
    step = TechWire(role=role, request=request)
    return go(state, step, k.AskWire(request, role), Ring(POLL, POLL_S))


def polled(state: State) -> Moved:
    """Hear what has passed, unless somebody reads."""
    step = state.visit.step
    if not isinstance(step, TechWire) or step.paused:
        return stay(state)
    return state, (k.AskWire(step.request, step.role), Ring(POLL, POLL_S))


def happened(state: State, event: TechEvent) -> Moved:
    step: TechStep
    match state.visit.step, event:
        case TechDoctor() as doctor, k.Examined() if event.request == doctor.request:
            step = replace(doctor, found=event.found, unseen=event.unseen)
        case TechDoctor() as doctor, k.Written() if event.request == doctor.request:
            step = replace(doctor, report=event.path or "-", place=event.place)
        case TechWire() as wire, k.Written() if event.request == wire.request:
            step = replace(wire, saved=event.path or "-")
        case TechWire() as wire, k.WireHeard() if event.request == wire.request:
            if wire.paused or not event.frames:
                return stay(state)
            step = replace(wire, frames=(*event.frames, *wire.frames)[: k.KEPT])
        case _:
            return stay(state)
    return replace(state, visit=replace(state.visit, step=step)), ()


def touched(state: State, touch: Touched, step: STEPS) -> Moved:
    match step, touch.target:
        case TechDoctor(found=found), "doctor.again" if found is not None:
            return examine(state)
        case TechDoctor(report=report), "doctor.report" if report != "…":
            return go(state, replace(step, report="…"), k.WriteReport(step.request))
        case TechWire(), "wire.pause":
            paused = replace(step, paused=not step.paused, page=0)
            return go(state, paused, *(() if paused.paused else (Ring(POLL, POLL_S),)))
        case TechWire(), "wire.only":
            way = WAYS[(WAYS.index(step.only) + 1) % len(WAYS)]
            return go(state, replace(step, only=way, page=0))
        case TechWire(saved=saved), "wire.save" if saved != "…":
            return go(state, replace(step, saved="…"), k.SaveWire(step.request, step.role))
        case _:
            return stay(state)


def let_go(before: State, after: State) -> tuple[VisitCommand, ...]:
    """However a wire's screen is left, nobody listens any more."""
    if isinstance(before.visit.step, TechWire) and not isinstance(after.visit.step, TechWire):
        return (k.LeaveWire(), Ring(POLL, 0))
    return ()
