"""The goods of an order: part after part, each given out once.

Nothing is ever started again: what a lost answer, a restart or a fault leaves open is asked about,
and what for certain didn't come out is paid back (design, Money 8; requirements R16, R19).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.commands import CheckDelivery, Command, Deliver, StartTimer
from kiosk.core.events import Delivery
from kiosk.core.goods import GoodsLine, GoodsState
from kiosk.core.order import (
    Order,
    PaymentState,
    Step,
    pause,
    with_goods,
    with_person,
    without_person,
)

TIMER = "goods."
GIVE_UP_MS = 24 * 3600 * 1000
LEAST_ATTEMPTS = 5
UNKNOWN = "delivery_unknown:"
LEFT = "left"
DECLINED = "declined"
LATE = "late_payment"
INTERRUPTED = "interrupted"


def begin(order: Order, at: int) -> Step:
    """Give out what is paid for, one thing at a time, while somebody is there to take it."""
    if order.payment.state is not PaymentState.PAID:
        return order, ()
    for index, line in enumerate(order.goods):
        if line.state in (GoodsState.DELIVERING, GoodsState.DELIVERY_UNKNOWN):
            return order, ()
        if line.state is not GoodsState.WAITING:
            continue
        reason = _too_late(order, line)
        if reason:
            order = with_goods(order, index, state=GoodsState.NOT_DELIVERED, code=reason)
        elif order.goods_wanted or not line.goods.by_hand:
            return _deliver(order, index, at)
    return order, ()


def _too_late(order: Order, line: GoodsLine) -> str:
    if order.payment.late:
        return LATE
    if order.person_left:
        return LEFT
    if order.interrupted and not line.goods.by_hand:
        # What was to be given out, and to whom, was known before the restart only.
        return INTERRUPTED
    return ""


def wanted(order: Order) -> Step:
    """The person says that it may begin: the bag is there."""
    return replace(order, goods_wanted=True), ()


def declined(order: Order) -> Step:
    """The person doesn't want what hasn't begun."""
    for index, line in enumerate(order.goods):
        if line.state is GoodsState.WAITING and order.payment.state is PaymentState.PAID:
            order = with_goods(order, index, state=GoodsState.NOT_DELIVERED, code=DECLINED)
    return order, ()


def answered(order: Order, event: e.DeliveryAnswered, at: int) -> Step:
    line = _line(order, event.line)
    if line is None or line.state is not GoodsState.DELIVERING or line.part != event.part:
        return order, ()
    more = line.part + 1 < len(line.goods.parts)
    if event.result is Delivery.DONE and more and not event.code:
        order = with_goods(order, event.line, part=line.part + 1, given=line.given + event.units)
        return _deliver(order, event.line, at)
    return _heard(order, event, at)


def checked(order: Order, event: e.DeliveryChecked, at: int) -> Step:
    line = _line(order, event.line)
    if line is None or line.state is not GoodsState.DELIVERY_UNKNOWN or line.part != event.part:
        return order, ()
    if not line.checking:
        return order, ()
    return _heard(order, event, at)


def timer(order: Order, name: str) -> Step:
    """Ask what became of it. Asking gives nothing out."""
    index = int(name.removeprefix(TIMER))
    line = _line(order, index)
    if line is None or line.state is not GoodsState.DELIVERY_UNKNOWN or line.checking:
        return order, ()
    return with_goods(order, index, checking=True), (_check(order, index),)


def restarted(order: Order) -> Step:
    """What was under way is unknown now; what hadn't begun is not begun by itself any more."""
    commands: list[Command] = []
    order = replace(order, interrupted=bool(order.goods), goods_wanted=False)
    for index, line in enumerate(order.goods):
        if line.state in (GoodsState.DELIVERING, GoodsState.DELIVERY_UNKNOWN):
            unknown = GoodsState.DELIVERY_UNKNOWN
            order = with_goods(order, index, state=unknown, checking=True)
            commands.append(_check(order, index))
    return order, tuple(commands)


def settled(order: Order, index: int, units: int) -> Order:
    """Book what a person has found out: so many units of the whole have come out."""
    line = _line(order, index)
    if line is None:
        raise ValueError(f"{order.id} has no goods {index}")
    stopped = bool(order.poisoned) and line.state in (GoodsState.WAITING, GoodsState.DELIVERING)
    if line.state is not GoodsState.DELIVERY_UNKNOWN and not stopped:
        return order
    order = with_goods(order, index, given=0)
    return _end(order, index, min(units, line.goods.units), "person")


def _line(order: Order, index: int) -> GoodsLine | None:
    return order.goods[index] if 0 <= index < len(order.goods) else None


def _deliver(order: Order, index: int, at: int) -> Step:
    line = order.goods[index]
    order = with_goods(
        order, index, state=GoodsState.DELIVERING, first_tried_at=line.first_tried_at or at
    )
    line = order.goods[index]
    return order, (Deliver(order.id, index, line.part, order.line_no(index), line.goods),)


def _heard(order: Order, event: e.DeliveryAnswered | e.DeliveryChecked, at: int) -> Step:
    index = event.line
    match event.result:
        case Delivery.DONE | Delivery.NOT_DONE:
            return _end(order, index, event.units, event.code), ()
        case Delivery.UNDECIDABLE:
            return _to_person(_unknown(order, index, event.code), index), ()
        case _:
            return _later(order, index, event.code, at)


def _end(order: Order, index: int, units: int, code: str) -> Order:
    """No further part: what is out is out, and the rest goes back."""
    line = order.goods[index]
    given = line.given + units
    if given + line.goods.tolerance >= line.goods.units:
        state = GoodsState.DELIVERED
    else:
        state = GoodsState.PARTLY if given > 0 else GoodsState.NOT_DELIVERED
    order = with_goods(
        order, index, state=state, given=given, checking=False, code=code, needs_person=False
    )
    return without_person(order, f"{UNKNOWN}{index}")


def _unknown(order: Order, index: int, code: str) -> Order:
    line = order.goods[index]
    return with_goods(
        order,
        index,
        state=GoodsState.DELIVERY_UNKNOWN,
        checking=False,
        code=code,
        attempts=line.attempts + 1,
    )


def _later(order: Order, index: int, code: str, at: int) -> Step:
    order = _unknown(order, index, code)
    line = order.goods[index]
    if at - line.first_tried_at >= GIVE_UP_MS and line.attempts >= LEAST_ATTEMPTS:
        order = _to_person(order, index)
    return order, (StartTimer(order.id, f"{TIMER}{index}", pause(line.attempts - 1)),)


def _to_person(order: Order, index: int) -> Order:
    return with_person(with_goods(order, index, needs_person=True), f"{UNKNOWN}{index}")


def _check(order: Order, index: int) -> CheckDelivery:
    line = order.goods[index]
    return CheckDelivery(order.id, index, line.part, order.line_no(index), line.goods)
