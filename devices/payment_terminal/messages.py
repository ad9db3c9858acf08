"""The JSON that ECR Hub frames carry: requests to bytes, bytes to frozen answers. No I/O.

Kept apart from the frames because roll-outs on the mainland use other messages on the same
hardware. Source: payment terminal protocols, 1.1 (JSON keys, biz_data, trans_type, trans_status);
6 (card numbers are masked here, before anything else sees them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from devices.payment_terminal.codec import MAX_DATA
from devices.payment_terminal.commands import (
    Close,
    Command,
    Method,
    Query,
    Refund,
    Sale,
    Transaction,
    TransactionStatus,
    Void,
)

TOPIC_ORDER = "ecrhub.pay.order"
TOPIC_QUERY = "ecrhub.pay.query"
TOPIC_CLOSE = "ecrhub.pay.close"

OK_CODES = ("000", "0")
NOT_FOUND = "not_found"

_VERSION = "2.0"
_CATEGORY: Mapping[Method, str] = {"card": "BANKCARD", "qr": "QR_B_SCAN_C"}
_STATUS: Mapping[str, TransactionStatus] = {
    "0": "created",
    "1": "closed",
    "2": "completed",
    "3": "cancelled",
    "9": "preorder",
}
_AMOUNT = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?\Z")
_ACCOUNT_KEYS = ("card_no", "pay_user_account_id")
_LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){11,23}")
_MASKED = re.compile(r"[*xX#]{2}")
NO_SUCH_ORDER = re.compile(r"not?[ _](?:be )?(?:found|exist)|不存在|未找到|no such", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a request carries beside its command. `timestamp_ms` is wall time."""

    request_id: str
    app_id: str
    timestamp_ms: int
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a terminal's message says. `transaction` is None where no readable status was given.

    `code` is the terminal's own, or "not_found" where its words say that there is no such order.
    """

    topic: str
    request_id: str
    code: str
    message: str
    order_no: str
    transaction: Transaction | None

    @property
    def ok(self) -> bool:
        """Whether the terminal says that it did what it was asked."""
        return self.code in OK_CODES


def encode_request(command: Command, envelope: Envelope) -> bytes:
    """The message's bytes, the description shortened at a character boundary to fit a frame.

    ValueError if it doesn't fit even without one.
    """
    topic, fields, description = _fields(command, envelope.currency)
    head = {
        "topic": topic,
        "request_id": envelope.request_id,
        "app_id": envelope.app_id,
        "timestamp": str(envelope.timestamp_ms),
        "version": _VERSION,
    }
    if description is None:
        data = _dump({**head, "biz_data": fields})
    else:
        room = MAX_DATA - len(_dump({**head, "biz_data": {**fields, "description": ""}}))
        fields["description"] = _shorten(description, room)
        data = _dump({**head, "biz_data": fields})
    if len(data) > MAX_DATA:
        raise ValueError(f"the message has {len(data)} bytes, a frame carries {MAX_DATA}")
    return data


def _fields(command: Command, currency: str) -> tuple[str, dict[str, object], str | None]:
    """Topic, biz_data and description of a command."""
    fields: dict[str, object] = {"merchant_order_no": command.order_no}
    match command:
        case Query():
            return TOPIC_QUERY, fields, None
        case Close():
            return TOPIC_CLOSE, fields, None
        case Sale(amount_fen=amount_fen, method=method, expires_s=expires_s):
            fields |= {"price_currency": currency, "order_amount": format_amount(amount_fen)}
            fields |= {"trans_type": "1", "expires": str(expires_s), "confirm_on_terminal": False}
            if method in _CATEGORY:
                fields["pay_method_category"] = _CATEGORY[method]
            return TOPIC_ORDER, fields, command.description
        case Void(orig_order_no=original):
            fields |= {"orig_merchant_order_no": original, "trans_type": "2"}
        case Refund(orig_order_no=original, amount_fen=amount_fen):
            fields |= {"orig_merchant_order_no": original, "price_currency": currency}
            fields |= {"order_amount": format_amount(amount_fen), "trans_type": "3"}
    return TOPIC_ORDER, fields, None


def _dump(message: Mapping[str, object]) -> bytes:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _shorten(text: str, room: int) -> str:
    """As much of `text` as takes at most `room` bytes within a JSON string."""
    kept: list[str] = []
    for character in text:
        shown = character if character.isprintable() else " "
        room -= len(_dump({"": shown})) - len(_dump({"": ""}))
        if room < 0:
            break
        kept.append(shown)
    return "".join(kept)


def format_amount(amount_fen: int) -> str:
    """Fen to yuan as the terminal writes them: 3450 becomes "34.50"."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def parse_amount(text: str) -> int | None:
    """ "34.50" to 3450 fen; None for anything that isn't an amount."""
    match = _AMOUNT.match(text)
    if match is None:
        return None
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def decode_answer(data: bytes) -> Answer | None:
    """What a message says; None if it can't be read. Never raises."""
    message = _load(data)
    if message is None:
        return None
    body = message.get("biz_data")
    if isinstance(body, str):
        body = _load(body.encode("utf-8", "replace"))
    fields = {key: _text(value) for key, value in body.items()} if isinstance(body, dict) else {}
    said = _text(message.get("response_msg"))
    code = _text(message.get("response_code"))
    transaction = _transaction(fields)
    if code not in OK_CODES and transaction is None and NO_SUCH_ORDER.search(said):
        code = NOT_FOUND
    return Answer(
        topic=_text(message.get("topic")),
        request_id=_text(message.get("request_id")),
        code=mask_numbers(code),
        message=mask_numbers(said),
        order_no=fields.get("merchant_order_no", ""),
        transaction=transaction,
    )


