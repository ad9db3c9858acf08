"""Payment by a code on the screen, Alipay style: precreate, query, close or cancel, refund.

Source: Alipay open platform, pages of alipay.trade.precreate, query, close, cancel, refund and
fastpay.refund.query. Result codes: 10000 done, 20000 the platform does not know, 40004 refused by
the business rules (`sub_code` says why), others: the request was not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.gateways import parse
from kiosk.gateways.alipay_wire import AlipayGateway
from kiosk.gateways.sentences import QR_SENTENCES
from kiosk.gateways.types import (
    AlreadyPaid,
    Capabilities,
    Closed,
    CodeReady,
    Commit,
    NoAnswer,
    NotFound,
    QrRefused,
    Reason,
    RefundAbility,
    Refunded,
    RefundPending,
    RefundRefused,
    TradeState,
    TradeStatus,
)

Content = Mapping[str, object]

NOT_EXIST = "ACQ.TRADE_NOT_EXIST"
_UNKNOWN_SUB_CODES = ("SYSTEM_ERROR", "unknow-error", "UNKNOWN_ERROR")  # ends of sub-codes

_PRECREATE_SENTENCES = {
    "ACQ.TRADE_HAS_SUCCESS": "paid_before",
    "ACQ.TRADE_HAS_CLOSE": "closed_before",
    "ACQ.CONTEXT_INCONSISTENT": "number_used",
    "ACQ.EXIST_FORBIDDEN_WORD": "request",
    "ACQ.TOTAL_FEE_EXCEED": "limit",
    "ACQ.BEYOND_PER_RECEIPT_RESTRICTION": "limit",
    "ACQ.PARTNER_ERROR": "shop",
    "ACQ.ACCESS_FORBIDDEN": "shop",
}
_REFUND_SENTENCES = {
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "refund_shop_balance",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "refund_amount",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "refund_amount",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "refund_amount",
    "ACQ.TRADE_HAS_FINISHED": "refund_not_allowed",
    "ACQ.TRADE_NOT_ALLOW_REFUND": "refund_not_allowed",
    "ACQ.TRADE_STATUS_ERROR": "refund_not_allowed",
    "ACQ.REASON_TRADE_BEEN_FREEZEN": "refund_account",
    "ACQ.BUYER_ERROR": "refund_account",
    "ACQ.BUYER_NOT_EXIST": "refund_account",
}


@dataclass(frozen=True, slots=True)
class _Refused:
    """The platform's certain no. `looked_at` False: it refused the request, not the matter."""

    code: str
    looked_at: bool


