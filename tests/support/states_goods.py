"""Buying goods, up to their end, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.events import Charge, Delivery, PaymentFacts, Refunding
from kiosk.core.goods import Goods, Ware
from kiosk.core.means import FREE, Means, RefundBy
from kiosk.core.order import Order
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.steps import (
    CheckGoods,
    ConfirmGoods,
    FoundOrder,
    Note,
    NoteCode,
    OutOfService,
)
from tests.support import states as s

RICE = Goods(
    Ware.RICE,
    "rice_mill",
    "长粒香 胚芽米",
    2500,
    (1250, 1250),
    2400,
    (("bin", "1"), ("level", "5"), ("more", "60")),
    "示例粮油店",
    by_hand=True,
)
PAGES = Goods(Ware.PAGES, "document_printer", "黑白打印 双面", 6, (6,), 300)
BOOKLET = Goods(Ware.BOOKLET, "booklet_dispenser", "门急诊就医记录册", 1, (1,), 0)
GIFT = Means(FREE, RefundBy.NONE)
MACHINES = {
    role: Device(Level.READY) for role in ("rice_mill", "document_printer", "booklet_dispenser")
}


def bought(goods: Goods, *events: e.OrderEvent, means: Means = s.TERMINAL) -> Order:
    """An order of goods after some events."""
    opened = e.OrderOpened(s.ORDER_ID, means, (), goods.total_fen, goods=(goods,))
    found, _ = decide(None, opened, s.AT)
    for event in events:
        found, _ = decide(found, event, s.AT)
    return found


def with_machines(state: State) -> State:
    return replace(state, devices={**state.devices, **MACHINES})


def gave(result: Delivery, units: int = 0, part: int = 0, code: str = "") -> e.DeliveryAnswered:
    return e.DeliveryAnswered(s.ORDER_ID, 0, part, result, units, code)


WANTED = e.DeliveryWanted(s.ORDER_ID)
BACK = e.RefundAnswered(s.ORDER_ID, f"{s.ORDER_ID}R1", Refunding.REFUNDED)
PAID = s.paid(2400)
GIVEN_BACK = (
    s.CODE,
    e.CancelWanted(s.ORDER_ID),
    e.PaymentQueried(s.ORDER_ID, Charge.NOT_FOUND),
    e.PaymentClosed(s.ORDER_ID, e.Close.CLOSED, "refunded_by_close"),
    e.PaymentQueried(s.ORDER_ID, Charge.NOT_PAID, code="closed"),
)
"""A code that was paid at the very moment when it was closed."""
UNPAID = e.PaymentAnswered(s.ORDER_ID, Charge.NOT_PAID, code="51")
COUPON = e.PaymentAnswered(s.ORDER_ID, Charge.PAID, PaymentFacts(2400, 2200, "700000000001"))
ALL = (PAID, WANTED, gave(Delivery.DONE, 1250), gave(Delivery.DONE, 1250, 1))
SOME = (PAID, WANTED, gave(Delivery.DONE, 1250), gave(Delivery.NOT_DONE, 0, 1, "stall"), BACK)
NOTHING = (PAID, WANTED, gave(Delivery.NOT_DONE, 0, 0, "stall"), BACK)
FORGOTTEN = (PAID, WANTED, gave(Delivery.UNDECIDABLE, 0, 0, "lost_power"))

_STATES: dict[str, State] = {
    "goods_confirm": s.at(ConfirmGoods(RICE)),
    "goods_confirm_limit": s.at(ConfirmGoods(RICE, Note(NoteCode.OVER_PAYMENT_LIMIT, "500000"))),
    "goods_confirm_free": s.at(ConfirmGoods(BOOKLET)),
    "goods_checking": s.at(CheckGoods(PAGES, s.TERMINAL, 1)),
    "goods_pay": s.with_order(bought(RICE)),
    "goods_receipt": s.with_order(bought(RICE, *ALL)),
    "goods_done": s.with_order(bought(RICE, *ALL, s.printed(1))),
    "goods_some": s.with_order(bought(RICE, *SOME, s.printed(1))),
    "goods_nothing": s.with_order(bought(RICE, *NOTHING, s.printed(1))),
    "goods_forgotten": s.with_order(bought(RICE, *FORGOTTEN, s.printed(1))),
    "goods_free_done": s.with_order(
        bought(BOOKLET, gave(Delivery.DONE, 1), s.printed(1), means=GIFT)
    ),
    "goods_free_nothing": s.with_order(
        bought(BOOKLET, gave(Delivery.NOT_DONE, 0, 0, "not_taken"), s.printed(1), means=GIFT)
    ),
    "goods_coupon": s.with_order(bought(RICE, COUPON, *ALL[1:], s.printed(1))),
    "goods_payment_unknown": s.with_order(bought(RICE, s.LOST, s.ASKED)),
    "goods_payment_person": s.with_order(
        bought(RICE, e.PaymentAnswered(s.ORDER_ID, Charge.UNDECIDABLE))
    ),
    "goods_poisoned": s.with_order(bought(RICE, UNPAID, s.POISON)),
    "goods_not_paid": s.with_order(bought(RICE, UNPAID)),
    "goods_given_back": s.with_order(bought(RICE, *GIVEN_BACK, means=s.ALIPAY)),
    "goods_given_back_done": s.with_order(bought(RICE, *GIVEN_BACK, s.printed(1), means=s.ALIPAY)),
    "goods_found_unknown": s.at(FoundOrder(bought(RICE, s.LOST, s.ASKED))),
    "goods_found_done": s.at(FoundOrder(bought(RICE, *ALL, s.printed(1)))),
    "goods_out_of_service": s.at(OutOfService("rice_mill:bin_1_empty")),
    "goods_held": s.at(OutOfService("held:rice_mill")),
}
STATES = {name: with_machines(state) for name, state in _STATES.items()}
