"""The whole life of an order, row by row, as the journal has it."""

from __future__ import annotations

from kiosk.core.money import yuan
from kiosk.core.settling import questions
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import Moment, TechOrder
from screens.tech_order_words import told
from screens.tech_orders import short_number
from screens.tech_page import Action, TechPage, TechScreen, bar_of, second, spoken, step_of, wrapped
from screens.tech_words import KINDS, ORDER_WORDS
from screens.widgets.staff_row import StaffLine

__all__ = ["TechOrderScreen", "spoken", "view_of"]

SAID = {
    "printing": "正在补打小票……",
    "printed": "小票补打好了。",
    "not_printed": "小票没有打出来，请看打印机。",
    "settled": "已经记进账本。",
}


def view_of(state: State) -> TechPage:
    step = step_of(state, TechOrder)
    title = f"单号 {short_number(step.order_id)}"
    life = step.life
    if life is None:
        return TechPage(title, "正在翻账本……", bar=bar_of(state))
    order, hints = life.order, [SAID.get(step.said, "")]
    actions: tuple[Action, ...] = ()
    if order is not None:
        hints.append(f"¥ {yuan(order.amount_fen)} · {ORDER_WORDS[order.payment_word]}")
        asked = questions(order)
        if asked:
            hints.append(f"有 {len(asked)} 件事要人来说")
        actions = (Action("补打小票", "order.again", enabled=step.said != "printing"),)
        actions += (Action("去了结", "order.settle", main=True),) if asked else ()
    if life.trouble:
        hints.append("后面的读不出来，要用 kiosk journal 看")
    hint = " · ".join(x.rstrip("。") for x in hints if x)
    lines = tuple(y for x in life.moments for y in _lines(x))
    return TechPage(title, hint, lines, actions, step.page, bar_of(state))


def _lines(moment: Moment) -> tuple[StaffLine, ...]:
    sign = "" if moment.agrees else "bad"
    title = KINDS.get(moment.kind, moment.kind)
    return wrapped(title, told(moment.facts) or "—", second(moment.at_ms), sign)


class TechOrderScreen(TechScreen):
    name = "tech_order"
