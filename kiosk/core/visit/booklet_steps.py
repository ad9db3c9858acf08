"""病历本: who is it for, may they have one, and then an order of goods like any other. Pure.

The card is read only while its screen is shown: whoever leaves it takes the question back.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import guards
from kiosk.core.booklet import DISPENSER, READER, REGISTER
from kiosk.core.goods import Goods, Ware
from kiosk.core.state import SCANNER, State
from kiosk.core.visit import booklet_messages as b
from kiosk.core.visit.booklet import CardTrouble, HadBooklet, LayCard
from kiosk.core.visit.common import Moved, go, leave, next_request, stay
from kiosk.core.visit.messages import Touched, VisitCommand
from kiosk.core.visit.steps import CallPerson, ConfirmGoods, OutOfService, Visit

BOOKLET = Goods(Ware.BOOKLET, DISPENSER, "门急诊就医记录册", 1, (1,), 0)


def trouble(state: State) -> str:
    """Return why no booklet can be had now, empty if one can (as ``guards.goods_trouble``)."""
    reason = guards.goods_trouble(state, DISPENSER, free=True)
    if reason:
        return reason
    register = state.device(REGISTER)
    if not register.level.usable:
        return f"{REGISTER}:{register.reason}"
    reader = state.device(READER)
    if not reader.level.usable and not by_code(state):
        return f"{READER}:{reader.reason}"
    return ""


def by_code(state: State) -> bool:
    """True if a medical insurance code will do, and can be scanned."""
    rules = state.rules.booklet
    return rules is not None and rules.insurance_code and state.device(SCANNER).level.usable


def enter(state: State) -> Moved:
    """病历本: begin, or say why not now. Who has been told in this visit isn't asked again."""
    reason = trouble(state)
    if reason:
        return go(state, OutOfService(reason))
    if state.visit.identified is not None:
        return go(state, ConfirmGoods(BOOKLET))
    return _read(state)


def _read(state: State) -> Moved:
    """Wait for a card, or for a code alone if the reader can't be used.

    What lies over the screen stays: a card that doesn't come is no sign of life.
    """
    state, request = next_request(state)
    card = state.device(READER).level.usable
    visit = replace(state.visit, step=LayCard(request, card=card))
    return replace(state, visit=visit), (b.ReadCard(request, card),)


def touched(state: State, touch: Touched, step: LayCard | HadBooklet) -> Moved:
    if touch.target == "booklet.call_person":
        return go(state, CallPerson())
    if touch.target == "booklet.again" and isinstance(step, LayCard) and step.trouble:
        return enter(state)
    if touch.target == "booklet.done" and isinstance(step, HadBooklet):
        return leave(state)
    return stay(state)


def happened(state: State, event: b.CardEvent) -> Moved:
    """What the reader, or the scanner beside it, says; answers to older questions say nothing."""
    step = state.visit.step
    if not isinstance(step, LayCard) or not step.request or step.request != event.request:
        return stay(state)
    match event:
        case b.CardFound():
            return go(state, replace(step, found=True))
        case b.CardRefused(code=code):
            return go(state, LayCard(trouble=_trouble_of(code)))
        case b.CardSilent():
            return enter(state)
        case b.Identified():
            return _identified(state, event)
        case _:
            raise TypeError(f"unknown event {type(event).__name__}")


def other_code(state: State) -> Moved:
    """A bill, a slip, or anything else that tells nobody was held to the scanner."""
    waits = isinstance(state.visit.step, LayCard)
    return go(state, LayCard(trouble=CardTrouble.OTHER_CODE)) if waits else stay(state)


def machine_changed(before: State, after: State) -> Moved:
    """The reader or the scanner has gone or come back while somebody waits before it."""
    step = after.visit.step
    waits = isinstance(step, LayCard) and step.request
    changed = any(
        before.device(x).level.usable is not after.device(x).level.usable for x in (READER, SCANNER)
    )
    return enter(after) if waits and changed else stay(after)


def _trouble_of(code: str) -> CardTrouble:
    known = {x.value: x for x in CardTrouble}
    return known.get(code, CardTrouble.UNREADABLE)


def _identified(state: State, event: b.Identified) -> Moved:
    if event.had:
        return go(state, HadBooklet(event.had, event.again))
    state = replace(state, visit=replace(state.visit, identified=event.person))
    return go(state, ConfirmGoods(BOOKLET))


def let_go(before: State, after: State) -> tuple[VisitCommand, ...]:
    """Take back a question whose screen is gone: no card is read for nobody."""
    asked, asks = _asked(before.visit), _asked(after.visit)
    return (b.StopReading(asked),) if asked and asked != asks else ()


def _asked(visit: Visit) -> int:
    return visit.step.request if isinstance(visit.step, LayCard) else 0


def for_whom(state: State, goods: Goods, order_id: str) -> tuple[VisitCommand, ...]:
    """Tell the register, before the order is opened, whose booklet it is. Never journalled."""
    if goods.ware is not Ware.BOOKLET or state.visit.identified is None:
        return ()
    return (b.BookletFor(order_id, state.visit.identified),)
