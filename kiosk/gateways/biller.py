"""The biller's client: BILLER.md over HTTPS.

Public methods never raise on what the network or the biller does. An answer counts only with
HTTP status 200, a right signature over our own nonce, and a clock within five minutes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from kiosk.gateways import parse
from kiosk.gateways.biller_parse import (
    read_account,
    read_daily_file,
    read_institutions,
    read_post_state,
    read_posted,
    refused,
)
from kiosk.gateways.http import MAX_BODY, HttpClient
from kiosk.gateways.parse import GarbageError
from kiosk.gateways.signed import SignedCalls
from kiosk.gateways.signing import Signer, Verifier, random_hex
from kiosk.gateways.types import (
    AccountFound,
    BillerCode,
    BillerRefused,
    DailyFile,
    Institution,
    NoAnswer,
    PostCancelled,
    Posted,
    PostState,
    PostStatus,
    Reason,
)

OK = "AAAAAAA"
MAX_DAILY_FILE = 16 * 1024 * 1024

_T = TypeVar("_T")
_Data = Mapping[str, object]
_ID = re.compile(r"[0-9A-Za-z_.-]{1,35}", re.ASCII)


class HttpBiller:
    """Implements `types.Biller`. Thread-safe; each call is one request.

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
        self._calls = SignedCalls(client, app_id, signer, verifier, wall=wall, nonce=nonce)

    def institutions(self) -> tuple[Institution, ...] | BillerRefused | NoAnswer:
        return self._call("/v1/institutions", {}, read_institutions)

    def query(self, institution: str, account: str) -> AccountFound | BillerRefused | NoAnswer:
        if not (_is_id(institution) and _is_id(account)):
            return _bad_argument()
        return self._call(
            "/v1/query", {"institution": institution, "account": account}, read_account
        )

    def post(
        self,
        order_no: str,
        institution: str,
        account: str,
        bill_no: str | None,
        amount_fen: int,
        paid_at_ms: int,
    ) -> Posted | BillerRefused | NoAnswer:
        """Post a payment. Repeat it only with the very same values (`paid_at_ms` too)."""
        fits = (
            parse.is_order_no(order_no)
            and _is_id(institution)
            and _is_id(account)
            and (bill_no is None or _is_bill_no(bill_no))
            and parse.is_amount(amount_fen)
            and parse.is_instant(paid_at_ms)
        )
        if not fits:
            return _bad_argument()
        request = {
            "order_no": order_no,
            "institution": institution,
            "account": account,
            "bill_no": bill_no,
            "amount_fen": amount_fen,
            "paid_at": paid_at_ms,
        }
        return self._call("/v1/post", request, read_posted)

    def check(self, order_no: str) -> PostState | BillerRefused | NoAnswer:
        if not parse.is_order_no(order_no):
            return _bad_argument()
        answer = self._call("/v1/check", {"order_no": order_no}, read_post_state)
        if isinstance(answer, BillerRefused) and answer.code is BillerCode.NO_RECORD:
            return PostState(PostStatus.NO_RECORD, reason_code=BillerCode.NO_RECORD)
        return answer

    def cancel(self, order_no: str) -> PostCancelled | BillerRefused | NoAnswer:
        if not parse.is_order_no(order_no):
            return _bad_argument()

        def read(data: _Data) -> PostCancelled:
            if data.get("status") != "cancelled":
                raise GarbageError("not cancelled")
            return PostCancelled()

        return self._call("/v1/cancel", {"order_no": order_no}, read)

    def daily_file(self, day: date) -> DailyFile | BillerRefused | NoAnswer:
        return self._call(
            "/v1/daily-file", {"date": day.isoformat()}, read_daily_file, max_body=MAX_DAILY_FILE
        )

    def _call(
        self,
        path: str,
        request: Mapping[str, object],
        read: Callable[[_Data], _T],
        *,
        max_body: int = MAX_BODY,
    ) -> _T | BillerRefused | NoAnswer:
        body = self._calls.post(path, request, max_body=max_body)
        if isinstance(body, NoAnswer):
            return body
        try:
            return _read(path, body, read)
        except GarbageError as error:
            return NoAnswer(Reason.GARBAGE, detail=str(error))


def _read(path: str, body: bytes, read: Callable[[_Data], _T]) -> _T | BillerRefused:
    message = parse.load(body)
    code = parse.text(message, "code", 64)
    if code != OK:
        return refused(code, posting=path == "/v1/post")
    return read(parse.as_object(message.get("data")))


def _is_id(value: str) -> bool:
    return _ID.fullmatch(value) is not None


def _is_bill_no(value: str) -> bool:
    return 0 < len(value) <= 64 and value.isprintable()


def _bad_argument() -> NoAnswer:
    return NoAnswer(Reason.BAD_ARGUMENT, sent=False)
