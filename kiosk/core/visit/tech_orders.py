"""Orders on the staff's screens: find one, see its life, say what only a person knows. Pure.

Nothing here moves money: what is said is booked as ``PersonSettled``, as ``kiosk journal settle``
does, and only after a second operator has agreed.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.access import Operator, Purpose
from kiosk.core.events import Verdict
from kiosk.core.order import Order
from kiosk.core.settling import REASONS, Question, questions, verdict_event
from kiosk.core.state import State
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit import tech_messages as t
from kiosk.core.visit.common import Moved, go, next_request, stay
from kiosk.core.visit.digits import typed
from kiosk.core.visit.messages import Happen, Touched
from kiosk.core.visit.sign_in_begin import begin
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_steps import (
    TechNumber,
    TechOrder,
    TechOrders,
    TechSettle,
)

REPRINTED = "SlipPrintedAgain"
LONGEST = {"number": 12, "amount": 8, "day": 6, "units": 5}
"""Digits that make sense: a short order number, fen, month, day and perhaps hour, grams or pieces.
"""


def enter(state: State) -> Moved:
    """What waits for a person comes first."""
    return _seek(state, "waiting", "")


def _seek(state: State, sought: str, value: str) -> Moved:
    state, request = next_request(state)
    step = TechOrders(sought=sought, value=value, request=request)
    return go(state, step, t.AskOrders(request, sought, value))


def _open(state: State, order_id: str, back: TechOrders | None, said: str = "") -> Moved:
    state, request = next_request(state)
    step = TechOrder(order_id=order_id, request=request, back=back, said=said)
    return go(state, step, t.AskLife(request, order_id))


def happened(state: State, event: t.TechEvent) -> Moved:
    step = state.visit.step
    match step, event:
        case TechOrders(), t.OrdersTold() if event.request == step.request:
            return _put(state, replace(step, found=event.found))
        case TechOrder(), t.LifeTold() if event.request == step.request:
            return _put(state, replace(step, life=event.life))
        case TechOrder(), t.PrintedAgain() if event.request == step.request:
            said = "printed" if event.printed else "not_printed"
            return _put(state, replace(step, said=said))
        case _:
            return stay(state)


def _put(state: State, step: TechStep) -> Moved:
    """The same place with what was told."""
    return replace(state, visit=replace(state.visit, step=step)), ()


def touched(state: State, touch: Touched, step: TechStep) -> Moved:
    match step:
        case TechOrders():
            return _touched_list(state, touch, step)
        case TechNumber():
            return _touched_number(state, touch, step)
        case TechOrder():
            return _touched_order(state, touch, step)
        case TechSettle():
            return _touched_settle(state, touch, step)
        case _:
            return stay(state)


def _touched_list(state: State, touch: Touched, step: TechOrders) -> Moved:
    match touch.target:
        case "orders.waiting":
            return _seek(state, "waiting", "")
        case "orders.by" if touch.value in ("number", "amount", "day"):
            return go(state, TechNumber(what=touch.value, back=step))
        case "orders.open" if any(x.order_id == touch.value for x in step.found or ()):
            return _open(state, touch.value, step)
        case _:
            return stay(state)


def _touched_number(state: State, touch: Touched, step: TechNumber) -> Moved:
    if touch.target == "number.key":
        return go(state, replace(step, digits=typed(step.digits, touch.value, LONGEST[step.what])))
    if touch.target != "number.done" or not step.digits:
        return stay(state)
    if step.what == "units" and isinstance(step.back, TechSettle):
        question = step.back.question
        units = int(step.digits)
        if question is None or units > question.most:
            return stay(state)
        return go(state, replace(step.back, verdict=Verdict.DELIVERED.value, units=units))
    return _seek(state, step.what, step.digits)


def _touched_order(state: State, touch: Touched, step: TechOrder) -> Moved:
    order = step.life.order if step.life else None
    who = state.visit.operator
    if order is None or who is None:
        return stay(state)
    if touch.target == "order.again" and step.said != "printing":
        state, request = next_request(state)
        row = s.WriteDown(REPRINTED, (("order_id", order.id), ("operator", who.id)))
        said = replace(step, said="printing", request=request)
        return go(state, said, row, t.PrintAgain(request, order.id))
    open_questions = questions(order)
    if touch.target == "order.settle" and open_questions:
        return go(state, TechSettle(order=order, question=open_questions[0], back=step))
    return stay(state)


def _touched_settle(state: State, touch: Touched, step: TechSettle) -> Moved:
    order, question = step.order, step.question
    who = state.visit.operator
    if order is None or question is None or who is None:
        return stay(state)
    if touch.target == "settle.about" and not step.verdict:
        return go(state, replace(step, question=_next(order, question)))
    if touch.target == "settle.verdict" and touch.value in question.verdicts:
        if touch.value == Verdict.DELIVERED:
            return go(state, TechNumber(what="units", back=step))
        return go(state, replace(step, verdict=touch.value))
    if touch.target == "settle.reason" and step.verdict and touch.value in REASONS:
        chosen = replace(step, reason=touch.value)
        # Whoever has begun it can't be the second as well.
        return begin(state, Purpose.SECOND, chosen, who.id)
    return stay(state)


def confirmed(state: State, step: SignIn, second: Operator) -> Moved:
    """Two have signed: book it, and let the machines go on from there."""
    settle, first = step.before, state.visit.operator
    if not isinstance(settle, TechSettle) or settle.order is None or settle.question is None:
        return stay(state)
    if first is None or first.id == second.id or not settle.verdict or not settle.reason:
        return stay(state)
    order = settle.order
    event = verdict_event(
        order,
        settle.question,
        Verdict(settle.verdict),
        f"{first.id}+{second.id}",
        settle.reason,
        settle.units,
    )
    commands = [Happen(event)]
    if order.poisoned:
        commands.append(Happen(e.Restarted(order.id)))  # it was stopped in the middle of something
    before = settle.back.back if settle.back else None
    state, more = _open(state, order.id, before, "settled")
    return state, (*commands, *more)


def _next(order: Order, question: Question) -> Question:
    found = questions(order)
    at = found.index(question) if question in found else -1
    return found[(at + 1) % len(found)] if found else question


def back(state: State, step: TechOrder | TechSettle) -> Moved:
    match step:
        case TechSettle(verdict=verdict) if verdict:
            return go(state, replace(step, verdict="", units=0))
        case TechSettle(back=TechOrder() as before):
            return go(state, before)
        case TechOrder(back=TechOrders() as before):
            return _seek(state, before.sought, before.value)
        case _:
            return enter(state)
