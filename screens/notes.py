"""The sentences for notes: what happened, whether money is safe, what to do."""

from __future__ import annotations

from kiosk.core.money import yuan
from kiosk.core.visit.steps import Note, NoteCode
from kiosk.gateways.sentences import BILLER_SENTENCES
from kiosk.gateways.types import BillerCode
from kiosk.i18n import N_, _

_SENTENCES = {
    NoteCode.UNKNOWN_CODE: N_("这个条码认不出来。可以换张账单再扫，也可以输入户号。"),
    NoteCode.PAYMENT_CODE_HERE: N_("这是手机付款码，现在用不着，也没有扣钱。请扫账单或小票。"),
    NoteCode.CODE_BEFORE_CHOICE: N_("这是手机付款码，还没有扣钱。请先在下面选怎么付。"),
    NoteCode.CODE_FOR_TERMINAL: N_("这是手机付款码，请对着右边刷卡机的红光，这里收不了。"),
    NoteCode.CODE_FOR_PHONE: N_("这是付款码，这里用不上。请用手机“扫一扫”，扫上面的方块。"),
    NoteCode.WRONG_LENGTH: N_("户号好像不对：{detail}。请对着账单再看一看。"),
    NoteCode.BILLER_SILENT: N_("现在联系不上缴费单位，没有扣钱。请过几分钟再试，或请人帮忙。"),
    NoteCode.NO_DEBT: N_("{detail}：这个户号没有要缴的钱，您放心。"),
    NoteCode.ALREADY_LISTED: N_("这张账单已经在上面了。"),
    NoteCode.BILL_CHANGED: N_("账单金额刚刚变了，请您再看一遍。还没有扣钱。"),
    NoteCode.BILL_GONE: N_("缴费单位说，有一笔现在不用缴了。没有扣钱，请您再看一遍。"),
    NoteCode.BILL_LOCKED: N_("有一笔上次的还没有办完，请先不要再付。"),
    NoteCode.NOTHING_CHOSEN: N_("请先碰一下要付的账单。"),
    NoteCode.OVER_PAYMENT_LIMIT: N_("一次最多付 {detail} 元，请分几次付。"),
    NoteCode.BILL_OVER_LIMIT: N_(
        "有一笔超过 {detail} 元，这里收不了，没有扣钱。请到营业厅付，或请人帮忙。"
    ),
    NoteCode.LESS_THAN_LIMIT: N_("一次最多付 {detail} 元，请选少一点的。"),
    NoteCode.OVER_DAY_LIMIT: N_("今天这里还能收 {detail} 元。请少付一点，或明天再来。没有扣钱。"),
    NoteCode.DAY_LIMIT_REACHED: N_("今天这台机器收款已到上限，请明天再来。没有扣钱。"),
    NoteCode.MEANS_BUSY: N_("机器还在办上一笔。请等一会儿，或换一种付法。没有扣钱。"),
    NoteCode.SERVICE_DOWN: N_("这种付款方式现在用不了，没有扣钱。请换一种。"),
    NoteCode.NO_SUCH_ORDER: N_("没有查到这一笔。请看看是不是这台机器打的小票，或请人帮忙。"),
    NoteCode.NOT_A_SLIP: N_("这不是我们的小票。请把小票上的方块对准红光。"),
    NoteCode.MORE_BILLS: N_("还有 {detail} 笔，付完这几笔再来付。"),
    NoteCode.BOOKS_CLOSED: N_("机器的账本在等检查，现在查不了。小票请收好，打电话问一问。"),
    NoteCode.LIST_FULL: N_("一次最多付四笔。请先付这几笔，再来付其他的。"),
}
_SILENT = N_("缴费单位现在没有回话，没有扣钱。请过几分钟再试，或请人帮忙。")
_LOOKING_UP = {
    BillerCode.SYSTEM: _SILENT,
    BillerCode.TIMEOUT: _SILENT,
    BillerCode.UPSTREAM: _SILENT,
    BillerCode.NO_RECORD: _SILENT,
    BillerCode.OTHER: _SILENT,
}
"""Codes whose sentences speak of a payment: while a bill is looked up there is none."""
_IN_FEN = (
    NoteCode.OVER_PAYMENT_LIMIT,
    NoteCode.BILL_OVER_LIMIT,
    NoteCode.LESS_THAN_LIMIT,
    NoteCode.OVER_DAY_LIMIT,
)


def note_text(note: Note | None) -> str:
    """Return the sentence of a note, empty for none."""
    if note is None:
        return ""
    if note.code is NoteCode.BILLER_SAYS:
        code = _biller_code(note.detail)
        return _(_LOOKING_UP.get(code) or BILLER_SENTENCES[code])
    detail = yuan(int(note.detail)) if note.code in _IN_FEN else note.detail
    return _(_SENTENCES[note.code]).format(detail=detail)


def _biller_code(code: str) -> BillerCode:
    known = {x.value: x for x in BillerCode}
    return known.get(code, BillerCode.OTHER)
