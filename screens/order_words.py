"""Words that several screens of an order share."""

from __future__ import annotations

import re

from kiosk.core.bills import Bill, Kind
from kiosk.core.goods import GoodsLine, GoodsState
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.order import Line, LineState, Order
from kiosk.i18n import N_, _
from kiosk.order_text import KINDS, goods_title, goods_words
from screens.widgets.ladder import Step

COMPANIES = {
    Kind.WATER: N_("水务公司"),
    Kind.ELECTRIC: N_("电力公司"),
    Kind.GAS: N_("燃气公司"),
}
MEANS = {TERMINAL: N_("刷卡机"), ALIPAY: N_("支付宝"), WECHAT: N_("微信")}


_MONTH = re.compile(r"\d{4}-?(0[1-9]|1[0-2])")


def title(bill: Bill) -> str:
    """``电费 10 月``, or ``电费充值`` for a prepaid account."""
    if not bill.bill_no:
        return _("{kind}充值").format(kind=_(KINDS[bill.kind]))
    return f"{_(KINDS[bill.kind])} {months(bill.period)}".strip()


def companies(order: Order) -> str:
    """``电力公司和水务公司``: whom the money is for."""
    names = list(dict.fromkeys(_(COMPANIES[x.bill.kind]) for x in order.lines))
    if len(names) == 1:
        return names[0]
    return _("、").join(names[:-1]) + _("和") + names[-1]


_LINES = {
    LineState.POSTED: (N_("已缴好"), "done"),
    LineState.REFUSED: (N_("没有缴成，退给您"), "refused"),
    LineState.POST_UNKNOWN: (N_("正在入账"), "unknown"),
    LineState.POSTING: (N_("正在入账"), "unknown"),
    LineState.WAITING: (N_("正在入账"), "unknown"),
}


def line_steps(order: Order) -> tuple[Step, ...]:
    """Each line of an order as a rung: what it is and what became of it.

    Bills of one kind and month (two households, paid together) are told apart by the last four of
    their numbers, as on the paper; that is shown and not said.
    """
    titles = [title(x.bill) for x in order.lines]
    return tuple(
        _line_step(line, name, twin=titles.count(name) > 1)
        for line, name in zip(order.lines, titles, strict=True)
    )


def _line_step(line: Line, name: str, *, twin: bool) -> Step:
    words, state = _LINES[line.state]
    if line.needs_person:
        words = N_("工作人员在核对")
    told = _("{bill}：{words}").format(bill=name, words=_(words))
    if not twin:
        return Step(told, state)
    tail = _("户号尾号 {tail}").format(tail=line.bill.tail)
    return Step(f"{told}\n{tail}", state, told)


_GOODS = {
    GoodsState.DELIVERED: "done",
    GoodsState.PARTLY: "refused",
    GoodsState.NOT_DELIVERED: "refused",
    GoodsState.DELIVERY_UNKNOWN: "unknown",
    GoodsState.DELIVERING: "now",
    GoodsState.WAITING: "next",
}


def whichever(order: Order) -> str:
    """What holds whether the money was taken or not: nothing is lost."""
    if order.goods:
        return _("付成了，没有办的，钱会退给您。没付成，一分钱也不会少。")
    return _("付成了就去缴，缴不成退钱。没付成，一分钱不少。")


def goods_step(line: GoodsLine) -> Step:
    """Goods of an order as a rung: what they are and what became of them."""
    what = _("{bill}：{words}").format(bill=goods_title(line), words=goods_words(line))
    left = line.state is GoodsState.DELIVERED and line.code == "not_taken"
    return Step(what, "unknown" if left else _GOODS[line.state], goods_words(line))


def months(period: str) -> str:
    """``2026-10`` → ``10 月``, ``2026-09/2026-10`` → ``9–10 月``; anything else as it is."""
    parts = [_MONTH.fullmatch(x) for x in period.split("/")]
    numbers = [str(int(x[1])) for x in parts if x]
    if len(numbers) != len(parts):
        return period
    return _("{month} 月").format(month="–".join(numbers))
