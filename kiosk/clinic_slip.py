"""The clinic's slip: the result on paper, in the style of the receipts. No name, no number."""

from __future__ import annotations

from devices.receipt_printer.document import Block, Columns, Cut, Document, Feed, Qr, Rule, Text
from kiosk.clinic_text import (
    GUIDELINE,
    NO_DIAGNOSIS,
    advice_words,
    grade_words,
    mean_words,
    plain_text,
    when,
)
from kiosk.core.clinic import mean_of
from kiosk.core.visit.clinic_steps import Outcome
from kiosk.i18n import _
from kiosk.order_text import Letterhead
from kiosk.receipts import practice_words


def compose(outcome: Outcome, head: Letterhead) -> Document:
    """The paper that leaves with the person."""
    session = outcome.session
    mean = mean_of(session.readings)
    blocks: list[Block] = [
        Text(head.name, size=(2, 2), bold=True, align="center"),
        *practice_words(head),
        Text(_("血压结果"), size=(2, 2), align="center"),
        Rule(),
    ]
    if outcome.at:
        blocks.append(Columns(_("时间"), when(outcome)))
    blocks += [
        Text(_("高压 {value}").format(value=mean.systolic), size=(2, 2), bold=True),
        Text(_("低压 {value}").format(value=mean.diastolic), size=(2, 2), bold=True),
        Text(_("毫米汞柱")),
        Columns(_("脉搏（次/分）"), str(mean.pulse)),
        Rule(),
    ]
    for number, reading in enumerate(session.readings, start=1):
        value = f"{reading.systolic}/{reading.diastolic}  {reading.pulse}"
        blocks.append(Columns(_("第 {number} 次").format(number=number), value))
    blocks += [
        Columns(_("上面的数"), mean_words(session)),
        Rule(),
        Text(grade_words(mean), bold=True),
        Text(advice_words(session), bold=True),
        Text(_(GUIDELINE)),
        Text(_(NO_DIAGNOSIS)),
        Rule(),
        Qr(plain_text(outcome, head.name), size=4),
        Text(_("手机扫一扫，不用网络也能看。"), align="center"),
        Text(f"{head.address}  {head.phone}", align="center"),
        Feed(2),
        Cut(),
    ]
    return tuple(blocks)
