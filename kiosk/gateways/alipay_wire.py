"""Alipay's open platform on the wire: signed parameters out, signed envelopes in.

Source: Alipay open platform documentation, "签名" (RSA2). The request's text is all parameters but
`sign`, empty ones dropped, sorted by name, unescaped `k=v` joined by `&`. The answer is signed
over the exact text of its `<method>_response` object, so that text is cut out, never rebuilt.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlencode

from kiosk.gateways import parse
from kiosk.gateways.http import HttpClient
from kiosk.gateways.parse import GarbageError
from kiosk.gateways.signing import KeyUnreadableError, Signer, Verifier
from kiosk.gateways.types import NoAnswer, Reason

BEIJING = timezone(timedelta(hours=8))
ERROR_MEMBER = "error_response"
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer taken apart but not yet believed; `raw` is the text that was signed."""

    member: str
    raw: str = field(repr=False)
    content: Mapping[str, object] = field(repr=False)
    sign: str = field(repr=False)


def signed_text(parameters: Mapping[str, str]) -> bytes:
    items = sorted((k, v) for k, v in parameters.items() if v and k != "sign")
    return "&".join(f"{k}={v}" for k, v in items).encode("utf-8")


def member_of(method: str) -> str:
    return method.replace(".", "_") + "_response"


def open_envelope(body: bytes, method: str) -> Envelope:
    """Take an answer to `method` apart. Raises GarbageError, nothing else, on any bytes."""
    text = parse.decode_utf8(body)
    members = _members(text)
    wanted = [name for name in (member_of(method), ERROR_MEMBER) if name in members]
    if len(wanted) != 1:
        raise GarbageError("not one response object")
    value, start, end = members[wanted[0]]
    sign = members.get("sign", ("", 0, 0))[0]
    return Envelope(
        wanted[0], text[start:end], parse.as_object(value), sign if isinstance(sign, str) else ""
    )


def _members(text: str) -> dict[str, tuple[object, int, int]]:
    """The members of the outermost object: value, and where its text begins and ends."""
    found: dict[str, tuple[object, int, int]] = {}
    at = _expect(text, _skip(text, 0), "{")
    while True:
        at = _skip(text, at)
        name, at = parse.raw_value(text, at)
        if not isinstance(name, str) or name in found:
            raise GarbageError("a member's name is no text, or appears twice")
        start = _skip(text, _expect(text, _skip(text, at), ":"))
        value, end = parse.raw_value(text, start)
        found[name] = (value, start, end)
        at = _skip(text, end)
        if text[at : at + 1] != ",":
            break
        at += 1
    if _skip(text, _expect(text, at, "}")) != len(text):
        raise GarbageError("text after the object")
    return found


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _expect(text: str, at: int, character: str) -> int:
    if text[at : at + 1] != character:
        raise GarbageError("not a JSON object")
    return at + 1


class AlipayGateway:
    """Calls a method and returns the content of a believed answer, or why there is none."""

    def __init__(
        self,
        client: HttpClient,
        app_id: str,
        signer: Signer,
        verifier: Verifier,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._app_id = app_id
        self._signer = signer
        self._verifier = verifier
        self._wall = wall

    def call(self, method: str, business: Mapping[str, object]) -> Mapping[str, object] | NoAnswer:
        parameters = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": datetime.fromtimestamp(self._wall(), UTC)
            .astimezone(BEIJING)
            .strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(business, ensure_ascii=False, separators=(",", ":")),
        }
        try:
            self._verifier.prepare()
            parameters["sign"] = self._signer.sign(signed_text(parameters))
        except KeyUnreadableError as error:
            return NoAnswer(Reason.KEY_UNREADABLE, sent=False, detail=str(error))
        body = urlencode({"biz_content": parameters.pop("biz_content")}).encode("ascii")
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        answer = self._client.send("POST", "?" + urlencode(parameters), headers, body)
        if isinstance(answer, NoAnswer):
            return answer
        if answer.status != 200:
            return NoAnswer(Reason.HTTP_STATUS, detail=str(answer.status))
        try:
            envelope = open_envelope(answer.body, method)
        except GarbageError as error:
            return NoAnswer(Reason.GARBAGE, detail=str(error))
        if not self._verifier.verify(envelope.raw.encode("utf-8"), envelope.sign):
            return NoAnswer(Reason.BAD_SIGNATURE)
        return envelope.content
