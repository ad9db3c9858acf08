"""What only a person can find out about an order: what is known, the answer, how it was found."""

from __future__ import annotations

from kiosk.core.money import yuan
from kiosk.core.order import Order
from kiosk.core.settling import REASONS, Question, questions
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import TechSettle
from kiosk.order_text import goods_title
from screens.order_words import MEANS
from screens.order_words import title as bill_title
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of
from screens.tech_words import FOUND_OUT, ORDER_WORDS, VERDICTS
from screens.widgets.staff_row import StaffLine

__all__ = ["TechSettleScreen", "spoken", "view_of"]

WHAT_TO_DO = {
    "payment": "请到支付平台的后台查这个单号。查不到，就是没有付成。",
    "line": "请打电话问缴费单位，这张账单有没有缴上。",
    "goods": "请看机器里、出口和库存，算出一共出来多少。",
    "refund": "请到支付平台的后台查这笔退款。没有退的话，先在那边退好。",
}


def view_of(state: State) -> TechPage:
    step = step_of(state, TechSettle)
    order, question = step.order, step.question
    if order is None or question is None:
        return TechPage("了结", bar=bar_of(state))
    known = known_lines(order, question)
    if not step.verdict:
        actions = tuple(
            Action(VERDICTS[x.value], "settle.verdict", x.value) for x in question.verdicts
        )
        if len(questions(order)) > 1:
            actions += (Action("另一件事", "settle.about"),)
        return TechPage(
            "查到了什么？", WHAT_TO_DO[question.about], known, actions, bar=bar_of(state)
        )
    answer = VERDICTS[step.verdict]
    if step.verdict == "delivered":
        answer = f"一共出来 {step.units}"
    actions = tuple(Action(FOUND_OUT[x], "settle.reason", x) for x in REASONS)
    hint = "选好以后，请另一位同事输入密码。机器不会因此再收钱。"
    chosen = StaffLine("您的答复", answer, "", "attention")
    return TechPage("怎么查到的？", hint, (*known, chosen), actions, bar=bar_of(state))


def known_lines(order: Order, question: Question) -> tuple[StaffLine, ...]:
    """What the machine itself knows of it."""
    means = MEANS.get(order.means.id, order.means.id)
    lines = [
        StaffLine("单号", order.short_id, f"¥ {yuan(order.amount_fen)}"),
        StaffLine("付款", f"{means} · {ORDER_WORDS[order.payment_word]}"),
    ]
    match question.about:
        case "line":
            line = order.lines[question.line]
            name = f"{bill_title(line.bill)} · {line.bill.institution_name}"
            lines.append(StaffLine("问的是", name, f"¥ {yuan(line.amount_fen)}", "unknown"))
        case "goods":
            goods = order.goods[question.line]
            name = f"{goods_title(goods)} · 已知出来 {goods.given} / {goods.goods.units}"
            lines.append(StaffLine("问的是", name, f"¥ {yuan(question.fen)}", "unknown"))
        case "refund":
            number = question.refund_no or "还没有退款单号"
            lines.append(StaffLine("问的是退款", number, f"¥ {yuan(question.fen)}", "unknown"))
        case _:
            lines.append(
                StaffLine("问的是", "这笔钱付成了没有", f"¥ {yuan(question.fen)}", "unknown")
            )
    return tuple(lines)


class TechSettleScreen(TechScreen):
    name = "tech_settle"
