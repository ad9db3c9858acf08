"""What the staff refill and set: supplies, prices, services, the configuration, the sign. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import overrides as o
from kiosk.core.access import SIGNED_OUT, Right, Role, may
from kiosk.core.state import State
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit import tech_messages as t
from kiosk.core.visit.common import Moved, go, next_request, stay
from kiosk.core.visit.digits import typed
from kiosk.core.visit.messages import Touched
from kiosk.core.visit.staff import with_overrides
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_steps import (
    TechClosed,
    TechConfig,
    TechConfirm,
    TechNumber,
    TechSettings,
    TechSupplies,
)

MERCHANTS = ("rice",)
"""What is a merchant's own."""


def enter(state: State) -> Moved:
    return go(state, TechSettings())


def _supplies(state: State) -> Moved:
    state, request = next_request(state)
    return go(state, TechSupplies(request=request), t.AskSupplies(request))


def _config(state: State) -> Moved:
    state, request = next_request(state)
    return go(state, TechConfig(request=request), t.AskConfig(request))


def happened(state: State, event: t.TechEvent) -> Moved:
    step: TechStep
    match state.visit.step, event:
        case TechSupplies() as supplies, t.SuppliesTold() if event.request == supplies.request:
            step = replace(supplies, supplies=event.supplies)
        case TechConfig() as config, t.ConfigTold() if event.request == config.request:
            step = replace(config, found=event.found, said=event.said)
        case _:
            return stay(state)
    return replace(state, visit=replace(state.visit, step=step)), ()


def touched(state: State, touch: Touched, step: TechStep) -> Moved:
    match step:
        case TechSettings():
            return _touched_settings(state, touch, step)
        case TechSupplies():
            return _touched_supplies(state, touch, step)
        case TechConfig():
            return _touched_config(state, touch, step)
        case TechNumber():
            return _touched_price(state, touch, step)
        case TechConfirm():
            return _touched_confirm(state, touch, step)
        case _:
            return stay(state)


def services(state: State) -> tuple[str, ...]:
    """The services of this cabin that whoever is signed in may pause: a merchant, their own."""
    rules, who = state.rules, state.visit.operator
    there = {
        "pay_bill": True,
        "clinic": rules.clinic is not None,
        "print": rules.printing is not None,
        "rice": rules.rice is not None,
        "booklet": rules.booklet is not None,
    }
    ours = MERCHANTS if who is not None and who.role is Role.MERCHANT else o.SERVICES
    return tuple(x for x in ours if there[x])


def _touched_settings(state: State, touch: Touched, step: TechSettings) -> Moved:
    who = state.visit.operator
    match touch.target:
        case "settings.supplies" if may(who, Right.SUPPLIES):
            return _supplies(state)
        case "settings.config" if may(who, Right.CONFIG):
            return _config(state)
        case "settings.closed" if may(who, Right.DEVICES):
            return _hang_sign(state)
        case "settings.service" if may(who, Right.SERVICES) and touch.value in services(state):
            on = touch.value in state.overrides.off
            what = "service_on" if on else "service_off"
            return go(state, TechConfirm(what=what, value=touch.value, back=step))
        case "settings.price" if may(who, Right.PRICES):
            shop = state.rules.rice
            rice = shop.bin(int(touch.value)) if shop else None
            if rice is None:
                return stay(state)
            asked = TechConfirm(what="price", value=touch.value, back=step)
            return go(state, TechNumber(what="price", back=asked))
        case _:
            return stay(state)


def _hang_sign(state: State) -> Moved:
    """The sign for residents; whoever hung it is signed out, and signs in to take it down."""
    who = state.visit.operator
    rows = (s.WriteDown(SIGNED_OUT, (("operator", who.id), ("why", "sign"))),) if who else ()
    visit = replace(state.visit.next(TechClosed()), number=state.visit.number + 1)
    return replace(state, visit=visit), rows


def _touched_price(state: State, touch: Touched, step: TechNumber) -> Moved:
    if touch.target == "number.key":
        return go(state, replace(step, digits=typed(step.digits, touch.value, 4)))
    if touch.target == "number.done" and step.digits and isinstance(step.back, TechConfirm):
        fen = int(step.digits)
        if o.sensible(fen):
            return go(state, replace(step.back, words=(step.digits,)))
    return stay(state)


def _touched_supplies(state: State, touch: Touched, step: TechSupplies) -> Moved:
    known = any(x.id == touch.value for x in step.supplies or ())
    if touch.target == "supplies.refilled" and known:
        return go(state, TechConfirm(what="refilled", value=touch.value, back=step))
    return stay(state)


def _touched_config(state: State, touch: Touched, step: TechConfig) -> Moved:
    found = step.found
    if found is None or not may(state.visit.operator, Right.CONFIG):
        return stay(state)
    if touch.target == "config.new" and found.new_ms is not None and not found.mistakes:
        return go(state, TechConfirm(what="config_new", back=step))
    if touch.target == "config.old" and found.old_ms is not None:
        return go(state, TechConfirm(what="config_old", back=step))
    return _config(state) if touch.target == "config.look" else stay(state)


def _touched_confirm(state: State, touch: Touched, step: TechConfirm) -> Moved:
    who = state.visit.operator
    if touch.target != "confirm.yes" or who is None:
        return stay(state)
    by = ("operator", who.id)
    match step.what:
        case "refilled" if may(who, Right.SUPPLIES):
            state, commands = _supplies(state)
            return state, (s.WriteDown(o.REFILLED, (by, ("what", step.value))), *commands)
        case "service_on" | "service_off" if step.value in services(state):
            on = step.what == "service_on"
            row = s.WriteDown(o.SERVICE_SET, (by, ("service", step.value), ("on", int(on))))
            return _set(state, state.overrides.service(step.value, on=on), row)
        case "price" if may(who, Right.PRICES) and step.words:
            number, fen = int(step.value), int(step.words[0])
            instead = state.overrides.instead_of(number)
            body = (by, ("bin", number), ("fen", fen), ("instead", instead))
            row = s.WriteDown(o.PRICE_SET, body)
            return _set(state, state.overrides.price(number, fen, instead), row)
        case "config_new" | "config_old" if may(who, Right.CONFIG):
            state, request = next_request(state)
            which = step.what.removeprefix("config_")
            waiting = TechConfig(request=request)
            return go(state, waiting, t.TakeConfig(request, which, who.id))
        case _:
            return stay(state)


def _set(state: State, overrides: o.Overrides, row: s.WriteDown) -> Moved:
    """It counts from now on; the row makes it count after a start, too."""
    return go(with_overrides(state, overrides), TechSettings(), row)