def _load(data: bytes) -> dict[str, object] | None:
    """A JSON object with every number left as text, so that amounts stay exact."""
    try:
        loaded = json.loads(data, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return loaded if isinstance(loaded, dict) else None


def _text(value: object) -> str:
    """Text that can be written anywhere: half a surrogate pair from a JSON escape can't."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _transaction(fields: Mapping[str, str]) -> Transaction | None:
    status = _STATUS.get(fields.get("trans_status", ""))
    if status is None:
        return None
    amount_fen = parse_amount(fields.get("order_amount", ""))
    account = next((fields[key] for key in _ACCOUNT_KEYS if fields.get(key)), "")
    return Transaction(
        order_no=fields.get("merchant_order_no", ""),
        status=status,
        trans_type=fields.get("trans_type", ""),
        amount_fen=amount_fen,
        paid_fen=_paid_fen(fields, amount_fen) if status == "completed" else None,
        trans_no=fields.get("trans_no", ""),
        channel_no=fields.get("pay_channel_trans_no", ""),
        method=mask_numbers(fields.get("pay_method_id", "")),
        scenario=mask_numbers(fields.get("pay_scenario", "")),
        card_masked=mask_account(account),
        ended_at=fields.get("trans_end_time", ""),
    )


def _paid_fen(fields: Mapping[str, str], amount_fen: int | None) -> int | None:
    """What the payer gave: said outright, or the amount less the two kinds of discount."""
    paid_fen = parse_amount(fields.get("paid_amount", ""))
    if paid_fen is not None or amount_fen is None:
        return paid_fen
    for key in ("discount_bmopc", "discount_bpc"):
        amount_fen -= parse_amount(fields.get(key, "")) or 0
    return amount_fen if amount_fen >= 0 else None


def mask_account(text: str) -> str:
    """A card or account number as far as it may be known: its last four digits."""
    digits = [character for character in text if character.isdecimal()]
    if not digits:
        return ""
    # Of a short number that nobody masked, even four digits would be too much of it.
    enough = len(digits) >= 8 or (len(digits) >= 4 and _MASKED.search(text) is not None)
    return "****" + "".join(digits[-4:]) if enough else "****"


def mask_numbers(text: str) -> str:
    """Free text with every number long enough for a card or a payment code masked."""
    return _LONG_NUMBER.sub(lambda match: mask_account(match[0]), text)
