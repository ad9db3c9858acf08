"""Orders: those that wait for a person first; any other by number, sum or day."""

from __future__ import annotations

from kiosk.core.money import yuan
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import MOST_ORDERS, OrderLine, TechOrders
from screens.tech_page import Action, TechPage, TechScreen, bar_of, clock, spoken, step_of
from screens.tech_words import ORDER_WORDS
from screens.widgets.staff_row import StaffLine

__all__ = ["TechOrdersScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step = step_of(state, TechOrders)
    actions = (
        Action("按单号找", "orders.by", "number"),
        Action("按金额找", "orders.by", "amount"),
        Action("按日期找", "orders.by", "day"),
        Action("没有办完的", "orders.waiting"),
    )
    found = step.found
    if found is None:
        return TechPage(_title(step), "正在翻账本……", (), actions, bar=bar_of(state), columns=3)
    hint = "" if found else "一张也没有。"
    if len(found) >= MOST_ORDERS:
        hint = f"太多了，只有最新的 {MOST_ORDERS} 张。按日期找的时候，可以加上钟点。"
    lines = tuple(map(_line, found))
    return TechPage(_title(step), hint, lines, actions, step.page, bar_of(state), 3)


def _title(step: TechOrders) -> str:
    match step.sought:
        case "number":
            return f"单号末尾 {step.value}"
        case "amount":
            return f"{yuan(int(step.value))} 元的单子"
        case "day":
            hour = f" {int(step.value[4:])} 点" if step.value[4:] else ""
            return f"{step.value[:2]} 月 {step.value[2:4]} 日{hour}的单子"
        case _:
            return "没有办完的单子"


def short_number(order_id: str) -> str:
    """As on the slip: ``3801 1122 0047``."""
    return f"{order_id[:4]} {order_id[6:10]} {order_id[11:15]}"


def _line(order: OrderLine) -> StaffLine:
    word = "等人核对" if order.needs_person else "办完了" if order.closed else "还在办"
    sign = "attention" if order.needs_person else "ok" if order.closed else "unknown"
    detail = f"{clock(order.opened_ms)} · {ORDER_WORDS.get(order.word, order.word)}"
    return StaffLine(
        short_number(order.order_id),
        detail,
        word,
        sign,
        f"¥ {yuan(order.amount_fen)}",
        "orders.open",
        order.order_id,
    )


class TechOrdersScreen(TechScreen):
    name = "tech_orders"
