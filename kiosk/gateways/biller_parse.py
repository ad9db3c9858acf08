"""The bodies of the biller's answers (BILLER.md, "Calls") as results. Raises only GarbageError."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from kiosk.gateways import parse
from kiosk.gateways.parse import GarbageError
from kiosk.gateways.patterns import harmless_pattern
from kiosk.gateways.types import (
    BY_CODE,
    RECORDED_CODES,
    UNTOUCHED_CODES,
    AccountFound,
    Bill,
    BillerCode,
    BillerRefused,
    ChargeMode,
    DailyFile,
    Institution,
    Kind,
    Posted,
    PostState,
    PostStatus,
    TopUp,
)

MAX_INSTITUTIONS = 200
MAX_BILLS = 120
MAX_DEBT_FEN = 10**9  # of either sign: a prepaid balance may be below zero

_Data = Mapping[str, object]
_PERIOD = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z_.-]{1,35}", re.ASCII)

# A request that only reads has done nothing, unless the biller itself doesn't know.
_UNKNOWN_CODES = frozenset(
    {BillerCode.SYSTEM, BillerCode.TIMEOUT, BillerCode.UPSTREAM, BillerCode.OTHER}
)


def refused(raw_code: str, *, posting: bool) -> BillerRefused:
    """A code other than AAAAAAA. For a posting, only the codes listed are certain."""
    code = BY_CODE.get(raw_code, BillerCode.OTHER)
    shown = parse.code_or_empty(raw_code)
    if not posting:
        return BillerRefused(code, certain=code not in _UNKNOWN_CODES, raw_code=shown)
    recorded = code in RECORDED_CODES
    return BillerRefused(
        code, certain=recorded or code in UNTOUCHED_CODES, recorded=recorded, raw_code=shown
    )


def read_institutions(data: _Data) -> tuple[Institution, ...]:
    found = tuple(
        _institution(parse.as_object(item))
        for item in parse.as_list(data.get("institutions"), MAX_INSTITUTIONS)
    )
    if len({one.id for one in found}) != len(found):
        raise GarbageError("an institution appears twice")
    return found


def _institution(item: _Data) -> Institution:
    name = parse.text(item, "id", 35)
    if not _ID.fullmatch(name):
        raise GarbageError("not an institution's id")
    try:
        kind = Kind(parse.text(item, "kind", 16))
    except ValueError:
        raise GarbageError("unknown kind of institution") from None
    return Institution(
        id=name,
        kind=kind,
        name=parse.text(item, "name", 60),
        account_pattern=harmless_pattern(parse.text(item, "account_pattern", 100)),
        account_hint=parse.optional_text(item, "account_hint", 120),
    )


def read_account(data: _Data) -> AccountFound:
    try:
        mode = ChargeMode(parse.text(data, "charge_mode", 16))
    except ValueError:
        raise GarbageError("unknown charge mode") from None
    bills = tuple(
        _bill(parse.as_object(item)) for item in parse.as_list(data.get("bills"), MAX_BILLS)
    )
    if len({bill.bill_no for bill in bills}) != len(bills):
        raise GarbageError("a bill appears twice")
    topup = data.get("topup")
    return AccountFound(
        owner_masked=masked(parse.optional_text(data, "owner_masked", 60)),
        charge_mode=mode,
        balance_fen=_balance(data.get("balance_fen")),
        bills=bills,
        topup=None if topup is None else _topup(parse.as_object(topup)),
    )


def masked(owner: str) -> str:
    """The owner as the biller masked it; an unmasked name keeps its first character only."""
    if not owner or "*" in owner:
        return owner
    return owner[0] + "**"


def _balance(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or abs(value) > MAX_DEBT_FEN:
        raise GarbageError("not a balance in fen")
    return value


def _bill(item: _Data) -> Bill:
    bill_no = parse.text(item, "bill_no", 64)
    period = parse.text(item, "period", 7)
    if not bill_no or not _PERIOD.fullmatch(period):
        raise GarbageError("a bill without number or month")
    bill = Bill(bill_no, period, parse.fen(item, "amount_fen"), parse.fen(item, "late_fee_fen"))
    if bill.total_fen == 0:
        raise GarbageError("a bill over nothing")
    return bill


def _topup(item: _Data) -> TopUp:
    least, most = parse.fen(item, "min_fen"), parse.fen(item, "max_fen")
    if not 0 < least <= most:
        raise GarbageError("limits of a top-up that nothing fits")
    suggested = tuple(parse.as_fen(value) for value in parse.as_list(item.get("suggested_fen"), 12))
    # A suggestion outside the limits would be refused after paying: it isn't offered.
    return TopUp(least, most, tuple(fen for fen in suggested if least <= fen <= most))


def read_posted(data: _Data) -> Posted:
    if data.get("status") != "posted":
        raise GarbageError("not posted")
    return Posted(
        parse.optional_text(data, "biller_ref", 64), parse.instant_or_none(data, "posted_at")
    )


def read_post_state(data: _Data) -> PostState:
    try:
        status = PostStatus(parse.text(data, "status", 16))
    except ValueError:
        raise GarbageError("unknown state of a posting") from None
    if status is PostStatus.NO_RECORD:
        raise GarbageError("unknown state of a posting")  # on the wire that is a code, no state
    raw = parse.optional_text(data, "reason_code", 64)
    return PostState(
        status,
        parse.optional_text(data, "biller_ref", 64),
        BY_CODE.get(raw, BillerCode.OTHER) if raw else None,
    )


def read_daily_file(data: _Data) -> DailyFile:
    name = parse.text(data, "name", 128)
    content = data.get("content")
    digest = parse.text(data, "sha256", 64).lower()
    if not isinstance(content, str):
        raise GarbageError("no content")
    try:
        computed = hashlib.sha256(content.encode("utf-8")).hexdigest()
    except UnicodeEncodeError:
        raise GarbageError("content is not text") from None
    if computed != digest:
        raise GarbageError("the digest differs")
    return DailyFile(name, content, digest)
