"""Reading what comes from outside: strict JSON and checked fields.

`load` and the field readers raise only `GarbageError`, whatever the bytes; its text is a fixed
phrase and never holds a part of the message (which may carry account numbers).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from json.decoder import JSONDecodeError

MAX_FEN = 10**11  # a thousand million yuan: more is no amount but a mistake
MAX_MS = 10**14

_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z_.-]{1,64}", re.ASCII)
_ORDER_NO = re.compile(r"[0-9A-Z]{6,32}", re.ASCII)


class GarbageError(Exception):
    """The message is not what the interface promises."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Two values under one name: whoever checked the first and whoever reads the last differ.
    members = dict(pairs)
    if len(members) != len(pairs):
        raise GarbageError("a name appears twice")
    return members


def _no_constant(_name: str) -> object:
    raise GarbageError("NaN or Infinity")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def decode_utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise GarbageError("not UTF-8") from None


def raw_value(text: str, start: int) -> tuple[object, int]:
    """Decode one JSON value of `text` at `start`; also tell where it ends."""
    try:
        return _DECODER.raw_decode(text, start)
    except (JSONDecodeError, RecursionError, ValueError, IndexError):
        # ValueError: an integer beyond Python's digit limit. IndexError: start beyond the end.
        raise GarbageError("not JSON") from None


def load(body: bytes) -> Mapping[str, object]:
    """Decode a JSON object; duplicate names, NaN, deep nesting and trailing text are refused."""
    text = decode_utf8(body).strip(" \t\r\n")
    value, end = raw_value(text, 0)
    if end != len(text):
        raise GarbageError("text after the value")
    return as_object(value)


def as_object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise GarbageError("not an object")
    return value


def as_list(value: object, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise GarbageError("not a list, or too long")
    return value


def _printable(value: str) -> bool:
    # The full-width space is usual in Chinese names and no danger to anything.
    return value.replace("\u3000", "").isprintable()


def as_text(value: object, most: int = 128) -> str:
    """A string fit for screens, paper and the journal: bounded, printable, no lone surrogates."""
    if not isinstance(value, str) or len(value) > most or not _printable(value):
        raise GarbageError("not a printable text of the length allowed")
    return value


def text(members: Mapping[str, object], name: str, most: int = 128) -> str:
    return as_text(members.get(name), most)


def optional_text(members: Mapping[str, object], name: str, most: int = 128) -> str:
    """Like `text`; missing, null and unprintable values are an empty text."""
    value = members.get(name)
    if not isinstance(value, str) or len(value) > most or not _printable(value):
        return ""
    return value


def as_fen(value: object) -> int:
    """An amount in integer fen; no floats, no booleans, no strings."""
    if type(value) is not int or not 0 <= value <= MAX_FEN:
        raise GarbageError("not an amount in fen")
    return value


def fen(members: Mapping[str, object], name: str) -> int:
    return as_fen(members.get(name))


def fen_or_none(members: Mapping[str, object], name: str) -> int | None:
    value = members.get(name)
    return value if type(value) is int and 0 <= value <= MAX_FEN else None


def instant_or_none(members: Mapping[str, object], name: str) -> int | None:
    value = members.get(name)
    return value if type(value) is int and 0 <= value <= MAX_MS else None


def yuan_or_none(value: object) -> int | None:
    """Alipay's amounts, "96.30", as fen; None if it is anything else."""
    found = _YUAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def code_or_empty(value: object) -> str:
    """A code fit for logs (letters, digits, `_ . -`, at most 64), else an empty text."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def is_order_no(value: str) -> bool:
    """`[0-9A-Z]`, 6 to 32: what all gateways accept (WeChat Pay wants at least 6)."""
    return _ORDER_NO.fullmatch(value) is not None


def is_amount(amount_fen: int) -> bool:
    return type(amount_fen) is int and 0 < amount_fen <= MAX_FEN


def is_instant(at_ms: int) -> bool:
    return type(at_ms) is int and 0 <= at_ms <= MAX_MS


def subject(description: str, most: int) -> str:
    """What the payer's phone shows for the payment: printable, without Alipay's `/ = &`."""
    kept = "".join(c for c in description if c.isprintable() and c not in "/=&")
    return kept[:most].strip() or "缴费"
