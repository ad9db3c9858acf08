"""Receipts and slips: what is known of an order, on paper and as text for a phone.

Fields after JR/T 0001-2001 §8 as far as the payer's side tells them. Accounts and cards show
their last four characters; no name ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from devices.receipt_printer.document import (
    Block,
    Columns,
    Cut,
    Feed,
    Qr,
    Rule,
    Text,
)
from devices.receipt_printer.document import Document as Paper
from kiosk.barcodes import slip_code
from kiosk.core.bills import Kind
from kiosk.core.commands import Document
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.money import yuan
from kiosk.core.order import Line, LineState, Order, PaymentState, RefundState
from kiosk.i18n import N_, _

KINDS = {Kind.WATER: N_("水费"), Kind.ELECTRIC: N_("电费"), Kind.GAS: N_("煤气费")}
MEANS = {TERMINAL: N_("刷卡机"), ALIPAY: N_("支付宝"), WECHAT: N_("微信支付")}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands on every paper of this cabin."""

    name: str
    address: str
    phone: str
    refund_days: int
    localtime: Callable[[float], time.struct_time] = time.localtime


def compose(order: Order, document: Document, head: Letterhead, *, again: bool) -> Paper:
    """Return the paper for an order as it stands now; ``again`` marks it 补打."""
    blocks: list[Block] = [Text(head.name, size=(2, 2), bold=True, align="center")]
    if again:
        blocks.append(Text(_("补打"), size=(2, 2), bold=True, align="center"))
    if document is Document.SLIP:
        blocks += _slip(order, head)
    else:
        blocks += _receipt(order, head)
    blocks += _foot(order, head)
    return tuple(blocks)


def _receipt(order: Order, head: Letterhead) -> Iterator[Block]:
    yield Text(_("缴费凭条"), size=(2, 2), align="center")
    yield Rule()
    yield from _number(order, head)
    yield Rule()
    for line in order.lines:
        yield Columns(title(line), yuan(line.amount_fen), bold=True)
        yield Text(f"  {line_words(line)}")
    yield Rule()
    yield Columns(_("合计（元）"), yuan(order.amount_fen), bold=True)
    facts = order.payment.facts
    if facts is not None and facts.paid_fen != order.amount_fen:
        yield Columns(_("优惠后实付"), yuan(facts.paid_fen))
    yield from _how_paid(order)
    yield from (Text(x, bold=True) for x in refund_words(order, head.refund_days))


def _slip(order: Order, head: Letterhead) -> Iterator[Block]:
    yield Text(_("付款结果确认中"), size=(2, 2), align="center")
    yield Rule()
    yield Text(_("请不要重复付款。"), size=(2, 2), bold=True)
    yield Text(_("付成了，账单就算缴好；没付成，一分钱也不会少。"))
    yield Rule()
    yield from _number(order, head)
    yield Columns(_("金额（元）"), yuan(order.amount_fen), bold=True)
    for line in order.lines:
        yield Columns(title(line), yuan(line.amount_fen))


def _number(order: Order, head: Letterhead) -> Iterator[Block]:
    yield Columns(_("单号"), order.short_id, bold=True)
    opened = head.localtime(order.opened_at / 1000)
    yield Columns(_("时间"), time.strftime("%Y-%m-%d %H:%M", opened))


def _how_paid(order: Order) -> Iterator[Block]:
    yield Columns(_("付款方式"), _(MEANS.get(order.means.id, order.means.id)))
    facts = order.payment.facts
    if facts is None:
        return
    for name, value in (
        (_("卡号尾号"), facts.card[-4:]),
        (_("参考号"), facts.reference),
        (_("渠道单号"), facts.channel_no),
    ):
        if value:
            yield Columns(name, value)


def _foot(order: Order, head: Letterhead) -> Iterator[Block]:
    yield Rule()
    yield Qr(slip_code(order.id))
    yield Text(_("拿这张纸到机器前扫一扫，就能查这一笔。"), align="center")
    yield Text(f"{head.address}  {head.phone}", align="center")
    yield Feed(2)
    yield Cut()


def title(line: Line) -> str:
    """``电费 2026-10 尾号4417``: what a line pays, without a name."""
    parts = (_(KINDS[line.bill.kind]), line.bill.period, _("尾号") + line.bill.tail)
    return " ".join(x for x in parts if x)


def line_words(line: Line) -> str:
    """What became of a line, in plain words."""
    if line.state is LineState.POSTED:
        return _("已缴好")
    if line.state is LineState.REFUSED:
        return _("没有缴成，这笔钱退给您")
    return _("已付款，正在入账")


def refund_words(order: Order, days: int) -> tuple[str, ...]:
    """Say what goes back, how, and how long that takes at most."""
    words = []
    for refund in order.refunds:
        amount = yuan(refund.amount_fen)
        if refund.state is RefundState.REFUNDED:
            sentence = _("已退 {amount} 元，{days} 个工作日内回到原来的卡或账户。")
        elif refund.state is RefundState.NEEDS_PERSON:
            sentence = _("要退 {amount} 元，工作人员会联系办理，请留好这张纸。")
        else:
            sentence = _("正在退 {amount} 元，{days} 个工作日内回到原来的卡或账户。")
        words.append(sentence.format(amount=amount, days=days))
    return tuple(words)


def plain_text(order: Order, head: Letterhead) -> str:
    """The same facts for a phone that reads the code on the screen instead of paper."""
    lines = [f"{head.name} {order.short_id}"]
    lines += [f"{title(x)} {yuan(x.amount_fen)} {line_words(x)}" for x in order.lines]
    if order.payment.state is PaymentState.PAID:
        lines.append(_("合计（元）") + " " + yuan(order.amount_fen))
    else:
        lines.append(_("付款结果确认中") + " " + _("请不要重复付款。"))
    lines += refund_words(order, head.refund_days)
    lines.append(slip_code(order.id))
    return "\n".join(lines)
