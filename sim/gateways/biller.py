"""The biller sandbox: its wire, its signatures, its faults (kiosk/gateways/BILLER.md).

Faults of its own beside those of `transport.Gateway` (each takes `call` too):
`refuse {code}` (default EQ0007 to a post; SYS1001, EQ0010 and EQ0011 post and then answer that
nobody knows, unless `acted` is false), `pending {seconds, code}` (the back end answers later,
with that refusal if one is given), `amount_changed {fen}` and `late_fee {fen}` (the first bill of
the account that is queried).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict

from sim.gateways.biller_accounts import (
    INSTITUTIONS,
    TOP_UP_MAX_FEN,
    TOP_UP_MIN_FEN,
    TOP_UP_SUGGESTED_FEN,
    Account,
    Institution,
)
from sim.gateways.biller_book import (
    BAD_REQUEST,
    OK,
    SECURITY,
    Book,
    Order,
    Posting,
    Refusal,
    State,
)
from sim.gateways.biller_file import daily_file
from sim.gateways.keys import key_pair
from sim.gateways.sealed import SealedGateway
from sim.gateways.transport import Request, World

APP_ID = "cabin-3801"
_ORDER_NO = re.compile(r"[0-9A-Z]{1,32}")
_UNKNOWN_CODES = frozenset({"SYS1001", "EQ0010", "EQ0011"})
_QUERY = frozenset({"query"})
_POST = frozenset({"post"})
_MESSAGES = {
    OK: "成功",
    "DEF0001": "无此订单号",
    "DEF0002": "金额或内容不一致",
    "SYS1001": "系统异常，结果未知",
    SECURITY: "验签未通过",
    BAD_REQUEST: "参数错误",
    "EQ0004": "无此用户",
    "EQ0005": "没有欠费",
    "EQ0006": "户号不存在",
    "EQ0007": "银行正在批扣",
    "EQ0008": "已过办理时间",
    "EQ0010": "后台超时，结果未知",
    "EQ0011": "后台故障，结果未知",
    "EQ0014": "请求过于频繁",
    "EQ0024": "该账单有未完成的缴费",
}

_OF_SOMEBODY = frozenset(("query", "post", "cancel"))
Answer = tuple[str, dict[str, object]]


class Biller(SealedGateway):
    """The office that stands before the four institutions."""

    name = "biller"
    device = "biller"
    app_id = APP_ID
    messages = _MESSAGES
    calls = frozenset({"institutions", "query", "post", "check", "cancel", "daily-file"})
    changing = frozenset({"post", "cancel"})

    def __init__(self, world: World) -> None:
        super().__init__(world, key_pair("biller app"), key_pair("biller server"))
        self.book = Book(world.clock)
        self.asked = 0
        """How often anything was wanted of somebody's bill."""

    # --- calls

    def act(self, request: Request, call: str) -> Answer:
        try:
            fields = _object(request.body)
            if call == "institutions":
                return OK, {"institutions": [_institution(i) for i in INSTITUTIONS]}
            self.asked += call in _OF_SOMEBODY
            if call == "query":
                return OK, self._query(fields)
            if call == "post":
                return OK, self._post(fields)
            if call == "check":
                return OK, self._check(fields)
            if call == "cancel":
                return OK, self._cancel(fields)
            return OK, daily_file(self.book.postings.values(), _text(fields, "date"), APP_ID)
        except Refusal as refusal:
            return refusal.code, {}

    def _query(self, fields: Mapping[str, object]) -> dict[str, object]:
        if (fault := self.strike("refuse", "query", _POST)) is not None:
            raise Refusal(fault.text("code", "EQ0011"))
        account = self.book.query(_text(fields, "institution"), _text(fields, "account"))
        self._change(account)
        return _account(account)

    def _change(self, account: Account) -> None:
        """The faults that change a debt between two looks at it."""
        bill = min(account.bills.values(), key=lambda b: b.period, default=None)
        if bill is None:
            return
        if (fault := self.strike("amount_changed", "query", _QUERY)) is not None:
            bill.amount_fen += int(fault.number("fen", 500))
        if (fault := self.strike("late_fee", "query", _QUERY)) is not None:
            bill.late_fee_fen += int(fault.number("fen", 100))

    def _post(self, fields: Mapping[str, object]) -> dict[str, object]:
        bill_no = fields.get("bill_no", "")
        if bill_no is not None and not isinstance(bill_no, str):
            raise Refusal(BAD_REQUEST)
        order = Order(
            _order_no(fields),
            _text(fields, "institution"),
            _text(fields, "account"),
            bill_no,
            _whole(fields, "amount_fen"),
            _whole(fields, "paid_at"),
        )
        if order.amount_fen <= 0:
            raise Refusal(BAD_REQUEST)
        if order.order_no in self.book.postings:
            return _posted(self.book.post(order, None, None))
        pending = self.strike("pending", "post", _POST)
        if pending is not None:
            later = pending.text("code", "") or None
            return _posted(self.book.post(order, later, pending.number("seconds", 20.0)))
        refused = self.strike("refuse", "post", _POST)
        code = None if refused is None else refused.text("code", "EQ0007")
        if refused is not None and code in _UNKNOWN_CODES:
            if refused.params.get("acted", True):
                self.book.post(order, None, None)
            raise Refusal(code)
        return _posted(self.book.post(order, code, None))

    def _check(self, fields: Mapping[str, object]) -> dict[str, object]:
        if (fault := self.strike("refuse", "check", _POST)) is not None:
            raise Refusal(fault.text("code", "EQ0011"))
        posting = self.book.check(_order_no(fields))
        if self.strike("pending", "check", _POST) is not None:
            return {"status": str(State.PENDING), "biller_ref": "", "reason_code": ""}
        return {
            "status": str(posting.state),
            "biller_ref": posting.biller_ref,
            "reason_code": posting.reason_code,
        }

    def _cancel(self, fields: Mapping[str, object]) -> dict[str, object]:
        if (fault := self.strike("refuse", "cancel", _POST)) is not None:
            raise Refusal(fault.text("code", "EQ0008"))
        return {"status": str(self.book.cancel(_order_no(fields)).state)}

    # --- for audits

    def ledger(self) -> list[dict[str, object]]:
        """Every order number that ever arrived, oldest first, with what became of it."""
        with self.lock:
            self.book.settle()
            return [_entry(posting) for posting in self.book.postings.values()]


