"""An order in words: for paper, for the screen, for a phone. No driver, no widget.

Accounts and cards show their last four characters; no name ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.barcodes import slip_code
from kiosk.core.bills import Kind
from kiosk.core.goods import Goods, GoodsLine, GoodsState, Ware
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.money import yuan
from kiosk.core.order import Line, LineState, Order, PaymentState, RefundState
from kiosk.i18n import N_, _

KINDS = {Kind.WATER: N_("水费"), Kind.ELECTRIC: N_("电费"), Kind.GAS: N_("煤气费")}
NAMES = (N_("门急诊就医记录册"),)
"""What the cabin gives out under a name of its own; a merchant's goods are called as they are."""
MEANS = {TERMINAL: N_("刷卡机"), ALIPAY: N_("支付宝"), WECHAT: N_("微信支付")}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands on every paper of this cabin. ``practice``: none of them is for real."""

    name: str
    address: str
    phone: str
    refund_days: int
    localtime: Callable[[float], time.struct_time] = time.localtime
    practice: bool = False


def title(line: Line) -> str:
    """``电费 2026-10 户号尾号4417``: what a line pays, without a name."""
    parts = (_(KINDS[line.bill.kind]), line.bill.period, _("户号尾号") + line.bill.tail)
    return " ".join(x for x in parts if x)


def line_words(line: Line) -> str:
    """What became of a line, in plain words."""
    if line.state is LineState.POSTED:
        return _("已缴好")
    if line.state is LineState.REFUSED:
        return _("没有缴成，这笔钱退给您")
    if line.needs_person:
        return _("已付款，工作人员在核对")
    return _("已付款，正在入账")


def amount_words(ware: Ware, units: int) -> str:
    """``2.5 千克``, ``6 面``, ``1 本``."""
    match ware:
        case Ware.RICE:
            return _("{n} 千克").format(n=f"{units / 1000:.3f}".rstrip("0").rstrip("."))
        case Ware.PAGES:
            return _("{n} 面").format(n=units)
        case Ware.BOOKLET:
            return _("{n} 本").format(n=units)


def goods_name(goods: Goods) -> str:
    """``东北长粒香 胚芽``: the rice by its merchant's name, the milling in the screen's words."""
    how = dict(goods.how)
    if goods.ware is Ware.RICE and "rice" in how and "milling" in how:
        return f"{how['rice']} {_(how['milling'])}"
    return _(goods.name)


def goods_title(line: GoodsLine) -> str:
    """``东北长粒香 胚芽 2.5 千克``."""
    return f"{goods_name(line.goods)} {amount_words(line.goods.ware, line.goods.units)}"


def goods_words(line: GoodsLine) -> str:
    """What became of goods, in plain words."""
    match line.state:
        case GoodsState.DELIVERED if line.code == "not_taken":
            return _("碾好了，留在机器里没有拿")
        case GoodsState.DELIVERED:
            return _("已出")
        case GoodsState.PARTLY:
            came = amount_words(line.goods.ware, line.given)
            return _("出了 {amount}，少的退给您").format(amount=came)
        case GoodsState.NOT_DELIVERED if line.code == "not_taken":
            return _("没有拿走，收回了")
        case GoodsState.NOT_DELIVERED:
            return _("没有出，这笔钱退给您") if line.goods.total_fen else _("没有出")
        case GoodsState.DELIVERY_UNKNOWN:
            return (
                _("还不知道出了多少，工作人员会核对")
                if line.goods.total_fen
                else _("还不知道出来没有，工作人员会核对")
            )
        case _:
            return _("正在出")


def refund_words(order: Order, days: int) -> tuple[str, ...]:
    """Say what goes back, how, and how long that takes at most."""
    words = []
    for refund in order.refunds:
        amount = yuan(refund.money_fen)
        if refund.state is RefundState.REFUNDED:
            sentence = _("已退 {amount} 元，{days} 个工作日内回到原来的卡或账户。")
        elif refund.state is RefundState.NEEDS_PERSON:
            sentence = _("要退 {amount} 元，由工作人员办理，请留好小票，拿它来问。")
        else:
            sentence = _("正在退 {amount} 元，{days} 个工作日内回到原来的卡或账户。")
        words.append(sentence.format(amount=amount, days=days))
    return tuple(words)


def plain_text(order: Order, head: Letterhead) -> str:
    """The same facts for a phone that reads the code on the screen instead of paper."""
    lines = [f"{head.name} {order.short_id}"]
    paid = order.payment.state is PaymentState.PAID
    for line in order.lines:
        words = f"{title(line)} {yuan(line.amount_fen)}"
        lines.append(f"{words} {line_words(line)}" if paid else words)
    for goods in order.goods:
        price = f" {yuan(goods.goods.total_fen)}" if goods.goods.total_fen else ""
        words = goods_title(goods) + price
        lines.append(f"{words} {goods_words(goods)}" if paid else words)
    if paid and order.amount_fen:
        lines.append(_("合计（元）") + " " + yuan(order.amount_fen))
        facts = order.payment.facts
        if facts is not None and facts.paid_fen != order.amount_fen:
            lines.append(_("优惠后实付") + " " + yuan(facts.paid_fen))
    elif paid:
        lines.append(_("免费"))
    elif order.payment.state is PaymentState.NOT_PAID:
        lines.append(_("没有付款，您的钱没有扣。"))
    else:
        lines.append(_("付款结果确认中") + " " + _("请不要重复付款。"))
    lines += refund_words(order, head.refund_days)
    lines.append(slip_code(order.id))
    return "\n".join(lines)
