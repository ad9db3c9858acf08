"""Where a result of the clinic may go: the health record of whoever asks for it.

The interface is the project's own; its transport and signatures are those of BILLER.md. One call:

    POST /v1/results   {"result_no", "token", "bundle"} → code AAAAAAA and {"status": "kept"}

``result_no`` (32 of 0-9 A-F) is one result for ever: sent again, it is answered the same and kept
once. ``token`` is what the person's code says, ``bundle`` the FHIR bundle. ``EQ0004`` says that
the token belongs to nobody or has run out, ``EQ0001`` that the request can't be read: both kept
nothing. Every other code, and silence, leave it unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kiosk.gateways import parse
from kiosk.gateways.parse import GarbageError
from kiosk.gateways.signed import SignedCalls
from kiosk.gateways.types import NoAnswer, Reason

PATH = "/v1/results"
OK = "AAAAAAA"
NOTHING_KEPT = frozenset({"EQ0001", "EQ0004", "SEC2001"})
LONGEST_TOKEN = 256
_NUMBER = re.compile(r"[0-9A-F]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RecordKept:
    """It is in the record."""


@dataclass(frozen=True, slots=True)
class RecordRefused:
    """For certain not in the record; `code` is the record's own."""

    code: str


class HealthRecord(Protocol):
    """Takes a result in. Never raises on what the network does."""

    def put(
        self, result_no: str, token: str, bundle: Mapping[str, object]
    ) -> RecordKept | RecordRefused | NoAnswer:
        """Repeat it only with the very same values."""
        ...


class HttpRecord:
    """Implements `HealthRecord`. Thread-safe; each call is one request."""

    def __init__(self, calls: SignedCalls) -> None:
        self._calls = calls

    def put(
        self, result_no: str, token: str, bundle: Mapping[str, object]
    ) -> RecordKept | RecordRefused | NoAnswer:
        fits = 0 < len(token) <= LONGEST_TOKEN and token.isprintable()
        if not fits or not _NUMBER.fullmatch(result_no):
            return NoAnswer(Reason.BAD_ARGUMENT, sent=False)
        request = {"result_no": result_no, "token": token, "bundle": bundle}
        body = self._calls.post(PATH, request)
        if isinstance(body, NoAnswer):
            return body
        try:
            return _read(body)
        except GarbageError as error:
            return NoAnswer(Reason.GARBAGE, detail=str(error))


def _read(body: bytes) -> RecordKept | RecordRefused | NoAnswer:
    message = parse.load(body)
    code = parse.text(message, "code", 64)
    if code in NOTHING_KEPT:
        return RecordRefused(code)
    if code != OK:
        return NoAnswer(Reason.GATEWAY_UNKNOWN, detail=code if code.isalnum() else "")
    if parse.as_object(message.get("data")).get("status") != "kept":
        raise GarbageError("not kept")
    return RecordKept()