class AlipayQr:
    """Implements `types.QrPayment`."""

    capabilities = Capabilities(RefundAbility.PARTIAL, 0, Commit.AT_ONCE)

    def __init__(self, gateway: AlipayGateway) -> None:
        self._gateway = gateway

    def precreate(
        self, order_no: str, amount_fen: int, description: str, expires_s: int
    ) -> CodeReady | QrRefused | NoAnswer:
        """Ask for a code. `expires_s` is rounded up to whole minutes, which is what Alipay takes.

        The code and the trade end at the same time. Repeating it with the same values is safe.
        """
        if not (parse.is_order_no(order_no) and parse.is_amount(amount_fen) and expires_s > 0):
            return _bad_argument()
        minutes = f"{-(-expires_s // 60)}m"
        answer = self._call(
            "alipay.trade.precreate",
            order_no,
            total_amount=parse.yuan(amount_fen),
            subject=parse.subject(description, 127),
            timeout_express=minutes,
            qr_code_timeout_express=minutes,
        )
        if isinstance(answer, NoAnswer):
            return answer
        if isinstance(answer, _Refused):
            name = _PRECREATE_SENTENCES.get(answer.code, "request") if answer.looked_at else "shop"
            return QrRefused(answer.code, QR_SENTENCES[name])
        code = parse.optional_text(answer, "qr_code", 512)
        if not code or _names_another(answer, "out_trade_no", order_no):
            return NoAnswer(Reason.GARBAGE, detail="no code, or for another order")
        return CodeReady(code)

    def query(self, order_no: str) -> TradeState | NoAnswer:
        """What became of the order. A code that nobody scanned is NOT_FOUND here."""
        if not parse.is_order_no(order_no):
            return _bad_argument()
        answer = self._call("alipay.trade.query", order_no)
        if isinstance(answer, NoAnswer):
            return answer
        if isinstance(answer, _Refused):
            if answer.looked_at and answer.code == NOT_EXIST:
                return TradeState(TradeStatus.NOT_FOUND, raw_status=NOT_EXIST)
            return _not_looked_at(answer)
        return trade_state(answer)

    def close(self, order_no: str) -> Closed | AlreadyPaid | NotFound | NoAnswer:
        """trade.close; for a code that nobody scanned, trade.cancel, which alone ends the code.

        Cancelling gives the money back if somebody paid between the two: Closed(refunded=True).
        That a cancelled code cannot be scanned any more is on no page (Closed.found is False
        then): it is certain only when the code's own time is over.
        """
        if not parse.is_order_no(order_no):
            return _bad_argument()
        answer = self._call("alipay.trade.close", order_no)
        if isinstance(answer, NoAnswer):
            return answer
        if isinstance(answer, _Refused):
            if answer.looked_at and answer.code == NOT_EXIST:
                return self._cancel(order_no)
            return self._as_it_stands(order_no, answer)
        if _names_another(answer, "out_trade_no", order_no):
            return NoAnswer(Reason.GARBAGE, detail="another order")
        return Closed()

    def _cancel(self, order_no: str) -> Closed | AlreadyPaid | NotFound | NoAnswer:
        answer = self._call("alipay.trade.cancel", order_no)
        if isinstance(answer, NoAnswer):
            return answer
        if isinstance(answer, _Refused):
            if answer.looked_at and answer.code == NOT_EXIST:
                return NotFound()
            return self._as_it_stands(order_no, answer)
        if _names_another(answer, "out_trade_no", order_no):
            return NoAnswer(Reason.GARBAGE, detail="another order")
        action = answer.get("action")
        if action in (None, ""):
            return Closed(found=False)
        if action not in ("close", "refund"):
            return NoAnswer(Reason.GARBAGE, detail="unknown action")
        return Closed(refunded=action == "refund")

    def _as_it_stands(self, order_no: str, refused: _Refused) -> Closed | AlreadyPaid | NoAnswer:
        """Closing was refused: the trade is paid or closed already, and only a query tells."""
        if not refused.looked_at:
            return _not_looked_at(refused)
        state = self.query(order_no)
        if isinstance(state, NoAnswer):
            return state
        if state.order_no != order_no:
            return NoAnswer(Reason.GARBAGE, detail="another order")
        if state.status is TradeStatus.PAID:
            return AlreadyPaid()
        if state.status in (TradeStatus.CLOSED, TradeStatus.REFUNDED_FULL):
            return Closed(refunded=state.status is TradeStatus.REFUNDED_FULL)
        return NoAnswer(Reason.REFUSED, detail=refused.code)

    def refund(
        self, order_no: str, refund_no: str, refund_fen: int, total_fen: int
    ) -> Refunded | RefundPending | RefundRefused | NoAnswer:
        """Give back `refund_fen`; `total_fen` is the order's amount, which bounds it."""
        fits = (
            parse.is_order_no(order_no)
            and parse.is_order_no(refund_no)
            and parse.is_amount(refund_fen)
            and refund_fen <= total_fen
        )
        if not fits:
            return _bad_argument()
        answer = self._call(
            "alipay.trade.refund",
            order_no,
            refund_amount=parse.yuan(refund_fen),
            out_request_no=refund_no,
        )
        if isinstance(answer, NoAnswer):
            return answer
        if isinstance(answer, _Refused):
            return _refund_refused(answer)
        if _names_another(answer, "out_trade_no", order_no):
            return NoAnswer(Reason.GARBAGE, detail="another order")
        if answer.get("fund_change") != "Y":
            # Nothing moved by this request: done by an earlier one, or still under way.
            return RefundPending()
        return Refunded(refund_no, parse.yuan_or_none(answer.get("send_back_fee")))

    def query_refund(
        self, order_no: str, refund_no: str
    ) -> Refunded | RefundPending | RefundRefused | NotFound | NoAnswer:
        if not (parse.is_order_no(order_no) and parse.is_order_no(refund_no)):
            return _bad_argument()
        answer = self._call("alipay.trade.fastpay.refund.query", order_no, out_request_no=refund_no)
        if isinstance(answer, NoAnswer):
            return answer
        if isinstance(answer, _Refused):
            if answer.looked_at and answer.code == NOT_EXIST:
                return NotFound()
            # A query that is refused says nothing of the refund.
            return _not_looked_at(answer)
        return refund_state(answer, order_no, refund_no)

    def _call(self, method: str, order_no: str, **business: str) -> Content | _Refused | NoAnswer:
        answer = self._gateway.call(method, {"out_trade_no": order_no, **business})
        return answer if isinstance(answer, NoAnswer) else verdict(answer)