def _entry(posting: Posting) -> dict[str, object]:
    order = posting.order
    return {
        "order_no": posting.order_no,
        "status": str(posting.state),
        "reason_code": posting.reason_code,
        "biller_ref": posting.biller_ref,
        "institution": "" if order is None else order.institution,
        "account": "" if order is None else order.account,
        "bill_no": None if order is None else order.bill_no,
        "amount_fen": 0 if order is None else order.amount_fen,
        "posted_fen": order.amount_fen if order and posting.state is State.POSTED else 0,
    }


def _institution(institution: Institution) -> dict[str, object]:
    row: dict[str, object] = asdict(institution)
    del row["prepaid"]
    return row


def _account(account: Account) -> dict[str, object]:
    prepaid = account.institution.prepaid
    topup = {
        "min_fen": TOP_UP_MIN_FEN,
        "max_fen": TOP_UP_MAX_FEN,
        "suggested_fen": list(TOP_UP_SUGGESTED_FEN),
    }
    bills = sorted(account.bills.values(), key=lambda bill: (bill.period, bill.bill_no))
    return {
        "owner_masked": account.owner_masked,
        "charge_mode": "prepaid" if prepaid else "postpaid",
        "balance_fen": account.balance_fen,
        "bills": [asdict(bill) for bill in bills],
        "topup": topup if prepaid else None,
    }


def _posted(posting: Posting) -> dict[str, object]:
    return {
        "status": str(posting.state),
        "biller_ref": posting.biller_ref,
        "posted_at": int(posting.posted_at * 1000),
    }


def _object(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal(BAD_REQUEST)
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(BAD_REQUEST)
    return value


def _order_no(fields: Mapping[str, object]) -> str:
    value = _text(fields, "order_no")
    if not _ORDER_NO.fullmatch(value):
        raise Refusal(BAD_REQUEST)
    return value


def _whole(fields: Mapping[str, object], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(BAD_REQUEST)
    return value
