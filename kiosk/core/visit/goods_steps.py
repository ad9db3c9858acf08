"""From chosen goods to their order, and what the person can do while they come out. Pure.

Every service that gives something out ends here: it goes to ``ConfirmGoods`` with what was chosen.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.goods import Goods, GoodsState
from kiosk.core.means import FREE, Means, RefundBy
from kiosk.core.order import Order, PaymentState
from kiosk.core.state import PRINTER, State
from kiosk.core.visit import booklet_steps
from kiosk.core.visit.common import Moved, go, next_request, order_at_screen, stay
from kiosk.core.visit.messages import (
    AskPrinter,
    GoodsProgressed,
    Happen,
    PrinterAnswered,
    Ring,
    Touched,
)
from kiosk.core.visit.steps import AtOrder, CheckGoods, ConfirmGoods, Note, NoteCode, OutOfService

PAPER = "paper"
PAPER_S = 2.5
GIFT = Means(FREE, RefundBy.NONE)


def touched_confirm(state: State, touch: Touched, step: ConfirmGoods) -> Moved:
    """The way of paying was touched; what is free is simply wanted."""
    if touch.target != "confirm_goods.pay":
        return stay(state)
    reason = _trouble(state, step.goods)
    if reason:
        return go(state, OutOfService(reason))
    means = GIFT if not step.goods.total_fen else _means(state, touch.value)
    if means is None:
        return go(state, replace(step, note=Note(NoteCode.SERVICE_DOWN, touch.value)))
    state, number = next_request(state)
    asked = CheckGoods(step.goods, means, number)
    return go(state, asked, AskPrinter(number), Ring(PAPER, PAPER_S))


def printer_answered(state: State, event: PrinterAnswered) -> Moved:
    """Open the order if the printer is ready now (R16)."""
    step = state.visit.step
    if not isinstance(step, CheckGoods) or step.request != event.request:
        return stay(state)
    if event.device.level.usable:
        state, commands = _open(state, step)
    else:
        state, commands = go(state, OutOfService(PRINTER))
    return state, (Ring(PAPER, 0), *commands)


def _open(state: State, step: CheckGoods) -> Moved:
    goods = step.goods
    reason = _trouble(state, goods)
    if reason:
        return go(state, OutOfService(reason))
    note = guards.over_limit(state, goods.total_fen) if goods.total_fen else None
    if note:
        return go(state, ConfirmGoods(goods, note))
    if goods.total_fen and _means(state, step.means.id) is None:
        return go(state, ConfirmGoods(goods, Note(NoteCode.SERVICE_DOWN, step.means.id)))
    opened = e.OrderOpened(
        state.next_order_id,
        step.means,
        (),
        goods.total_fen,
        state.rules.receipt_patience_s,
        (goods,),
    )
    order_id = state.next_order_id
    whose = booklet_steps.for_whom(state, goods, order_id)
    return go(state, AtOrder(order_id), *whose, Happen(opened))


def _trouble(state: State, goods: Goods) -> str:
    return guards.goods_trouble(state, goods.role, free=not goods.total_fen)


def _means(state: State, means_id: str) -> Means | None:
    return next((x for x in guards.refundable_means(state) if x.id == means_id), None)


def wanted(order: Order, target: str) -> e.OrderEvent | None:
    """What a touch means to an order whose goods are paid for."""
    if order.payment.state is not PaymentState.PAID or not awaits_hand(order):
        return None
    match target:
        case "goods.begin":
            return e.DeliveryWanted(order.id)
        case "goods.decline":
            return e.DeliveryDeclined(order.id)
        case _:
            return None


def awaits_hand(order: Order) -> bool:
    """True while paid goods wait until the person says that they may come out."""
    return order.payment.state is PaymentState.PAID and any(
        x.state is GoodsState.WAITING and x.goods.by_hand for x in order.goods
    )


def progressed(state: State, event: GoodsProgressed) -> Moved:
    """Remember how far it is, for the screen alone."""
    order = order_at_screen(state)
    if order is None or order.id != event.order_id:
        return stay(state)
    return replace(state, visit=replace(state.visit, progress=event.progress)), ()
