"""WeChat Pay API v3 on the wire: the Authorization header out, signed answers in.

Source: WeChat Pay merchant documentation, API v3, "签名生成" and "签名验证": each part of the text
ends in a line feed; answers more than five minutes from our clock are refused.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kiosk.gateways import parse
from kiosk.gateways.http import HttpAnswer, HttpClient
from kiosk.gateways.parse import GarbageError
from kiosk.gateways.signing import (
    KeyUnreadableError,
    Signer,
    Verifier,
    lines,
    random_hex,
    skewed,
)
from kiosk.gateways.types import NoAnswer, Reason

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_STAMP = re.compile(r"[0-9]{1,11}", re.ASCII)
_EMPTY: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reply:
    """A believed answer: 2xx, or 4xx with `code`. An empty body is an empty `content`."""

    status: int
    content: Mapping[str, object] = field(repr=False)

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """WeChat's error code without underscores: its pages write ORDER_PAID and ORDERPAID."""
        return self.raw_code.replace("_", "")

    @property
    def raw_code(self) -> str:
        return parse.code_or_empty(self.content.get("code"))


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who we are at WeChat Pay, and whose signature we accept."""

    app_id: str
    mchid: str
    serial_no: str
    server_serial: str


class WechatGateway:
    """Sends one request and returns a believed reply, or why there is none.

    `wall` gives Unix seconds; `nonce` gives up to 32 characters `[0-9A-Za-z]`.
    """

    def __init__(
        self,
        client: HttpClient,
        merchant: Merchant,
        signer: Signer,
        verifier: Verifier,
        *,
        wall: Callable[[], float] = time.time,
        nonce: Callable[[], str] = random_hex,
    ) -> None:
        self._client = client
        self.merchant = merchant
        self._signer = signer
        self._verifier = verifier
        self.wall = wall
        self._nonce = nonce

    def call(
        self, method: str, target: str, request: Mapping[str, object] | None = None
    ) -> Reply | NoAnswer:
        body = b""
        if request is not None:
            body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        try:
            self._verifier.prepare()
            headers = self._headers(method, target, body)
        except KeyUnreadableError as error:
            return NoAnswer(Reason.KEY_UNREADABLE, sent=False, detail=str(error))
        answer = self._client.send(method, target, headers, body)
        return answer if isinstance(answer, NoAnswer) else self._believe(answer)

    def _headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        stamp, nonce = str(int(self.wall())), self._nonce()
        signature = self._signer.sign(lines(method, target, stamp, nonce, body))
        fields = {
            "mchid": self.merchant.mchid,
            "nonce_str": nonce,
            "signature": signature,
            "timestamp": stamp,
            "serial_no": self.merchant.serial_no,
        }
        headers = {
            "Accept": "application/json",
            "Authorization": f"{SCHEME} " + ",".join(f'{k}="{v}"' for k, v in fields.items()),
        }
        if body:
            headers["Content-Type"] = "application/json"
        return headers

    def _believe(self, answer: HttpAnswer) -> Reply | NoAnswer:
        if answer.status == 401:
            # Our own signature was refused; such answers come unsigned.
            return NoAnswer(Reason.REFUSED, detail="401")
        if answer.status == 429:
            return NoAnswer(Reason.TOO_OFTEN)
        if not (200 <= answer.status < 300 or 400 <= answer.status < 500):
            return NoAnswer(Reason.HTTP_STATUS, detail=str(answer.status))
        stamp = answer.headers.get("wechatpay-timestamp", "")
        nonce = answer.headers.get("wechatpay-nonce", "")
        signature = answer.headers.get("wechatpay-signature", "")
        if not (_STAMP.fullmatch(stamp) and nonce and signature):
            return NoAnswer(Reason.BAD_SIGNATURE, detail=f"{answer.status} unsigned")
        if answer.headers.get("wechatpay-serial") != self.merchant.server_serial:
            return NoAnswer(Reason.BAD_SIGNATURE, detail="another key")
        if not self._verifier.verify(lines(stamp, nonce, answer.body), signature):
            return NoAnswer(Reason.BAD_SIGNATURE)
        if skewed(int(stamp), self.wall()):
            return NoAnswer(Reason.CLOCK)
        return open_reply(answer.status, answer.body)


def open_reply(status: int, body: bytes) -> Reply | NoAnswer:
    """The body of a believed answer. Never raises."""
    try:
        reply = Reply(status, parse.load(body) if body else _EMPTY)
    except GarbageError as error:
        return NoAnswer(Reason.GARBAGE, detail=str(error))
    if not reply.done and not reply.code:
        return NoAnswer(Reason.GARBAGE, detail="no code")
    return reply
