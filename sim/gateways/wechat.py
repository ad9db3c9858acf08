"""The WeChat-Pay-style sandbox, API v3: addresses, signatures, error answers.

Rules: WeChat Pay merchant documentation, API v3, "签名生成" and "签名验证". A request is signed in
`Authorization: WECHATPAY2-SHA256-RSA2048 …` over method, path with query, timestamp, nonce and
body, each followed by a line feed; an answer in the headers Wechatpay-Timestamp, -Nonce,
-Signature and -Serial over timestamp, nonce and body. More than five minutes apart is refused.
What the calls do is in `wechat_trade.py`.
"""

from __future__ import annotations

import json
import re
import secrets
from http import HTTPStatus
from urllib.parse import parse_qs, unquote

from sim.gateways.keys import key_pair
from sim.gateways.transport import Gateway, Reply, Request, World
from sim.gateways.wechat_trade import APP_ID, MCH_ID, Failure, WechatTrades

SERIAL_NO = "51DE0000000000000000000000000000000000A1"
SERVER_SERIAL = "PUB_KEY_ID_0119000000002026000000000000000001"
SKEW_S = 300
_SCHEME = "WECHATPAY2-SHA256-RSA2048"
_FIELD = re.compile(r'([a-z_]+)="([^"]*)"')
_ROUTES = (
    ("POST", re.compile(r"/v3/pay/transactions/native"), "native"),
    ("GET", re.compile(r"/v3/pay/transactions/out-trade-no/([^/]+)"), "query"),
    ("POST", re.compile(r"/v3/pay/transactions/out-trade-no/([^/]+)/close"), "close"),
    ("POST", re.compile(r"/v3/refund/domestic/refunds"), "refund"),
    ("GET", re.compile(r"/v3/refund/domestic/refunds/([^/]+)"), "refund_query"),
)

__all__ = ["APP_ID", "MCH_ID", "SERIAL_NO", "SERVER_SERIAL", "Wechat"]

Answer = tuple[int, dict[str, object] | None]


class Wechat(Gateway):
    """One merchant (`MCH_ID`) at the gateway."""

    name = "wechat"
    device = "qr_payment"
    calls = frozenset(call for _, _, call in _ROUTES)
    changing = frozenset({"native", "close", "refund"})

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.app_key = key_pair("wechat app")
        self.server_key = key_pair("wechat server")
        self.api_v3_key = secrets.token_hex(16)  # 32 characters
        self.trades = WechatTrades(self)

    def call_of(self, request: Request) -> str | None:
        found = _route(request)
        return None if found is None else found[0]

    def refuse(self, request: Request) -> Answer | None:
        if self._accepted(request):
            return None
        return Failure(401, "SIGN_ERROR").answer()

    def _accepted(self, request: Request) -> bool:
        scheme, _, rest = request.header("authorization").partition(" ")
        fields = dict(_FIELD.findall(rest))
        if scheme != _SCHEME or fields.get("mchid") != MCH_ID:
            return False
        if fields.get("serial_no") != SERIAL_NO or not fields.get("nonce_str"):
            return False
        timestamp = fields.get("timestamp", "")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            return False
        if abs(self.wall() - int(timestamp)) > SKEW_S:
            return False
        parts = (request.method, request.target, timestamp, fields["nonce_str"])
        text = "".join(f"{part}\n" for part in parts).encode() + request.body + b"\n"
        return self.app_key.verify(text, fields.get("signature", ""))

    def act(self, request: Request, call: str) -> Answer:
        route = _route(request)
        number = "" if route is None else route[1]
        try:
            if request.method == "GET":
                query = {k: v[-1] for k, v in parse_qs(request.query).items()}
                return self.trades.do(call, number, query)
            return self.trades.do(call, number, _object(request.body))
        except Failure as failure:
            return failure.answer()

    def seal(self, request: Request, answer: object, forged: bool) -> Reply:
        del request  # an answer of API v3 isn't tied to the request it answers
        assert isinstance(answer, tuple)
        status, content = answer
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        timestamp, nonce = str(int(self.wall())), secrets.token_hex(16)
        text = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        headers = {
            "Request-ID": secrets.token_hex(16),
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": self.server_key.sign(text + b"x" if forged else text),
            "Wechatpay-Signature-Type": _SCHEME,
            "Wechatpay-Serial": SERVER_SERIAL,
        }
        if content is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return Reply(HTTPStatus(status), body, headers)

    def ledger(self) -> list[dict[str, object]]:
        with self.lock:
            return self.trades.book.ledger()


def _route(request: Request) -> tuple[str, str] | None:
    """The call and the number in its address."""
    for method, pattern, call in _ROUTES:
        found = pattern.fullmatch(request.path)
        if found is not None and request.method == method:
            return call, unquote(found[1]) if found.groups() else ""
    return None


def _object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Failure(400, "PARAM_ERROR")
    return value
