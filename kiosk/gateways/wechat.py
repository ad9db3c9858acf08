"""Payment by a code on the screen, WeChat Pay API v3 style: Native, query, close, refund.

Source: WeChat Pay merchant documentation, API v3, pages of Native orders and refunds. The kiosk
sits behind a router and gets no notifications, so it asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from kiosk.gateways import parse
from kiosk.gateways.parse import GarbageError
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
from kiosk.gateways.wechat_wire import Reply, WechatGateway

Content = Mapping[str, object]

BEIJING = timezone(timedelta(hours=8))
# The platform demands an address for notifications; nothing listens there.
NOTIFY_URL = "https://cabin.invalid/wechat"
_ORDERS = "/v3/pay/transactions/out-trade-no/"
_REFUNDS = "/v3/refund/domestic/refunds"

# Codes without their underscores, see wechat_wire.Reply.code.
_NOT_FOUND = frozenset({"ORDERNOTEXIST", "RESOURCENOTEXISTS", "RESOURCENOTEXIST"})
_UNKNOWN = frozenset({"SYSTEMERROR", "BANKERROR"})
_TOO_OFTEN = frozenset({"FREQUENCYLIMITED", "FREQUENCYLIMITEXCEED", "RATELIMITEXCEEDED"})
_SIGNATURE = frozenset({"SIGNERROR"})
_PRECREATE_SENTENCES = {
    "ORDERPAID": "paid_before",
    "ORDERCLOSED": "closed_before",
    "OUTTRADENOUSED": "number_used",
    "RULELIMIT": "limit",
    "NOAUTH": "shop",
    "APPIDMCHIDNOTMATCH": "shop",
    "MCHNOTEXISTS": "shop",
}
_REFUND_SENTENCES = {
    "NOTENOUGH": "refund_shop_balance",
    "USERACCOUNTABNORMAL": "refund_account",
    "ABNORMAL": "refund_account",
    "CLOSED": "refund_not_allowed",
    "NOAUTH": "refund_not_allowed",
}
_STATES = {
    "SUCCESS": TradeStatus.PAID,
    "REFUND": TradeStatus.REFUNDED_PART,  # the query doesn't say how much went back
    "NOTPAY": TradeStatus.WAITING,
    "USERPAYING": TradeStatus.WAITING,
    "PAYERROR": TradeStatus.WAITING,  # this attempt failed; the order can still be paid
    "CLOSED": TradeStatus.CLOSED,
    "REVOKED": TradeStatus.CLOSED,
}


class WechatQr:
    """Implements `types.QrPayment`."""

    capabilities = Capabilities(RefundAbility.PARTIAL, 60, Commit.AT_ONCE)

    def __init__(self, gateway: WechatGateway) -> None:
        self._gateway = gateway
        self._merchant = gateway.merchant

    def precreate(
        self, order_no: str, amount_fen: int, description: str, expires_s: int
    ) -> CodeReady | QrRefused | NoAnswer:
        """Ask for a code that can be paid for `expires_s`. Repeating it is safe."""
        if not (parse.is_order_no(order_no) and parse.is_amount(amount_fen) and expires_s > 0):
            return _bad_argument()
        until = datetime.fromtimestamp(int(self._gateway.wall()) + expires_s, UTC)
        reply = self._call(
            "POST",
            "/v3/pay/transactions/native",
            {
                "appid": self._merchant.app_id,
                "mchid": self._merchant.mchid,
                "description": parse.subject(description, 40),  # 127 bytes at the platform
                "out_trade_no": order_no,
                "time_expire": until.astimezone(BEIJING).isoformat(timespec="seconds"),
                "notify_url": NOTIFY_URL,
                "amount": {"total": amount_fen, "currency": "CNY"},
            },
        )
        if isinstance(reply, NoAnswer):
            return reply
        if not reply.done:
            name = _PRECREATE_SENTENCES.get(reply.code, "request")
            return QrRefused(reply.raw_code, QR_SENTENCES[name])
        code = parse.optional_text(reply.content, "code_url", 512)
        return CodeReady(code) if code else NoAnswer(Reason.GARBAGE, detail="no code")

    def query(self, order_no: str) -> TradeState | NoAnswer:
        if not parse.is_order_no(order_no):
            return _bad_argument()
        reply = self._call("GET", f"{_ORDERS}{order_no}?mchid={self._merchant.mchid}")
        if isinstance(reply, NoAnswer):
            return reply
        if reply.done:
            return trade_state(reply.content)
        if reply.code in _NOT_FOUND:
            return TradeState(TradeStatus.NOT_FOUND, raw_status=reply.raw_code)
        return NoAnswer(Reason.REFUSED, detail=reply.raw_code)

    def close(self, order_no: str) -> Closed | AlreadyPaid | NotFound | NoAnswer:
        if not parse.is_order_no(order_no):
            return _bad_argument()
        reply = self._call("POST", f"{_ORDERS}{order_no}/close", {"mchid": self._merchant.mchid})
        if isinstance(reply, NoAnswer):
            return reply
        if reply.done or reply.code == "ORDERCLOSED":
            return Closed()
        if reply.code == "ORDERPAID":
            return AlreadyPaid()
        if reply.code in _NOT_FOUND:
            return NotFound()
        return NoAnswer(Reason.REFUSED, detail=reply.raw_code)

    def refund(
        self, order_no: str, refund_no: str, refund_fen: int, total_fen: int
    ) -> Refunded | RefundPending | RefundRefused | NoAnswer:
        """Refunds of one order must be at least a minute apart (TOO_OFTEN otherwise)."""
        fits = (
            parse.is_order_no(order_no)
            and parse.is_order_no(refund_no)
            and parse.is_amount(refund_fen)
            and parse.is_amount(total_fen)
            and refund_fen <= total_fen
        )
        if not fits:
            return _bad_argument()
        reply = self._call(
            "POST",
            _REFUNDS,
            {
                "out_trade_no": order_no,
                "out_refund_no": refund_no,
                "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
            },
        )
        if isinstance(reply, NoAnswer):
            return reply
        if not reply.done:
            name = _REFUND_SENTENCES.get(reply.code, "refund_request")
            return RefundRefused(reply.raw_code, QR_SENTENCES[name])
        return refund_state(reply.content, order_no, refund_no)

    def query_refund(
        self, order_no: str, refund_no: str
    ) -> Refunded | RefundPending | RefundRefused | NotFound | NoAnswer:
        if not (parse.is_order_no(order_no) and parse.is_order_no(refund_no)):
            return _bad_argument()
        reply = self._call("GET", f"{_REFUNDS}/{refund_no}")
        if isinstance(reply, NoAnswer):
            return reply
        if reply.done:
            return refund_state(reply.content, order_no, refund_no)
        if reply.code in _NOT_FOUND:
            return NotFound()
        return NoAnswer(Reason.REFUSED, detail=reply.raw_code)

    def _call(self, method: str, target: str, request: Content | None = None) -> Reply | NoAnswer:
        """As the gateway's, with the codes that say nothing of the matter sorted out."""
        reply = self._gateway.call(method, target, request)
        if isinstance(reply, NoAnswer) or reply.done:
            return reply
        if reply.code in _UNKNOWN:
            return NoAnswer(Reason.GATEWAY_UNKNOWN, detail=reply.raw_code)
        if reply.code in _TOO_OFTEN:
            return NoAnswer(Reason.TOO_OFTEN, detail=reply.raw_code)
        if reply.code in _SIGNATURE:
            return NoAnswer(Reason.REFUSED, detail=reply.raw_code)
        return reply


