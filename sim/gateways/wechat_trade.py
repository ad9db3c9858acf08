"""What the WeChat-Pay-style calls do with trades.

Rules from the API v3 pages of Native下单, 查询订单, 关闭订单, 申请退款, 查询单笔退款:
- A repeated order with the same data gives a code again, with other data 403 OUT_TRADE_NO_USED.
- An accepted refund is PROCESSING; only a query says SUCCESS (here `REFUND_TAKES_S` later).
- Refunds of one order must be a minute apart: 429 FREQUENCY_LIMITED, nothing done.
- A refund repeated with its number and the same data answers again.
Not certain (the pages seen don't name it): the code for closing a paid order, here 400 ORDERPAID
as in API v2. Closing a closed order is answered like the first time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sim.gateways.dates import rfc3339
from sim.gateways.trades import Refund, State, Trade, TradeBook

if TYPE_CHECKING:
    from sim.gateways.wechat import Wechat

APP_ID = "wx0000000000000000"
MCH_ID = "1900000000"
REFUND_TAKES_S = 3.0
BETWEEN_REFUNDS_S = 60.0
CODE_LASTS_S = 7200.0
ORDER_LASTS_S = 7 * 86400.0
_ORDER_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
_REFUND = frozenset({"refund"})
_PENDING = frozenset({"refund_query"})
_MESSAGES = {
    "APPID_MCHID_NOT_MATCH": "appid和mch_id不匹配",
    "FREQUENCY_LIMITED": "频率超限",
    "INVALID_REQUEST": "无效请求",
    "NOT_ENOUGH": "余额不足",
    "ORDERPAID": "订单已支付",
    "ORDER_CLOSED": "订单已关闭",
    "ORDER_NOT_EXIST": "订单不存在",
    "OUT_TRADE_NO_USED": "商户订单号重复",
    "PARAM_ERROR": "参数错误",
    "RESOURCE_NOT_EXISTS": "退款单不存在",
    "SIGN_ERROR": "签名错误",
    "SYSTEM_ERROR": "系统错误",
}
_STATUS_OF_CODE = {"NOT_ENOUGH": 403, "FREQUENCY_LIMITED": 429, "SYSTEM_ERROR": 500}
_STATES = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "未支付",
    "CLOSED": "已关闭",
    "USERPAYING": "用户支付中",
}

Fields = Mapping[str, object]
Content = dict[str, object]


class Failure(Exception):  # noqa: N818 - not an error: an answer
    """The call answers with this HTTP status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code

    def answer(self) -> tuple[int, Content]:
        return self.status, {"code": self.code, "message": _MESSAGES.get(self.code, self.code)}


