"""Answers of the biller, as the tests write them."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.gateways.types import (
    Biller,
    BillerRefused,
    NoAnswer,
    Posted,
)
from tests.wire.gateway_server import (
    WALL,
    Seen,
    dumps,
    http,
    sign,
)

LINE = "3801260921000010ABCDL1"
ACCOUNT = "3100000077"
BILL = {"bill_no": "N-1", "period": "2026-08", "amount_fen": 9630, "late_fee_fen": 120}
FOUND = {
    "owner_masked": "某**",
    "charge_mode": "postpaid",
    "balance_fen": 0,
    "bills": [BILL],
    "topup": None,
}
POSTED = {"status": "posted", "biller_ref": "B1", "posted_at": 1_790_000_000_000}


def signed(
    seen: Seen,
    body: bytes,
    *,
    key: str = "biller server",
    to_nonce: str | None = None,
    at: float = WALL,
) -> dict[str, str]:
    """The headers of an answer, written from BILLER.md's "Transport"."""
    stamp = str(int(at * 1000))
    asked = seen.headers["x-nonce"] if to_nonce is None else to_nonce
    text = f"{asked}\n{stamp}\nfeedfacefeedface\n".encode() + body + b"\n"
    return {
        "X_Timestamp": stamp,
        "X_Nonce": "feedfacefeedface",
        "X_Signature": sign(key, text),
    }


def answering(data: object, code: str = "AAAAAAA") -> Callable[[Seen], bytes]:
    body = dumps({"code": code, "message": "户号 3100000077", "data": data})
    return lambda seen: http(200, body, **signed(seen, body))


def raw(body: bytes) -> Callable[[Seen], bytes]:
    return lambda seen: http(200, body, **signed(seen, body))


def post(biller: Biller) -> Posted | BillerRefused | NoAnswer:
    return biller.post(LINE, "SH-POWER", ACCOUNT, "N-1", 9750, 1_789_999_999_000)
