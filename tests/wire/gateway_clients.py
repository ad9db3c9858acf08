"""Merchants that know only the wire, the keys they were given, and how to sign.

Each calls a sandbox in memory through werkzeug's test client, with signatures of its own making.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from werkzeug.test import Client, TestResponse

from sim.clock import VirtualClock
from sim.faults import Faults
from sim.gateways import Gateways

START = datetime(2026, 11, 18, 2, 0, tzinfo=UTC).timestamp()  # ten in the morning in Shanghai


class World:
    """Sandboxes on a clock that tests move, and the keys a merchant holds."""

    def __init__(self, directory: Path, wall: Callable[[], float] | None = None) -> None:
        self.clock = VirtualClock(START)
        self.faults = Faults()
        self.gateways = Gateways(self.clock, self.faults, directory, seed=1, wall=wall)
        self.gateways.write_keys(directory)
        self.directory = directory
        self.settings = self.gateways.settings()

    def client(self, name: str) -> Client:
        return Client(self.gateways.wsgi(name))

    def key(self, path: object) -> bytes:
        return (self.directory / str(path)).read_bytes()


@cache
def _private(pem: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@cache
def _public(pem: bytes) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(pem)
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def sign(private_pem: bytes, text: bytes) -> str:
    signature = _private(private_pem).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def check(public_pem: bytes, text: bytes, signature: str) -> None:
    """Raises InvalidSignature when it doesn't fit."""
    key = _public(public_pem)
    key.verify(base64.b64decode(signature), text, padding.PKCS1v15(), hashes.SHA256())


@dataclass
class BillerClient:
    world: World

    def __post_init__(self) -> None:
        self.settings = self.world.settings["biller"]
        self.http = self.world.client("biller")

    def headers(self, path: str, body: bytes, nonce: str, skew_s: float = 0) -> dict[str, str]:
        stamp = str(int((self.world.clock.time() + skew_s) * 1000))
        text = f"POST\n{path}\n{stamp}\n{nonce}\n".encode() + body + b"\n"
        return {
            "Content-Type": "application/json",
            "X-App-Id": str(self.settings["app_id"]),
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": sign(self.world.key(self.settings["private_key"]), text),
        }

    def raw(self, call: str, **fields: object) -> tuple[TestResponse, str]:
        path, body, nonce = f"/v1/{call}", json.dumps(fields).encode(), secrets.token_hex(16)
        answer = self.http.post(path, data=body, headers=self.headers(path, body, nonce))
        return answer, nonce

    def verify(self, answer: TestResponse, nonce: str) -> None:
        head = answer.headers
        text = f"{nonce}\n{head['X-Timestamp']}\n{head['X-Nonce']}\n".encode()
        public = self.world.key(self.settings["server_public_key"])
        check(public, text + answer.data + b"\n", head["X-Signature"])

    def call(self, call: str, **fields: object) -> tuple[str, dict]:
        """Code and data of a verified answer."""
        answer, nonce = self.raw(call, **fields)
        assert answer.status_code == 200
        self.verify(answer, nonce)
        content = json.loads(answer.data)
        assert set(content) == {"code", "message", "data"}
        return content["code"], content["data"]

    def post(self, order_no: str, institution: str, account: str, bill_no, fen: int):
        return self.call(
            "post",
            order_no=order_no,
            institution=institution,
            account=account,
            bill_no=bill_no,
            amount_fen=fen,
            paid_at=int(START * 1000),
        )


