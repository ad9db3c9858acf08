"""The Alipay-style sandbox: gateway.do, its parameters and signatures.

Rules: Alipay open platform, "签名" (all parameters but `sign`, empty ones dropped, sorted,
unescaped `k=v` joined by `&`, SHA256 with RSA; the answer's signature is over the raw text of
the `…_response` object). Common parameters may come in the query, in the form, or in both.
What the methods do is in `alipay_trade.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from sim.gateways.alipay_trade import MESSAGES, METHODS, AlipayTrades
from sim.gateways.keys import key_pair
from sim.gateways.transport import Gateway, Reply, Request, World

APP_ID = "2026000000000000"
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Alipay(Gateway):
    """One application (`APP_ID`) at the gateway."""

    name = "alipay"
    device = "qr_payment"
    calls = frozenset(METHODS.values()) | {"unknown"}
    changing = frozenset({"precreate", "pay", "cancel", "close", "refund"})

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.app_key = key_pair("alipay app")
        self.server_key = key_pair("alipay server")
        self.trades = AlipayTrades(self)

    def call_of(self, request: Request) -> str | None:
        if request.path != "/gateway.do" or request.method not in ("GET", "POST"):
            return None
        return METHODS.get(_parameters(request).get("method", ""), "unknown")

    def refuse(self, request: Request) -> dict[str, object] | None:
        parameters = _parameters(request)
        if not parameters.get("method"):
            return _error("40001", "isv.missing-method")
        if parameters["method"] not in METHODS:
            return _error("40002", "isv.invalid-method")
        if parameters.get("app_id") != APP_ID:
            return _error("40002", "isv.invalid-app-id")
        if parameters.get("sign_type") != "RSA2":
            return _error("40002", "isv.invalid-signature-type")
        if parameters.get("charset", "").lower() != "utf-8":
            return _error("40002", "isv.invalid-charset")
        if not _TIMESTAMP.fullmatch(parameters.get("timestamp", "")):
            return _error("40002", "isv.invalid-timestamp")
        if not parameters.get("sign"):
            return _error("40001", "isv.missing-signature")
        if not self.app_key.verify(_signed_text(parameters), parameters["sign"]):
            return _error("40002", "isv.invalid-signature")
        return None

    def act(self, request: Request, call: str) -> dict[str, object]:
        try:
            business = json.loads(_parameters(request).get("biz_content", "{}"))
        except (ValueError, RecursionError):
            business = None
        if not isinstance(business, dict):
            return _error("40002", "isv.invalid-parameter")
        return self.trades.do(call, business)

    def seal(self, request: Request, answer: object, forged: bool) -> Reply:
        method = _parameters(request).get("method", "")
        key = f"{method.replace('.', '_')}_response" if method in METHODS else "error_response"
        # Alipay escapes slashes: who serialises the object again gets another text to verify.
        raw = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        signature = self.server_key.sign(f"{raw}{'x' if forged else ''}".encode())
        body = f'{{"{key}":{raw},"sign":"{signature}"}}'.encode()
        return Reply(HTTPStatus.OK, body, {"Content-Type": "application/json;charset=utf-8"})

    def ledger(self) -> list[dict[str, object]]:
        with self.lock:
            return self.trades.book.ledger()


def _error(code: str, sub_code: str) -> dict[str, object]:
    return {"code": code, "msg": MESSAGES[code], "sub_code": sub_code, "sub_msg": sub_code}


def _parameters(request: Request) -> dict[str, str]:
    """Query and form together; of a name in both, the form's value."""
    pairs = parse_qsl(request.query, keep_blank_values=True)
    if request.method == "POST":
        pairs += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return dict(pairs)


def _signed_text(parameters: Mapping[str, str]) -> bytes:
    items = sorted((k, v) for k, v in parameters.items() if v and k != "sign")
    return "&".join(f"{k}={v}" for k, v in items).encode()
