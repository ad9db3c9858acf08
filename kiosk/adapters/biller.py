"""The biller's answers as the core's events. Pure but for the call itself."""

from __future__ import annotations

from kiosk.adapters.heard import Heard
from kiosk.core import bills
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Posting
from kiosk.core.visit import messages as m
from kiosk.gateways import types as g

_CHECKED = {
    g.PostStatus.POSTED: Posting.POSTED,
    g.PostStatus.NOT_POSTED: Posting.NOT_POSTED,
    g.PostStatus.PENDING: Posting.PENDING,
    g.PostStatus.CANCELLED: Posting.CANCELLED,
    g.PostStatus.NO_RECORD: Posting.NO_RECORD,
}


def post(biller: g.Biller, command: c.PostLine) -> Heard:
    """Tell the biller of a paid line."""
    answer = biller.post(
        command.line_no,
        command.institution,
        command.account,
        command.bill_no or None,
        command.amount_fen,
        command.paid_at,
    )
    return Heard(_posted(command, answer), answer)


def _posted(command: c.PostLine, answer: g.Posted | g.BillerRefused | g.NoAnswer) -> e.PostAnswered:
    order_id, line = command.order_id, command.line
    match answer:
        case g.Posted():
            return e.PostAnswered(order_id, line, Posting.POSTED, answer.biller_ref)
        case g.BillerRefused(certain=True):
            return e.PostAnswered(order_id, line, Posting.REFUSED, code=answer.code.value)
        case g.BillerRefused():
            return e.PostAnswered(order_id, line, Posting.NO_ANSWER, code=answer.code.value)
        case g.NoAnswer():
            return e.PostAnswered(order_id, line, Posting.NO_ANSWER, code=answer.reason.value)


def check(biller: g.Biller, command: c.CheckPost) -> Heard:
    """Ask what became of a line."""
    answer = biller.check(command.line_no)
    return Heard(_checked(command, answer), answer)


def _checked(
    command: c.CheckPost, answer: g.PostState | g.BillerRefused | g.NoAnswer
) -> e.PostChecked:
    order_id, line = command.order_id, command.line
    match answer:
        case g.PostState():
            code = answer.reason_code.value if answer.reason_code else ""
            result = _CHECKED[answer.status]
            return e.PostChecked(order_id, line, result, answer.biller_ref, code)
        case g.BillerRefused():
            return e.PostChecked(order_id, line, Posting.NO_ANSWER, code=answer.code.value)
        case g.NoAnswer():
            return e.PostChecked(order_id, line, Posting.NO_ANSWER, code=answer.reason.value)


def account(
    biller: g.Biller, known: tuple[bills.Institution, ...], question: m.QueryAccount
) -> Heard:
    """Ask for an account's debts."""
    institution = next((x for x in known if x.id == question.institution), None)
    if institution is None:
        return Heard(m.AccountSilent(question.request), None)
    answer = biller.query(question.institution, question.account)
    return Heard(_account_answered(institution, question, answer), answer)


def _account_answered(
    institution: bills.Institution,
    question: m.QueryAccount,
    answer: g.AccountFound | g.BillerRefused | g.NoAnswer,
) -> m.AccountFound | m.AccountRefused | m.AccountSilent:
    match answer:
        case g.AccountFound():
            found = _account(institution, question.account, answer)
            return m.AccountFound(question.request, found)
        case g.BillerRefused(code=g.BillerCode.NO_DEBT):
            empty = bills.Account(institution, question.account, "", False, 0, ())
            return m.AccountFound(question.request, empty)
        case g.BillerRefused():
            return m.AccountRefused(question.request, answer.code.value)
        case g.NoAnswer():
            return m.AccountSilent(question.request)


def institutions(answer: tuple[g.Institution, ...]) -> tuple[bills.Institution, ...]:
    return tuple(
        bills.Institution(x.id, bills.Kind(x.kind.value), x.name, x.account_pattern, x.account_hint)
        for x in answer
    )


def _account(institution: bills.Institution, number: str, answer: g.AccountFound) -> bills.Account:
    debts = tuple(
        bills.Bill(
            institution.id,
            institution.kind,
            institution.name,
            number,
            x.bill_no,
            x.period,
            x.amount_fen,
            x.late_fee_fen,
        )
        for x in answer.bills
    )
    topup = answer.topup and bills.TopUp(
        answer.topup.min_fen, answer.topup.max_fen, answer.topup.suggested_fen
    )
    prepaid = answer.charge_mode is g.ChargeMode.PREPAID
    balance = answer.balance_fen or 0
    return bills.Account(
        institution, number, answer.owner_masked, prepaid, balance, debts, topup or None
    )