@dataclass
class AlipayClient:
    world: World

    def __post_init__(self) -> None:
        self.settings = self.world.settings["alipay"]
        self.http = self.world.client("alipay")

    def parameters(self, method: str, business: dict, **changes: str) -> dict[str, str]:
        parameters = {
            "app_id": str(self.settings["app_id"]),
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": "2026-11-18 10:00:00",
            "version": "1.0",
            "notify_url": "",
            "biz_content": json.dumps(business, ensure_ascii=False),
        } | changes
        text = "&".join(f"{k}={v}" for k, v in sorted(parameters.items()) if v)
        private = self.world.key(self.settings["private_key"])
        return parameters | {"sign": sign(private, text.encode())}

    def send(self, parameters: dict[str, str], *, split: bool = False) -> TestResponse:
        """As a form; `split`: the common parameters in the query, the rest in the form."""
        if not split:
            return self.http.post("/gateway.do", data=parameters)
        form = {"biz_content": parameters["biz_content"]}
        query = urlencode({k: v for k, v in parameters.items() if k not in form})
        return self.http.post(f"/gateway.do?{query}", data=form)

    def call(self, method: str, **business: object) -> dict:
        """The `…_response` object, verified over its raw text."""
        full = f"alipay.trade.{method}"
        answer = self.send(self.parameters(full, business))
        assert answer.status_code == 200
        return self.opened(answer, f"{full.replace('.', '_')}_response")

    def opened(self, answer: TestResponse, key: str) -> dict:
        text = answer.data.decode()
        found = re.fullmatch(r'\{"' + key + r'":(\{.*\}),"sign":"([^"]+)"\}', text)
        assert found is not None, text
        check(self.world.key(self.settings["server_public_key"]), found[1].encode(), found[2])
        return json.loads(found[1])


@dataclass
class WechatClient:
    world: World

    def __post_init__(self) -> None:
        self.settings = self.world.settings["wechat"]
        self.http = self.world.client("wechat")

    def authorization(self, method: str, target: str, body: bytes, skew_s: float = 0) -> str:
        nonce = secrets.token_hex(16)
        stamp = str(int(self.world.clock.time() + skew_s))
        text = f"{method}\n{target}\n{stamp}\n{nonce}\n".encode() + body + b"\n"
        signature = sign(self.world.key(self.settings["private_key"]), text)
        fields = {
            "mchid": self.settings["mchid"],
            "nonce_str": nonce,
            "signature": signature,
            "timestamp": stamp,
            "serial_no": self.settings["serial_no"],
        }
        listed = ",".join(f'{k}="{v}"' for k, v in fields.items())
        return f"WECHATPAY2-SHA256-RSA2048 {listed}"

    def call(self, method: str, target: str, content: dict | None = None) -> tuple[int, dict]:
        """Status and verified content ({} for an empty body)."""
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        headers = {
            "Authorization": self.authorization(method, target, body),
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        answer = self.http.open(target, method=method, data=body, headers=headers)
        self.verify(answer)
        return answer.status_code, json.loads(answer.data) if answer.data else {}

    def verify(self, answer: TestResponse) -> None:
        head = answer.headers
        assert head["Wechatpay-Serial"] == self.settings["server_serial"]
        text = f"{head['Wechatpay-Timestamp']}\n{head['Wechatpay-Nonce']}\n".encode()
        public = self.world.key(self.settings["server_public_key"])
        check(public, text + answer.data + b"\n", head["Wechatpay-Signature"])

    def native(self, order_no: str, fen: int, **changes: object) -> tuple[int, dict]:
        content = {
            "appid": self.settings["app_id"],
            "mchid": self.settings["mchid"],
            "description": "水电煤缴费",
            "out_trade_no": order_no,
            "notify_url": "https://cabin.invalid/notify",
            "amount": {"total": fen, "currency": "CNY"},
        }
        return self.call("POST", "/v3/pay/transactions/native", content | changes)

    def query(self, order_no: str) -> tuple[int, dict]:
        mchid = self.settings["mchid"]
        return self.call("GET", f"/v3/pay/transactions/out-trade-no/{order_no}?mchid={mchid}")

    def close(self, order_no: str) -> tuple[int, dict]:
        target = f"/v3/pay/transactions/out-trade-no/{order_no}/close"
        return self.call("POST", target, {"mchid": self.settings["mchid"]})

    def refund(self, order_no: str, number: str, fen: int, total: int) -> tuple[int, dict]:
        content = {
            "out_trade_no": order_no,
            "out_refund_no": number,
            "amount": {"refund": fen, "total": total, "currency": "CNY"},
        }
        return self.call("POST", "/v3/refund/domestic/refunds", content)

    def refund_query(self, number: str) -> tuple[int, dict]:
        return self.call("GET", f"/v3/refund/domestic/refunds/{number}")
