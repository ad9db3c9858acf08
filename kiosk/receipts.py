"""Receipts and slips: what is known of an order, on paper and as text for a phone.

Fields after JR/T 0001-2001 §8 as far as the payer's side tells them. Accounts and cards show
their last four characters; no name ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

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
from kiosk.core.commands import Document
from kiosk.core.means import FREE
from kiosk.core.money import yuan
from kiosk.core.order import Order
from kiosk.i18n import _
from kiosk.order_text import (
    MEANS,
    Letterhead,
    goods_title,
    goods_words,
    line_words,
    refund_words,
    title,
)


def compose(order: Order, document: Document, head: Letterhead, *, again: bool) -> Paper:
    """Return the paper for an order as it stands now; ``again`` marks it 补打."""
    blocks: list[Block] = [Text(head.name, size=(2, 2), bold=True, align="center")]
    blocks += practice_words(head)
    if again:
        blocks.append(Text(_("补打"), size=(2, 2), bold=True, align="center"))
    if document is Document.SLIP:
        blocks += _slip(order, head)
    else:
        blocks += _receipt(order, head)
    blocks += _foot(order, head)
    return tuple(blocks)


def practice_words(head: Letterhead) -> tuple[Block, ...]:
    """What a paper of a lesson says before anything else."""
    if not head.practice:
        return ()
    return (
        Text(_("练习"), size=(3, 3), bold=True, align="center"),
        Text(_("这是练习，没有真的付钱，不能当凭证。"), bold=True, align="center"),
    )


def _receipt(order: Order, head: Letterhead) -> Iterator[Block]:
    free = order.means.id == FREE
    name = _("购物凭条") if order.goods else _("缴费凭条")
    if free:
        name = _("领取凭条")
    yield Text(name, size=(2, 2), align="center")
    yield Rule()
    yield from _number(order, head)
    yield Rule()
    for line in order.lines:
        yield Columns(title(line), yuan(line.amount_fen), bold=True)
        yield Text(f"  {line_words(line)}")
    yield from _goods(order)
    if free:
        yield Text(_("免费"))
        return
    yield Rule()
    yield Columns(_("合计（元）"), yuan(order.amount_fen), bold=True)
    facts = order.payment.facts
    if facts is not None and facts.paid_fen != order.amount_fen:
        yield Columns(_("优惠后实付"), yuan(facts.paid_fen))
    yield from _how_paid(order)
    yield from (Text(x, bold=True) for x in refund_words(order, head.refund_days))


def _goods(order: Order) -> Iterator[Block]:
    for line in order.goods:
        price = yuan(line.goods.total_fen) if line.goods.total_fen else ""
        yield Columns(goods_title(line), price, bold=True)
        yield Text(f"  {goods_words(line)}")
        if line.goods.seller:
            yield Text(_("商家：{name}").format(name=line.goods.seller))
        how = dict(line.goods.how)
        if "phone" in how:
            yield Text(_("商家电话：{phone}").format(phone=how["phone"]))
        if "trial_from" in how:
            dates = {"first": how["trial_from"], "last": how["trial_until"]}
            yield Text(_("试营业：{first} 至 {last}").format(**dates))


def _slip(order: Order, head: Letterhead) -> Iterator[Block]:
    yield Text(_("付款结果确认中"), size=(2, 2), align="center")
    yield Rule()
    yield Text(_("请不要重复付款。"), size=(2, 2), bold=True)
    if order.goods:
        yield Text(_("付成了，没有办的，钱会退给您；没付成，一分钱也不会少。"))
    else:
        yield Text(_("付成了就去缴，缴不成退钱；没付成，一分钱不少。"))
    yield Rule()
    yield from _number(order, head)
    yield Columns(_("金额（元）"), yuan(order.amount_fen), bold=True)
    for line in order.lines:
        yield Columns(title(line), yuan(line.amount_fen))
    for goods in order.goods:
        yield Columns(goods_title(goods), yuan(goods.goods.total_fen))


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
    found = _("拿这张纸到机器前扫一扫，就能查这一笔。")
    if head.practice:
        found = _("真的小票，拿到机器前扫一扫就能查。这一张查不到。")
    yield Text(found, align="center")
    yield Text(f"{head.address}  {head.phone}", align="center")
    yield Feed(2)
    yield Cut()