def trade_state(content: Content) -> TradeState | NoAnswer:
    """The content of a 2xx order query as a TradeState. Never raises."""
    raw = parse.code_or_empty(content.get("trade_state"))
    status = _STATES.get(raw)
    if status is None:
        return NoAnswer(Reason.GARBAGE, detail="unknown trade_state")
    amount = _amount(content)
    total = _fen_in_cny(amount, "total", "currency")
    paid: int | None = None
    if status in (TradeStatus.PAID, TradeStatus.REFUNDED_PART):
        paid = _fen_in_cny(amount, "payer_total", "payer_currency")
        if "payer_total" not in amount:
            paid = total  # no coupon told
    return TradeState(
        status,
        parse.optional_text(content, "out_trade_no", 64),
        total,
        paid,
        parse.optional_text(content, "transaction_id", 64),
        raw,
    )


def _amount(content: Content) -> Content:
    try:
        return parse.as_object(content.get("amount"))
    except GarbageError:
        return {}


def _fen_in_cny(amount: Content, name: str, currency: str) -> int | None:
    # Another currency's number is not an amount in fen.
    return parse.fen_or_none(amount, name) if amount.get(currency, "CNY") == "CNY" else None


def refund_state(
    content: Content, order_no: str, refund_no: str
) -> Refunded | RefundPending | RefundRefused | NoAnswer:
    """The content of a 2xx refund answer. Never raises."""
    named = (content.get("out_trade_no", order_no), content.get("out_refund_no", refund_no))
    if named != (order_no, refund_no):
        return NoAnswer(Reason.GARBAGE, detail="another refund")
    status = parse.code_or_empty(content.get("status"))
    if status == "SUCCESS":
        return Refunded(
            refund_no,
            _fen_in_cny(_amount(content), "refund", "currency"),
            parse.optional_text(content, "refund_id", 64),
        )
    if status == "PROCESSING":
        return RefundPending()
    if status in ("CLOSED", "ABNORMAL"):
        return RefundRefused(status, QR_SENTENCES[_REFUND_SENTENCES[status]])
    return NoAnswer(Reason.GARBAGE, detail="unknown status of a refund")


def _bad_argument() -> NoAnswer:
    return NoAnswer(Reason.BAD_ARGUMENT, sent=False)
