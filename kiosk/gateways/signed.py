"""Signed calls as BILLER.md, "Transport", has them: one request, one verified answer.

An answer counts only with HTTP status 200, a right signature over our own nonce, and a clock
within five minutes.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping

from kiosk.gateways.http import MAX_BODY, HttpAnswer, HttpClient
from kiosk.gateways.signing import KeyUnreadableError, Signer, Verifier, lines, random_hex, skewed
from kiosk.gateways.types import NoAnswer, Reason

_STAMP = re.compile(r"[0-9]{1,14}", re.ASCII)


class SignedCalls:
    """Thread-safe; each call is one request.

    `wall` gives Unix seconds; `nonce` gives 32 hex digits, never the same twice.
    """

    def __init__(
        self,
        client: HttpClient,
        app_id: str,
        signer: Signer,
        verifier: Verifier,
        *,
        wall: Callable[[], float] = time.time,
        nonce: Callable[[], str] = random_hex,
    ) -> None:
        self._client = client
        self._app_id = app_id
        self._signer = signer
        self._verifier = verifier
        self._wall = wall
        self._nonce = nonce

    def post(
        self, path: str, request: Mapping[str, object], *, max_body: int = MAX_BODY
    ) -> bytes | NoAnswer:
        """The body of the answer, signed by the other side. Never raises."""
        body = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        nonce = self._nonce()
        try:
            self._verifier.prepare()
            headers = self._headers(path, nonce, body)
        except KeyUnreadableError as error:
            return NoAnswer(Reason.KEY_UNREADABLE, sent=False, detail=str(error))
        answer = self._client.send("POST", path, headers, body, max_body=max_body)
        if isinstance(answer, NoAnswer):
            return answer
        if answer.status != 200:
            return NoAnswer(Reason.HTTP_STATUS, detail=str(answer.status))
        if not self._verifies(answer, nonce):
            return NoAnswer(Reason.BAD_SIGNATURE)
        if skewed(int(answer.headers["x-timestamp"]) / 1000, self._wall()):
            return NoAnswer(Reason.CLOCK)
        return answer.body

    def _headers(self, path: str, nonce: str, body: bytes) -> dict[str, str]:
        stamp = str(int(self._wall() * 1000))
        return {
            "Content-Type": "application/json",
            "X-App-Id": self._app_id,
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": self._signer.sign(lines("POST", path, stamp, nonce, body)),
        }

    def _verifies(self, answer: HttpAnswer, nonce: str) -> bool:
        stamp = answer.headers.get("x-timestamp", "")
        theirs = answer.headers.get("x-nonce", "")
        signature = answer.headers.get("x-signature", "")
        if not (_STAMP.fullmatch(stamp) and theirs and signature):
            return False
        return self._verifier.verify(lines(nonce, stamp, theirs, answer.body), signature)
