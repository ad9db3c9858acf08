"""Small moves that all steps of a visit share."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.goods import GoodsState, Ware
from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import BP_METER, Level, State
from kiosk.core.visit.class_messages import CloseClass
from kiosk.core.visit.clinic_messages import StopMeter
from kiosk.core.visit.clinic_steps import UNDER_PRESSURE, ClinicStep
from kiosk.core.visit.messages import Happen, Ring, VisitCommand, VisitEnded
from kiosk.core.visit.print_choices import TakeOriginal
from kiosk.core.visit.steps import AtOrder, Attract, CallPerson, FoundOrder, Home, Overlay, Step

Moved = tuple[State, tuple[VisitCommand, ...]]

IDLE = "idle"
RESET = "reset"
ATTRACT = "attract"
TAKE = "take"
TAKE_S = 20.0
"""How often 请把原件拿走 is said (seconds)."""
TICK = "tick"
"""A second of a countdown at the clinic."""


def go(state: State, step: Step, *commands: VisitCommand) -> Moved:
    """Show ``step`` next."""
    visit = replace(state.visit, step=step, overlay=Overlay.NONE)
    return replace(state, visit=visit), commands


def stay(state: State) -> Moved:
    return state, ()


def next_request(state: State) -> tuple[State, int]:
    """Number a question to the outside, so that older answers can be told from its own."""
    number = state.visit.requests + 1
    return replace(state, visit=replace(state.visit, requests=number)), number


def order_at_screen(state: State) -> Order | None:
    """The order of whoever stands here, also while they look for somebody to help with it."""
    step = state.visit.step
    if isinstance(step, CallPerson):
        step = step.before or step
    return state.orders.get(step.order_id) if isinstance(step, AtOrder) else None


def told_anew(state: State, order: Order) -> State:
    """查一笔 tells how the order stands, also if that changes while somebody reads it."""

    def anew(step: Step | None) -> Step | None:
        if isinstance(step, CallPerson):
            return replace(step, before=anew(step.before))
        return (
            FoundOrder(order)
            if isinstance(step, FoundOrder) and step.order.id == order.id
            else step
        )

    step = anew(state.visit.step)
    if step is None or step == state.visit.step:
        return state
    return replace(state, visit=replace(state.visit, step=step))


def working(order: Order) -> bool:
    """True while a payment, a posting or the printer works for the person at the screen.

    An outcome that stays unknown isn't work to wait for: the slip tells it later.
    """
    if order.poisoned:
        return False
    if order.payment.state in (PaymentState.CREATED, PaymentState.REQUESTED):
        return True
    if order.paper.state is PaperState.PRINTING:
        return True
    if any(x.state is GoodsState.WAITING and x.goods.by_hand for x in order.goods):
        return False  # a bag is awaited: whoever went away without it gets the money back
    return order.payment.state is PaymentState.PAID and order.paper.state is PaperState.NONE


def unrecorded(state: State, order: Order) -> bool:
    """True while something has happened to a payment that can't be written, so isn't acted on.

    Nobody is asked to pay meanwhile, and nobody need stay.
    """
    asked = order.payment.state in (PaymentState.CREATED, PaymentState.REQUESTED)
    return asked and order.id in state.parked


MOVING = frozenset(("", "sending", "waiting", "stopping"))
"""Words of progress with which pages come, or will by themselves."""


def held_up(state: State) -> bool:
    """True while pages don't come until somebody sees to the printer: nobody has to wait for that.

    Whoever goes gets back what didn't come out: the job is taken back (R17).
    """
    order = order_at_screen(state)
    return (
        order is not None
        and state.visit.progress.word not in MOVING
        and any(
            x.goods.ware is Ware.PAGES and x.state is GoodsState.DELIVERING for x in order.goods
        )
    )


def may_leave(state: State) -> bool:
    """False while going away would leave money moving without a word (look, frame).

    Neither while the cuff may press: 停止 is the way out then.
    """
    if isinstance(state.visit.step, UNDER_PRESSURE):
        return False
    order = order_at_screen(state)
    if order is None or order.poisoned or held_up(state):
        return True
    waiting = any(x.state is GoodsState.WAITING for x in order.goods)
    paid = order.payment.state is PaymentState.PAID
    return not (working(order) or order.payment.state is PaymentState.UNKNOWN or (waiting and paid))


def leave(state: State, *, stays: bool = True) -> Moved:
    """End the service: the order lives on, everything else is wiped (standards, shared machine).

    Where something may lie on the scanner's glass, that is said first.

    Whoever touched their way out (``stays``) may want another service: language, volume and
    矮一点 stay with them until the home screen has been left alone for a moment.
    """
    after, timer = after_visit(state)
    home = state.visit.going_on(after) if stays else state.visit.next(after)
    alone_s = 0 if home.as_found or state.visit.original else state.rules.idle_reset_s
    commands: list[VisitCommand] = [*parting(state), Ring(IDLE, 0), Ring(RESET, alone_s)]
    order = order_at_screen(state)
    if order is not None:
        undecided = order.payment.state in (PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON)
        if undecided and order.paper.state is PaperState.NONE:
            commands.append(Happen(e.SlipWanted(order.id)))
        commands.append(Happen(e.PersonLeft(order.id)))
    commands.append(timer)
    return replace(state, visit=home), tuple(commands)


def after_visit(state: State) -> tuple[Step, Ring]:
    """What is shown when a visit is over, and the timer that ends that."""
    if state.visit.original:
        return TakeOriginal(), Ring(TAKE, TAKE_S)
    return Home(), Ring(ATTRACT, state.rules.attract_after_s)


def parting(state: State) -> tuple[VisitCommand, ...]:
    """What must be said before a visit ends, however it ends: a cuff is never left pressing, and
    no file of anybody's stays, nor a cabin that was only for practice.
    """
    step = state.visit.step
    files: tuple[VisitCommand, ...] = (VisitEnded(),) if state.rules.printing is not None else ()
    if state.visit.classroom is not None:
        files = (*files, CloseClass())
    if not isinstance(step, ClinicStep):
        return files
    pressing = isinstance(step, UNDER_PRESSURE) or state.device(BP_METER).level is Level.BUSY
    return (*((StopMeter(),) if pressing else ()), Ring(TICK, 0), *files)


def fall_asleep(state: State) -> Moved:
    return replace(state, visit=state.visit.next(Attract())), ()
