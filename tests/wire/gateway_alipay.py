"""Answers of the Alipay-style gateway, as the tests write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from tests.wire.gateway_server import Seen, http, sign

ORDER = "3801260921000010ABCD"
REFUND = ORDER + "R1"
OK = {"code": "10000", "msg": "Success", "out_trade_no": ORDER}
PAID = {
    **OK,
    "trade_no": "2026092122000000000000000001",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "96.30",
    "buyer_pay_amount": "95.00",
    "send_pay_date": "2026-09-21 22:13:20",
}


def parameters(seen: Seen) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(seen.target).query, strict_parsing=True)
    return dict(pairs + parse_qsl(seen.body.decode(), strict_parsing=True))


def method(seen: Seen) -> str:
    return parameters(seen)["method"]


def envelope(seen: Seen, content: object, key: str = "alipay server") -> bytes:
    raw = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    member = method(seen).replace(".", "_") + "_response"
    signature = sign(key, raw.encode())
    return f'{{"{member}":{raw},"sign":"{signature}"}}'.encode()


def answering(content: object) -> Callable[[Seen], bytes]:
    return lambda seen: http(200, envelope(seen, content))


def by_method(**contents: object) -> Callable[[Seen], bytes]:
    return lambda seen: http(200, envelope(seen, contents[method(seen).rpartition(".")[2]]))


def refused(sub_code: str, code: str = "40004", **more: str) -> dict[str, str]:
    return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "x", **more}
