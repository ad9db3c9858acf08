"""A sandbox whose requests and answers are signed as BILLER.md, "Transport", has it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from sim.gateways.keys import KeyPair
from sim.gateways.transport import Gateway, Reply, Request, World

SKEW_MS = 300_000
SECURITY = "SEC2001"

Answer = tuple[str, dict[str, object]]


class SealedGateway(Gateway):
    """`app_key` is the kiosk's, `server_key` the gateway's own; `messages` are words by code."""

    app_id: str
    messages: Mapping[str, str]

    def __init__(self, world: World, app_key: KeyPair, server_key: KeyPair) -> None:
        super().__init__(world)
        self.app_key = app_key
        self.server_key = server_key
        self._nonces: dict[str, float] = {}

    def call_of(self, request: Request) -> str | None:
        call = request.path.removeprefix("/v1/")
        known = request.path.startswith("/v1/") and call in self.calls
        return call if known and request.method == "POST" else None

    def refuse(self, request: Request) -> Answer | None:
        return None if self._accepted(request) else (SECURITY, {})

    def _accepted(self, request: Request) -> bool:
        timestamp, nonce = request.header("x-timestamp"), request.header("x-nonce")
        if request.header("x-app-id") != self.app_id:
            return False
        if not re.fullmatch(r"[0-9]{1,15}", timestamp):
            return False
        if not re.fullmatch(r"[0-9a-fA-F]{32}", nonce):
            return False
        now_ms = self.wall() * 1000
        if abs(now_ms - int(timestamp)) > SKEW_MS:
            return False
        parts = (request.method, request.target, timestamp, nonce)
        text = "".join(f"{part}\n" for part in parts).encode() + request.body + b"\n"
        if not self.app_key.verify(text, request.header("x-signature")):
            return False
        if nonce.lower() in self._nonces:
            return False
        # A nonce is remembered for as long as its request's time would be accepted.
        self._nonces[nonce.lower()] = int(timestamp) + SKEW_MS
        if len(self._nonces) > 10_000:
            self._nonces = {n: until for n, until in self._nonces.items() if until >= now_ms}
        return True

    def seal(self, request: Request, answer: object, forged: bool) -> Reply:
        assert isinstance(answer, tuple)
        code, data = answer
        content = {"code": code, "message": self.messages.get(code, ""), "data": data}
        body = json.dumps(content, ensure_ascii=False).encode()
        timestamp, nonce = str(int(self.wall() * 1000)), secrets.token_hex(16)
        parts = (request.header("x-nonce"), timestamp, nonce)
        text = "".join(f"{part}\n" for part in parts).encode() + body + b"\n"
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": self.server_key.sign(text + b"x" if forged else text),
        }
        return Reply(HTTPStatus.OK, body, headers)
