"""What the Alipay-style methods do with trades.

Rules from Alipay's pages of alipay.trade.precreate, pay, query, cancel, close, refund and
fastpay.refund.query. Those that surprise:
- A precreated order doesn't exist until its code is scanned: query and close then answer
  ACQ.TRADE_NOT_EXIST. Such a close leaves the code payable; cancel ends it.
- Cancel of an order that doesn't exist succeeds, without `action`.
- A full refund turns TRADE_SUCCESS into TRADE_CLOSED; `refund_fee` is the sum of all refunds.
- A refund repeated with its number and amount answers again, with `fund_change` N.
- A refund query that finds nothing answers 10000 without the refund's fields.
Not certain (no page says it): that a code nobody scanned can't be scanned after a cancel. That is
how it is here, unless the fault `cancel_forgets` strikes: then the code lives until its own time
is over, as a careful client must expect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sim.gateways.dates import CHINA, local, stamp
from sim.gateways.trades import State, Trade, TradeBook

if TYPE_CHECKING:
    from sim.gateways.alipay import Alipay

METHODS = {
    "alipay.trade.precreate": "precreate",
    "alipay.trade.pay": "pay",
    "alipay.trade.query": "query",
    "alipay.trade.cancel": "cancel",
    "alipay.trade.close": "close",
    "alipay.trade.refund": "refund",
    "alipay.trade.fastpay.refund.query": "refund_query",
}
MESSAGES = {
    "10000": "Success",
    "10003": " order success pay inprocess",
    "20000": "Service Currently Unavailable",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
}
TWO_HOURS_S = 7200.0
FIFTEEN_DAYS_S = 15 * 86400.0
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?")
_LASTS = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNIT_S = {"m": 60.0, "h": 3600.0, "d": 86400.0}
_AUTH_CODE = re.compile(r"(2[5-9]|30)[0-9]{14,22}")
_REFUND = frozenset({"refund"})
_QUERY = frozenset({"query"})
_PAY = frozenset({"pay"})

Answer = dict[str, object]


class Failure(Exception):  # noqa: N818 - not an error: an answer
    """The method answers with this code and sub-code."""

    def __init__(self, sub_code: str, code: str = "40004") -> None:
        super().__init__(sub_code)
        self.code = code
        self.sub_code = sub_code


class AlipayTrades:
    """The methods, by the names that `METHODS` gives them."""

    def __init__(self, gateway: Alipay) -> None:
        self._gateway = gateway
        self._clock = gateway.clock
        self.book = TradeBook(gateway.clock, "alipay")
        self._used_auth_codes: set[str] = set()

    def do(self, call: str, business: Mapping[str, object]) -> Answer:
        methods = {
            "precreate": self._precreate,
            "pay": self._pay,
            "query": self._query,
            "cancel": self._cancel,
            "close": self._close,
            "refund": self._refund,
            "refund_query": self._refund_query,
        }
        try:
            if (fault := self._gateway.strike("refuse", call, _REFUND)) is not None:
                raise Failure(fault.text("code", "ACQ.SELLER_BALANCE_NOT_ENOUGH"))
            answer = methods[call](business)
        except Failure as failure:
            answer = {"code": failure.code, "msg": MESSAGES[failure.code], **_echo(business)}
            if failure.sub_code:
                answer |= {"sub_code": failure.sub_code, "sub_msg": failure.sub_code}
            return answer
        return {"code": "10000", "msg": MESSAGES["10000"], **answer}

    # --- asking for money

    def _precreate(self, business: Mapping[str, object]) -> Answer:
        order_no = _text(business, "out_trade_no", 64)
        amount = _fen(business, "total_amount")
        subject = _text(business, "subject", 256)
        trade = self._same(order_no, amount, subject, business)
        if trade is None:
            lasts = self._lasts(business, "timeout_express", FIFTEEN_DAYS_S)
            code_lasts = self._lasts(business, "qr_code_timeout_express", TWO_HOURS_S)
            prefix = "https://qr.alipay.com/bax0"
            trade = self.book.make(
                order_no, amount, subject, dict(business), prefix, lasts, code_lasts
            )
        return {"out_trade_no": order_no, "qr_code": trade.code}

    def _pay(self, business: Mapping[str, object]) -> Answer:
        """The buyer's code was read by the merchant (scene bar_code)."""
        order_no = _text(business, "out_trade_no", 64)
        amount = _fen(business, "total_amount")
        subject = _text(business, "subject", 256)
        auth_code = _text(business, "auth_code", 64)
        if business.get("scene", "bar_code") != "bar_code":
            raise Failure("ACQ.INVALID_PARAMETER")
        trade = self._same(order_no, amount, subject, business)
        if trade is None:
            if not _AUTH_CODE.fullmatch(auth_code) or auth_code in self._used_auth_codes:
                raise Failure("ACQ.PAYMENT_AUTH_CODE_INVALID")
            self._used_auth_codes.add(auth_code)
            lasts = self._lasts(business, "timeout_express", TWO_HOURS_S)
            trade = self.book.make(order_no, amount, subject, dict(business), "", lasts, lasts)
            self.book.scan(trade)
            if self._gateway.strike("pending", "pay", _PAY) is None:
                self.book.pay(trade)
        if trade.state is not State.PAID:
            raise Failure("", "10003")
        return {**_described(trade), "gmt_payment": stamp(trade.paid_at)}

    def _same(
        self, order_no: str, amount: int, subject: str, business: Mapping[str, object]
    ) -> Trade | None:
        """The open trade of that number if it says the same; None when the number is new."""
        if order_no in self.book.cancelled_unseen:
            raise Failure("ACQ.TRADE_HAS_CLOSE")
        trade = self.book.get(order_no)
        if trade is None:
            return None
        said = (trade.amount_fen, trade.subject, trade.content.get("auth_code"))
        if said != (amount, subject, business.get("auth_code")):
            raise Failure("ACQ.CONTEXT_INCONSISTENT")
        if trade.state is State.CLOSED:
            raise Failure("ACQ.TRADE_HAS_CLOSE")
        if trade.state is State.PAID and "auth_code" not in business:
            raise Failure("ACQ.TRADE_HAS_SUCCESS")
        return trade

    def _lasts(self, business: Mapping[str, object], name: str, default: float) -> float:
        """Seconds that the order (or its code) lives: `time_expire`, or `name` such as 5m."""
        until = business.get("time_expire")
        if isinstance(until, str) and until:
            try:
                moment = datetime.strptime(until, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
            except ValueError as error:
                raise Failure("ACQ.INVALID_PARAMETER") from error
            return max(0.0, moment.timestamp() - self._gateway.wall())
        value = business.get(name)
        if value is None:
            return default
        found = _LASTS.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise Failure("ACQ.INVALID_PARAMETER")
        return int(found[1]) * _UNIT_S[found[2]]

    # --- asking what became of it

    def _find(self, business: Mapping[str, object]) -> Trade | None:
        """The trade if it exists for the outside: its code was scanned, or it was paid."""
        trade = self._known(business)
        return trade if trade is not None and trade.trade_no else None

    def _known(self, business: Mapping[str, object]) -> Trade | None:
        trade_no = business.get("trade_no")
        if isinstance(trade_no, str) and trade_no:
            return self.book.by_trade_no(trade_no)
        return self.book.get(_text(business, "out_trade_no", 64))

    def _existing(self, business: Mapping[str, object]) -> Trade:
        trade = self._find(business)
        if trade is None:
            raise Failure("ACQ.TRADE_NOT_EXIST")
        return trade

    def _query(self, business: Mapping[str, object]) -> Answer:
        if self._gateway.strike("pending", "query", _PAY) is not None:
            raise Failure("isp.unknow-error", "20000")
        trade = self._existing(business)
        answer = {**_described(trade), "trade_status": _status(trade)}
        if trade.charges:
            answer["send_pay_date"] = stamp(trade.paid_at)
        return answer

    # --- ending it

    def _cancel(self, business: Mapping[str, object]) -> Answer:
        trade = self._known(business)
        answer: Answer = {**_echo(business), "retry_flag": "N"}
        if trade is None:
            self.book.cancelled_unseen.add(_text(business, "out_trade_no", 64))
            return answer
        seen = bool(trade.trade_no)
        if not seen and self._gateway.strike("cancel_forgets", "cancel") is not None:
            return answer
        if trade.open:
            self.book.close(trade)
        elif trade.state is State.PAID and not trade.cancelled:
            if local(trade.paid_at).date() != local(self._clock.time()).date():
                raise Failure("ACQ.TRADE_CANCEL_TIME_OUT")
            if trade.refunds:
                raise Failure("ACQ.REASON_TRADE_REFUND_FEE_ERR")
            self.book.refund(trade, f"cancel:{trade.order_no}", trade.amount_fen)
        trade.cancelled = True
        if seen:
            answer |= _numbers(trade)
            answer["action"] = "refund" if trade.charges else "close"
        return answer

    def _close(self, business: Mapping[str, object]) -> Answer:
        trade = self._existing(business)
        if not trade.open:
            raise Failure("ACQ.TRADE_STATUS_ERROR")
        self.book.close(trade)
        return _numbers(trade)

    def _refund(self, business: Mapping[str, object]) -> Answer:
        amount = _fen(business, "refund_amount")
        trade = self._existing(business)
        if not trade.charges:
            raise Failure("ACQ.TRADE_STATUS_ERROR")
        given = business.get("out_request_no")
        if given is None and amount != trade.amount_fen:
            raise Failure("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        number = trade.order_no if given is None else _text(business, "out_request_no", 64)
        earlier = trade.refunds.get(number)
        if earlier is None:
            if trade.refunded_fen + amount > trade.amount_fen:
                raise Failure("ACQ.REASON_TRADE_REFUND_FEE_ERR")
            self.book.refund(trade, number, amount)
        elif earlier.amount_fen != amount:
            raise Failure("ACQ.DISCORDANT_REPEAT_REQUEST")
        return {
            **_numbers(trade),
            "buyer_logon_id": "000****0000",
            "fund_change": "Y" if earlier is None else "N",
            "refund_fee": _yuan(trade.refunded_fen),
            "send_back_fee": _yuan(amount if earlier is None else 0),
        }

    def _refund_query(self, business: Mapping[str, object]) -> Answer:
        number = _text(business, "out_request_no", 64)
        trade = self._existing(business)
        refund = trade.refunds.get(number)
        if refund is None:
            return {}
        return {
            **_numbers(trade),
            "out_request_no": number,
            "total_amount": _yuan(trade.amount_fen),
            "refund_amount": _yuan(refund.amount_fen),
            "refund_status": "REFUND_SUCCESS",
            "gmt_refund_pay": stamp(refund.accepted_at),
        }


def _status(trade: Trade) -> str:
    if trade.state is State.PAID:
        return "TRADE_CLOSED" if trade.refunded_fen == trade.amount_fen else "TRADE_SUCCESS"
    return "TRADE_CLOSED" if trade.state is State.CLOSED else "WAIT_BUYER_PAY"


def _numbers(trade: Trade) -> Answer:
    return {"out_trade_no": trade.order_no, "trade_no": trade.trade_no}


def _described(trade: Trade) -> Answer:
    return {
        **_numbers(trade),
        "buyer_logon_id": "000****0000",
        "total_amount": _yuan(trade.amount_fen),
        "receipt_amount": _yuan(trade.amount_fen if trade.charges else 0),
        "buyer_pay_amount": _yuan(trade.buyer_paid_fen),
        "point_amount": "0.00",
        "invoice_amount": _yuan(trade.buyer_paid_fen),
    }


def _echo(business: Mapping[str, object]) -> Answer:
    order_no = business.get("out_trade_no")
    return {"out_trade_no": order_no} if isinstance(order_no, str) else {}


def _text(business: Mapping[str, object], name: str, longest: int) -> str:
    value = business.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise Failure("ACQ.INVALID_PARAMETER")
    return value


def _fen(business: Mapping[str, object], name: str) -> int:
    """An amount in yuan with at most two decimals; SDKs send it as text or as a number."""
    value = business.get(name)
    text = str(value) if isinstance(value, str | int | float) else ""
    if isinstance(value, bool) or not _AMOUNT.fullmatch(text):
        raise Failure("ACQ.INVALID_PARAMETER")
    yuan, _, decimals = text.partition(".")
    fen = int(yuan) * 100 + int(decimals.ljust(2, "0"))
    if fen == 0:
        raise Failure("ACQ.INVALID_PARAMETER")
    return fen


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
