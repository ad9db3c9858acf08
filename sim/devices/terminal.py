"""The payment terminal: ECR Hub messages, a customer before it, and a book of what was charged.

Messages follow "ECR Hub serial/USB", Payload. `response_code` 000, 106, 110 and 112 are the
maker's; the public pages name no code for the other refusals, so these are the simulator's own:

400 the request is wrong; 404 no such order; 409 the order number is used already; 422 the void
or refund is refused; 423 another transaction is running. A decline carries the bank's code.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime

from sim.clock import Clock
from sim.devices.ecr_frames import HEAD, LARGEST, TAIL
from sim.devices.model import Action, ActionError, Model, Timer, text_of, whole_of
from sim.devices.payment_codes import sample_code, scheme_of
from sim.devices.terminal_book import (
    CLOSED,
    REFUND,
    SALE,
    VOID,
    Book,
    Entry,
)
from sim.devices.terminal_link import BEAT_S, EcrLink
from sim.devices.terminal_messages import biz_of, clean, fen_of, seconds_of
from sim.faults import Faults

PROCESSING_S = 1.5  # the bank's answer to a card or code
REFUND_S = 1.0
REMEMBERED_REQUESTS = 200
CARD_MASKED = "990000******0018"
QR = ("QR_B_SCAN_C", "QR_C_SCAN_B")


class Request:
    """A message that waits for its answer."""

    def __init__(self, topic: str, request_id: str, app_id: str) -> None:
        self.topic, self.request_id, self.app_id = topic, request_id, app_id


class Sale:
    """The sale the customer is looking at."""

    def __init__(self, request: Request, entry: Entry, category: str, text: str) -> None:
        self.request, self.entry, self.category, self.text = request, entry, category, text
        self.processing = False
        self.expiry: Timer | None = None


class Terminal(Model):
    """`app_id` empty accepts any. `beat_s` None sends no beats (virtual time)."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        device_id: str = "terminal",
        app_id: str = "",
        beat_s: float | None = BEAT_S,
    ) -> None:
        super().__init__(device_id)
        self.book = Book()
        self._clock, self._faults, self._app_id = clock, faults, app_id
        self._link = EcrLink(self, self._write, self._after, faults, self._message, beat_s)
        self._seen: deque[str] = deque(maxlen=REMEMBERED_REQUESTS)
        self._sale: Sale | None = None
        self._asked = 0  # orders that came, whatever became of them
        self._rebooting = False
        self._shown = ""

    # ---- wire ----

    def receive(self, data: bytes) -> None:
        if not self._rebooting:
            self._link.receive(data)

    def link_down(self) -> None:
        super().link_down()
        self._link.drop()

    def _message(self, data: bytes) -> None:
        try:
            message = json.loads(data)
            named = (message[key] for key in ("topic", "request_id", "app_id"))
            request = Request(*(clean(value) for value in named))
            biz = message["biz_data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # not a message: the maker's kit answers nothing to it either
        if not isinstance(biz, dict) or request.request_id in self._seen:
            return  # rule 2: a repeated request_id is not acted on again
        self._seen.append(request.request_id)
        if self._app_id and request.app_id != self._app_id:
            self._answer(request, "106", "app_id is not valid", {})
        elif request.topic == "ecrhub.pay.order":
            self._order(request, {clean(k): clean(v) for k, v in biz.items()})
        elif request.topic == "ecrhub.pay.query":
            self._query(request, clean(biz.get("merchant_order_no", "")))
        elif request.topic == "ecrhub.pay.close":
            self._close(request, clean(biz.get("merchant_order_no", "")))
        elif request.topic == "ecrhub.pay.init":
            self._answer(request, "000", "", {})
        else:
            self._answer(request, "400", "topic is not supported", {})

    def _answer(self, request: Request, code: str, text: str, biz: Mapping[str, str]) -> None:
        for shown in (dict(biz), {}):
            message = {
                "topic": request.topic,
                "request_id": request.request_id,
                "app_id": request.app_id,
                "response_code": code,
                "response_msg": text,
                "biz_data": shown,
            }
            data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
            if len(data) <= LARGEST - HEAD - TAIL:
                self._link.send(data)
                return
        # A request that names itself with a thousand bytes can't be answered within 1,024.

    # ---- requests ----

    def _order(self, request: Request, biz: Mapping[str, str]) -> None:
        self._asked += 1
        order_no, kind = biz.get("merchant_order_no", ""), biz.get("trans_type", "")
        amount = fen_of(biz.get("order_amount", ""))
        if kind == VOID and amount is None:
            orig = self.book.entries.get(biz.get("orig_merchant_order_no", ""))
            amount = orig.paid_fen if orig else 1
        known = self.book.entries.get(order_no)
        if not (order_no.isascii() and order_no.isalnum() and len(order_no) <= 32):
            self._answer(request, "400", "merchant_order_no is wrong", {})
        elif kind not in (SALE, VOID, REFUND) or amount is None or amount < 1:
            self._answer(request, "400", "trans_type or order_amount is wrong", {})
        elif biz.get("price_currency", "CNY") != "CNY":
            self._answer(request, "400", "price_currency is wrong", {})
        elif known is not None:
            # The platform knows the number: whatever became of it, nothing is charged again.
            self._answer(request, "409", "duplicate order number", biz_of(known))
        elif self._sale is not None:
            self._answer(request, "423", "another transaction is running", {})
        elif kind == SALE:
            self._begin_sale(request, biz, order_no, amount)
        else:
            self._begin_return(request, kind, order_no, biz, amount)

    def _begin_sale(
        self, request: Request, biz: Mapping[str, str], order_no: str, amount: int
    ) -> None:
        entry = self.book.open(order_no, SALE, amount)
        category = biz.get("pay_method_category", "")
        sale = Sale(request, entry, category, biz.get("description", ""))
        sale.expiry = self._after(seconds_of(biz.get("expires", "")), self._expire)
        self._sale = sale
        self._shown = "waiting"

    def _begin_return(
        self, request: Request, kind: str, order_no: str, biz: Mapping[str, str], amount: int
    ) -> None:
        orig = biz.get("orig_merchant_order_no", "")
        if kind == VOID and orig in self.book.entries:
            amount = self.book.entries[orig].paid_fen
        reason = self.book.why_not(kind, amount, orig)
        if reason:
            self._answer(request, "422", reason, {})
            return
        entry = self.book.open(order_no, kind, amount, orig)
        self._after(REFUND_S, lambda: self._give_back(request, entry))

    def _give_back(self, request: Request, entry: Entry) -> None:
        decline = self._faults.take(self.device_id, "decline")
        reason = self.book.why_not(entry.trans_type, entry.amount_fen, entry.orig_order_no)
        if decline is not None or reason:
            entry.status, entry.ended_at = CLOSED, self._date()
            code = decline.text("code", "51") if decline else "422"
            self._answer(request, code, reason or "declined", biz_of(entry))
            return
        self.book.give_back(entry, self._date())
        self._shown = "refunded"
        self._say_done(request, entry)

    def _query(self, request: Request, order_no: str) -> None:
        entry = self.book.entries.get(order_no)
        if entry is None:
            self._answer(request, "404", "order not found", {"merchant_order_no": order_no})
        else:
            self._answer(request, "000", "", biz_of(entry))

    def _close(self, request: Request, order_no: str) -> None:
        entry = self.book.entries.get(order_no)
        sale = self._sale
        if entry is None:
            self._answer(request, "404", "order not found", {"merchant_order_no": order_no})
        elif sale is not None and sale.entry is entry:
            if sale.processing:
                self._answer(request, "423", "the payment is being processed", biz_of(entry))
                return
            self._end_unpaid("110", "closed by the till")
            self._answer(request, "000", "", biz_of(entry))
        elif entry.status == CLOSED:
            self._answer(request, "000", "", biz_of(entry))
        else:
            self._answer(request, "422", "order is not open", biz_of(entry))

    # ---- the customer ----

    def _pay(self, method: str, scenario: str, card: str) -> None:
        sale = self._waiting_sale()
        sale.processing = True
        sale.entry.method, sale.entry.scenario, sale.entry.card = method, scenario, card
        if sale.expiry is not None:
            sale.expiry.cancel()
        self._shown = "processing"
        self._after(PROCESSING_S, lambda: self._decide(sale))

    def _decide(self, sale: Sale) -> None:
        take = self._faults.take
        if (decline := take(self.device_id, "decline")) is not None:
            self._end_unpaid(decline.text("code", "51"), decline.text("message", "declined"))
            return
        if take(self.device_id, "cancel") is not None:
            self._end_unpaid("110", "cancelled at the terminal")
            return
        if (vague := take(self.device_id, "code_without_charge")) is not None:
            self._end_unpaid(vague.text("code", "999"), "system error", told=False)
            return
        coupon = take(self.device_id, "coupon")
        entry = sale.entry
        off = max(0, min(int(coupon.number("fen", 0)), entry.amount_fen)) if coupon else 0
        self.book.charge(entry, entry.amount_fen - off, self._date())
        self._sale = None
        self._shown = "paid"
        self._say_done(sale.request, entry)

    def _say_done(self, request: Request, entry: Entry) -> None:
        """Tell the host that money moved, unless a fault is in the way."""
        take = self._faults.take

        def answer() -> None:
            self._answer(request, "000", "", biz_of(entry))

        if (crash := take(self.device_id, "crash_after_charge")) is not None:
            self._reboot(crash.number("seconds", 8.0))
        elif take(self.device_id, "no_answer") is not None:
            return
        elif (vague := take(self.device_id, "code_after_charge")) is not None:
            self._answer(request, vague.text("code", "999"), "system error", {})
        elif (late := take(self.device_id, "answer_late")) is not None:
            self._after(late.number("seconds", 20.0), answer)
        else:
            answer()
            if take(self.device_id, "duplicate_answer") is not None:
                self._after(0.3, answer)

    def _end_unpaid(self, code: str, text: str, *, told: bool = True) -> None:
        """Nothing was charged; ``told``: the answer says so by the order's status."""
        sale = self._sale
        if sale is None:
            return
        self._sale = None
        if sale.expiry is not None:
            sale.expiry.cancel()
        sale.entry.status, sale.entry.ended_at = CLOSED, self._date()
        self._shown = {"110": "cancelled", "112": "expired"}.get(code, "declined")
        self._answer(sale.request, code, text, biz_of(sale.entry) if told else {})

    def _expire(self) -> None:
        self._end_unpaid("112", "time is up")

    def _reboot(self, seconds: float) -> None:
        """Off for some seconds; then it waits for a handshake. The book is the platform's."""
        self._link.drop()
        if self._sale is not None and not self._sale.processing:
            if self._sale.expiry is not None:
                self._sale.expiry.cancel()
            self._sale.entry.status, self._sale.entry.ended_at = CLOSED, self._date()
            self._sale = None
        self._rebooting = True
        self._shown = "rebooting"
        self._after(seconds, self._rebooted)

    def _rebooted(self) -> None:
        self._rebooting = False
        self._shown = ""

    def _waiting_sale(self) -> Sale:
        if self._sale is None or self._sale.processing or self._rebooting:
            raise ActionError("the terminal isn't waiting for a customer")
        return self._sale

    def _date(self) -> str:
        return datetime.fromtimestamp(self._clock.time(), UTC).strftime("%Y-%m-%d %H:%M:%S")

    # ---- bench ----

    def actions(self) -> Mapping[str, Action]:
        actions = {
            "reboot": Action("断电重启", "reboot", {"seconds": 8}),
        }
        if self._sale is not None and not self._sale.processing and not self._rebooting:
            if self._sale.category in ("", "BANKCARD"):
                actions["tap_card"] = Action("刷卡", "tap a card", {"card": CARD_MASKED})
            if self._sale.category in ("", *QR):
                actions["show_code"] = Action(
                    "出示付款码", "show a payment code", {"method": "WeChatPay"}
                )
            actions["decline"] = Action("拒绝", "decline", {"code": "51"})
            actions["cancel"] = Action("在终端上取消", "cancel at the terminal")
        return actions

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        if name == "reboot":
            self._reboot(float(whole_of(body, "seconds", 8)))
            return {}
        if name not in ("tap_card", "show_code", "decline", "cancel"):
            raise ActionError(f"{name}: no such action")
        sale = self._waiting_sale()
        if name == "tap_card":
            if sale.category not in ("", "BANKCARD"):
                raise ActionError("this sale takes no card")
            self._pay("UnionPay", "SWIPE_CARD", text_of(body, "card", CARD_MASKED))
        elif name == "show_code":
            self._show_code(sale, body)
        elif name == "decline":
            self._end_unpaid(text_of(body, "code", "51"), text_of(body, "message", "declined"))
        else:
            self._end_unpaid("110", "cancelled at the terminal")
        return {"order_no": sale.entry.order_no}

    def _show_code(self, sale: Sale, body: Mapping[str, object]) -> None:
        if sale.category == "BANKCARD":
            raise ActionError("this sale takes a card only")
        code = text_of(body, "code", "") or sample_code(text_of(body, "method", "WeChatPay"))
        method = scheme_of(code)
        if method is None:
            raise ActionError("that is no payment code")
        scenario = "BSCANQR_PAY" if sale.category == "QR_C_SCAN_B" else "SCANQR_PAY"
        self._pay(method, scenario, "")

    def state(self) -> dict[str, object]:
        sale = self._sale
        return {
            "asked": self._asked,
            "linked": self._link.linked,
            "screen": self._shown or "idle",
            "rebooting": self._rebooting,
            "silent": self._link.silent,
            "sale": None
            if sale is None
            else {
                "order_no": sale.entry.order_no,
                "amount_fen": sale.entry.amount_fen,
                "category": sale.category,
                "description": sale.text,
                "processing": sale.processing,
            },
        }

    def ledger(self) -> dict[str, dict[str, int]]:
        """See `Book.ledger`."""
        return self.book.ledger()