class WechatTrades:
    """The calls, by the names that the routes give them."""

    def __init__(self, gateway: Wechat) -> None:
        self._gateway = gateway
        self._clock = gateway.clock
        self.book = TradeBook(gateway.clock, "wechat")
        self._refunds: dict[str, Trade] = {}

    def do(self, call: str, number: str, fields: Fields) -> tuple[int, Content | None]:
        """Status and body; `number` is the one in the address, `fields` the query or body."""
        if (fault := self._gateway.strike("refuse", call, _REFUND)) is not None:
            code = fault.text("code", "NOT_ENOUGH")
            raise Failure(int(fault.number("status", _STATUS_OF_CODE.get(code, 400))), code)
        if call == "native":
            return 200, self._native(fields)
        if call == "query":
            return 200, self._query(number, fields)
        if call == "close":
            self._close(number, fields)
            return 204, None
        if call == "refund":
            return 200, self._refund(fields)
        return 200, self._refund_query(number)

    # --- asking for money

    def _native(self, fields: Fields) -> Content:
        self._own(fields, ("appid", "mchid"))
        order_no = _text(fields, "out_trade_no")
        if not _ORDER_NO.fullmatch(order_no):
            raise Failure(400, "PARAM_ERROR")
        description = _text(fields, "description")
        if not _text(fields, "notify_url").startswith("https://"):
            raise Failure(400, "PARAM_ERROR")
        total = _amount(fields, "total")
        trade = self.book.get(order_no)
        if trade is None:
            lasts = self._lasts(fields)
            prefix = "weixin://wxpay/bizpayurl?pr="
            trade = self.book.make(
                order_no, total, description, dict(fields), prefix, lasts, CODE_LASTS_S
            )
        elif (trade.amount_fen, trade.subject) != (total, description) or trade.charges:
            raise Failure(403, "OUT_TRADE_NO_USED")
        elif trade.state is State.CLOSED:
            raise Failure(400, "ORDER_CLOSED")
        return {"code_url": trade.code}

    def _lasts(self, fields: Fields) -> float:
        value = fields.get("time_expire")
        if value is None:
            return ORDER_LASTS_S
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        now = self._gateway.wall()  # the client's date: the simulated one may run ahead of it
        if moment is None or moment.tzinfo is None or moment.timestamp() <= now:
            raise Failure(400, "PARAM_ERROR")
        return moment.timestamp() - now

    # --- asking what became of it

    def _query(self, order_no: str, fields: Fields) -> Content:
        self._own(fields, ("mchid",))
        trade = self._trade(order_no)
        state = _trade_state(trade)
        if self._gateway.strike("pending", "query", _PENDING) is not None:
            state = "USERPAYING"
        content: Content = {
            "appid": APP_ID,
            "mchid": MCH_ID,
            "out_trade_no": order_no,
            "trade_state": state,
            "trade_state_desc": _STATES[state],
            "amount": {"total": trade.amount_fen, "currency": "CNY"},
        }
        if trade.charges and state in ("SUCCESS", "REFUND"):
            content |= {
                "transaction_id": trade.trade_no,
                "trade_type": "NATIVE",
                "bank_type": "OTHERS",
                "success_time": rfc3339(trade.paid_at),
                "payer": {"openid": "o0000000000000000000000000000"},
                "amount": {
                    "total": trade.amount_fen,
                    "payer_total": trade.buyer_paid_fen,
                    "currency": "CNY",
                    "payer_currency": "CNY",
                },
            }
        return content

    def _trade(self, order_no: str) -> Trade:
        trade = self.book.get(order_no)
        if trade is None:
            raise Failure(404, "ORDER_NOT_EXIST")
        return trade

    # --- ending it

    def _close(self, order_no: str, fields: Fields) -> None:
        self._own(fields, ("mchid",))
        trade = self._trade(order_no)
        if trade.charges:
            raise Failure(400, "ORDERPAID")
        if trade.open:
            self.book.close(trade)

    def _refund(self, fields: Fields) -> Content:
        number = _text(fields, "out_refund_no")
        if not _REFUND_NO.fullmatch(number):
            raise Failure(400, "PARAM_ERROR")
        amount, total = _amount(fields, "refund"), _amount(fields, "total")
        trade = self._of_refund(fields)
        earlier = self._refunds.get(number)
        if earlier is not None:
            if earlier is not trade or trade.refunds[number].amount_fen != amount:
                raise Failure(400, "INVALID_REQUEST")
            return self._refunded(trade, trade.refunds[number])
        if not trade.charges or total != trade.amount_fen:
            raise Failure(400, "INVALID_REQUEST")
        now = self._clock.monotonic()
        if any(now - r.accepted < BETWEEN_REFUNDS_S for r in trade.refunds.values()):
            raise Failure(429, "FREQUENCY_LIMITED")
        if trade.refunded_fen + amount > total:
            raise Failure(400, "INVALID_REQUEST")
        refund = self.book.refund(trade, number, amount)
        self._refunds[number] = trade
        return self._refunded(trade, refund)

    def _of_refund(self, fields: Fields) -> Trade:
        transaction = fields.get("transaction_id")
        if isinstance(transaction, str) and transaction:
            trade = self.book.by_trade_no(transaction)
        else:
            trade = self.book.get(_text(fields, "out_trade_no"))
        if trade is None:
            raise Failure(404, "RESOURCE_NOT_EXISTS")
        return trade

    def _refund_query(self, number: str) -> Content:
        trade = self._refunds.get(number)
        if trade is None:
            raise Failure(404, "RESOURCE_NOT_EXISTS")
        return self._refunded(trade, trade.refunds[number])

    def _refunded(self, trade: Trade, refund: Refund) -> Content:
        waiting = self._clock.monotonic() - refund.accepted < REFUND_TAKES_S
        if self._gateway.strike("pending", "refund_query", _PENDING) is not None:
            waiting = True
        content: Content = {
            "refund_id": f"5000{trade.serial:012d}{list(trade.refunds).index(refund.number):04d}",
            "out_refund_no": refund.number,
            "transaction_id": trade.trade_no,
            "out_trade_no": trade.order_no,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": rfc3339(refund.accepted_at),
            "status": "PROCESSING" if waiting else "SUCCESS",
            "amount": {
                "total": trade.amount_fen,
                "refund": refund.amount_fen,
                "payer_total": trade.buyer_paid_fen,
                "payer_refund": refund.amount_fen * trade.buyer_paid_fen // trade.amount_fen,
                "currency": "CNY",
            },
        }
        if not waiting:
            content["success_time"] = rfc3339(refund.accepted_at + REFUND_TAKES_S)
        return content

    def _own(self, fields: Fields, names: tuple[str, ...]) -> None:
        """The request must speak of this merchant and its application."""
        for name in names:
            if _text(fields, name) != (APP_ID if name == "appid" else MCH_ID):
                raise Failure(400, "APPID_MCHID_NOT_MATCH")


def _trade_state(trade: Trade) -> str:
    if trade.charges:
        return "REFUND" if trade.refunds else "SUCCESS"
    return "CLOSED" if trade.state is State.CLOSED else "NOTPAY"


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Failure(400, "PARAM_ERROR")
    return value


def _amount(fields: Fields, name: str) -> int:
    amount = fields.get("amount")
    value = amount.get(name) if isinstance(amount, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise Failure(400, "PARAM_ERROR")
    return value