def verdict(content: Content) -> Content | _Refused | NoAnswer:
    """Sort an answer by its code and sub-code."""
    code = parse.code_or_empty(content.get("code"))
    sub_code = parse.code_or_empty(content.get("sub_code"))
    if content.get("retry_flag") == "Y":
        return NoAnswer(Reason.ASK_AGAIN, detail=sub_code or code)
    if code == "10000":
        return content
    if code == "" or code == "20000" or sub_code.endswith(_UNKNOWN_SUB_CODES):
        return NoAnswer(Reason.GATEWAY_UNKNOWN, detail=sub_code or code)
    if code == "40004" and sub_code:
        return _Refused(sub_code, looked_at=True)
    if code in ("40001", "40002", "40003", "40006"):
        return _Refused(sub_code or code, looked_at=False)
    return NoAnswer(Reason.GATEWAY_UNKNOWN, detail=sub_code or code)


def trade_state(content: Content) -> TradeState | NoAnswer:
    """The content of a successful trade.query as a TradeState. Never raises."""
    raw = parse.code_or_empty(content.get("trade_status"))
    status = {
        "WAIT_BUYER_PAY": TradeStatus.WAITING,
        "TRADE_SUCCESS": TradeStatus.PAID,
        "TRADE_FINISHED": TradeStatus.PAID,
        "TRADE_CLOSED": TradeStatus.CLOSED,
    }.get(raw)
    if status is None:
        return NoAnswer(Reason.GARBAGE, detail="unknown trade_status")
    amount = parse.yuan_or_none(content.get("total_amount"))
    paid: int | None = None
    if status is TradeStatus.PAID:
        paid = parse.yuan_or_none(content.get("buyer_pay_amount", content.get("total_amount")))
    elif status is TradeStatus.CLOSED and parse.optional_text(content, "send_pay_date", 40):
        # TRADE_CLOSED is also what a whole refund leaves behind; only a paid one has a pay date.
        status = TradeStatus.REFUNDED_FULL
        paid = parse.yuan_or_none(content.get("buyer_pay_amount"))
    return TradeState(
        status,
        parse.optional_text(content, "out_trade_no", 64),
        amount,
        paid,
        parse.optional_text(content, "trade_no", 64),
        raw,
    )


def refund_state(
    content: Content, order_no: str, refund_no: str
) -> Refunded | RefundPending | NotFound | NoAnswer:
    """The content of a successful refund query: without the refund's fields there is none."""
    refunded = parse.yuan_or_none(content.get("refund_amount"))
    status = content.get("refund_status")
    if refunded is None and status is None:
        return NotFound()
    if _names_another(content, "out_trade_no", order_no) or _names_another(
        content, "out_request_no", refund_no
    ):
        return NoAnswer(Reason.GARBAGE, detail="another refund")
    if status not in (None, "", "REFUND_SUCCESS"):
        return RefundPending()
    return Refunded(refund_no, refunded, parse.optional_text(content, "trade_no", 64))


def _refund_refused(refused: _Refused) -> RefundRefused | NoAnswer:
    if not refused.looked_at:
        return _not_looked_at(refused)
    name = _REFUND_SENTENCES.get(refused.code, "refund_request")
    return RefundRefused(refused.code, QR_SENTENCES[name])


def _names_another(content: Content, name: str, ours: str) -> bool:
    return content.get(name, ours) != ours


def _not_looked_at(refused: _Refused) -> NoAnswer:
    return NoAnswer(Reason.REFUSED, detail=refused.code)


def _bad_argument() -> NoAnswer:
    return NoAnswer(Reason.BAD_ARGUMENT, sent=False)
