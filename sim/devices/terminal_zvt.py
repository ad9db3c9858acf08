"""The ZVT payment terminal: commands, a customer before it, and the commit point.

Written from "1.2 ZVT": every command is answered (`80 00 00` or `84 xx 00`), a payment is stored
only when the host has answered its status information, and goods may be waited for (`84 9C`),
partly issued (`84 9D`) or not issued. What the pages don't say is the simulator's own: without
anything to repeat `06 20` is refused with 83; a payment that was taken back leaves `27 6C` as the
last status; a decline sends its status before it aborts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from sim.clock import Clock
from sim.devices.model import Action, ActionError, Timer, text_of, whole_of
from sim.devices.zvt_book import Book, Sale
from sim.devices.zvt_fields import bcd, fen, info_fields, masked_pan, read, read_after_password
from sim.devices.zvt_host import ANSWER_S, STATUS_INFO, HostSide
from sim.faults import Faults

CNY, EURO = b"\x01\x56", b"\x09\x78"
PROCESSING_S, COMPLETION_S, ASK_AGAIN_S = 1.5, 0.3, 2.0
CUSTOMER_S = 120.0
MOST_ASKS = 15
"""How often goods are asked for where the host names no number."""
DONE, BUSY, NOT_POSSIBLE, WRONG_CURRENCY = 0x8000, 0x849C, 0x8483, 0x846F
INTERMEDIATE, COMPLETION, ABORTED = 0x04FF, 0x060F, 0x061E
PRINT_LINE = 0x06D1
BY_KEY = 0x6C


class Customer:
    """What is asked of the customer: an amount, and whether it is given back."""

    def __init__(self, amount_fen: int, back: bool = False) -> None:
        self.amount_fen, self.back = amount_fen, back
        self.goods_wait_s = 30
        self.most_asks = MOST_ASKS
        self.asked = 0
        self.processing = False
        self.expiry: Timer | None = None
        self.info = b""


class TerminalZvt(HostSide):
    """`framing` is "blocks" (serial) or "plain" (TCP). A `blank` one has nothing to repeat.

    `wall` is the date that its ledger goes by, where that isn't the clock's (a faster world).
    """

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        device_id: str = "terminal_zvt",
        framing: Literal["blocks", "plain"] = "blocks",
        blank: bool = False,
        wall: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(faults, device_id, framing)
        self.book = Book()
        self._clock, self._wall = clock, wall or clock.time
        self._registered = False
        self._trace, self._receipt = 100, 20
        self._last = b""
        if not blank:
            # Somebody paid one yuan here before the simulation began.
            self._last = self._info(100)
        self._customer: Customer | None = None
        self._shown = ""

    # ---- commands ----

    def _command(self, control: int, data: bytes) -> None:
        if self._rebooting:
            return
        busy = self._customer is not None or self._awaiting is not None
        if control == 0x06B0:
            self._say(DONE)
            self._abort()
        elif busy or self._strikes("please_wait"):
            self._say(BUSY)
        elif control == 0x0600:
            self._register(data)
        elif not self._registered or self._strikes("forgets_registration"):
            self._registered = False
            self._say(NOT_POSSIBLE)
        else:
            self._known(control, data)

    def _known(self, control: int, data: bytes) -> None:
        match control:
            case 0x0601:
                self._authorise(data)
            case 0x0620:
                self._repeat()
            case 0x0630:
                self._reverse(data)
            case 0x0631:
                self._refund(data)
            case 0x0650:
                self._end_of_day()
            case 0x0501 | 0x0670:
                self._say(DONE)
                self._complete()
            case 0x0602:
                self._registered = False
                self._say(DONE)
            case _:
                self._say(NOT_POSSIBLE)

    def _register(self, data: bytes) -> None:
        if len(data) < 6 or data[4:6] != CNY:
            self._say(WRONG_CURRENCY)
            return
        self._registered = True
        self._say(DONE)
        self._complete(b"\x19\x00\x29\x12\x34\x56\x78")

    def _complete(self, data: bytes = b"") -> None:
        self._after(COMPLETION_S, lambda: self._tell(COMPLETION, data))

    def _stop(self, code: int) -> None:
        self._after(COMPLETION_S, lambda: self._tell(ABORTED, bytes((code,))))

    def _abort(self) -> None:
        customer = self._customer
        if customer is not None and not customer.processing:
            self._end_unpaid(BY_KEY, "cancelled")

    def _authorise(self, data: bytes) -> None:
        fields = read(data)
        amount = fen(fields.get(0x04, b""))
        if fields.get(0x49, CNY) != CNY:
            self._say(WRONG_CURRENCY)
        elif amount is None or amount < 1:
            self._say(NOT_POSSIBLE)
        else:
            customer = Customer(amount)
            customer.goods_wait_s = fields.get(0x01, b"\x1e")[0]
            customer.most_asks = fields.get(0x02, bytes((MOST_ASKS,)))[0]
            self._call(customer)

    def _refund(self, data: bytes) -> None:
        amount = fen(read_after_password(data).get(0x04, b""))
        if amount is None or amount < 1:
            self._say(NOT_POSSIBLE)
        else:
            self._call(Customer(amount, back=True))

    def _call(self, customer: Customer) -> None:
        """A customer is wanted."""
        self._customer, self._shown = customer, "waiting"
        self._say(DONE)
        patience = b""
        if (longer := self._faults.take(self.device_id, "asks_patience")) is not None:
            patience = bcd(int(longer.number("minutes", 5)), 1)
        self._after(ANSWER_S, lambda: self._tell(INTERMEDIATE, b"\x0a" + patience))
        customer.expiry = self._after(CUSTOMER_S, lambda: self._end_unpaid(BY_KEY, "expired"))

    def _repeat(self) -> None:
        if not self._last:
            self._say(NOT_POSSIBLE)
            return
        self._say(DONE)
        self._after(
            ANSWER_S, lambda: self._ask_host(STATUS_INFO, self._last, lambda *_: self._complete())
        )

    def _reverse(self, data: bytes) -> None:
        receipt = read_after_password(data).get(0x87, b"").hex()
        sale = self.book.by_receipt(int(receipt)) if receipt.isdecimal() else None
        self._say(DONE)
        if sale is None or self._strikes("reversal_impossible"):
            self._stop(0xB5)
        elif sale.reversed:
            self._stop(0xB4)
        else:
            amount = sale.charged_fen
            info = self._info(amount)

            def answered(answer: int, _: bytes) -> None:
                self._reversed(sale, info, answer)

            self._after(PROCESSING_S, lambda: self._ask_host(STATUS_INFO, info, answered))

    def _reversed(self, sale: Sale, info: bytes, answer: int) -> None:
        if answer not in (DONE, 0x8400):
            self._stop(BY_KEY)
            return
        self._last = info
        sale.refunded_fen, sale.reversed = sale.charged_fen, True
        self._shown = "refunded"
        if not self._strikes("completion_lost"):
            self._complete()

    def _end_of_day(self) -> None:
        self._say(DONE)
        total = b"\x27\x00\x04" + bcd(self.book.total_fen(), 6)
        self._after(
            PROCESSING_S, lambda: self._ask_host(STATUS_INFO, total, lambda *_: self._day_over())
        )

    def _day_over(self) -> None:
        self.book.closed = len(self.book.sales)
        self._complete()

    # ---- the customer ----

    def _pay(self, method: str, pan: str) -> None:
        customer = self._wanted()
        customer.processing = True
        if customer.expiry is not None:
            customer.expiry.cancel()
        self._shown = "processing"
        self._after(PROCESSING_S, lambda: self._decide(customer, method, pan))

    def _decide(self, customer: Customer, method: str, pan: str) -> None:
        if (decline := self._faults.take(self.device_id, "decline")) is not None:
            self._end_unpaid(int(decline.text("code", "64"), 16), "declined")
            return
        if self._strikes("cancel"):
            self._end_unpaid(BY_KEY, "cancelled")
            return
        amount = customer.amount_fen + (100 if self._strikes("wrong_amount") else 0)
        customer.info = self._info(amount, method, pan)
        self._offer(customer)

    def _info(self, amount_fen: int, method: str = "", pan: str = "") -> bytes:
        """The status of something that went well, under the next numbers."""
        if self._strikes("trace_reset"):
            self._trace = self._receipt = 0
        self._trace, self._receipt = self._trace % 999_999 + 1, self._receipt % 9_999 + 1
        currency = EURO if self._strikes("wrong_currency") else CNY
        now = datetime.fromtimestamp(self._clock.time(), UTC)
        if pan:
            pan = pan if self._strikes("unmasked_pan") else masked_pan(pan)
        return info_fields(amount_fen, currency, self._trace, self._receipt, now, method, pan)

    def _offer(self, customer: Customer) -> None:
        """Nothing is stored yet: the host's answer decides."""
        customer.asked += 1
        self._shown = "processing"
        lost = self._strikes("info_lost")
        self._ask_host(
            STATUS_INFO, customer.info, lambda a, d: self._answered(customer, a, d), lost
        )

    def _answered(self, customer: Customer, answer: int, data: bytes) -> None:
        if answer in (DONE, 0x8400):
            self._store(customer, customer.amount_fen)
        elif answer == BUSY:
            if customer.asked > customer.most_asks + 1:
                self._take_back(tell=True)
            else:
                self._after(ASK_AGAIN_S, lambda: self._offer(customer))
        elif answer == 0x849D:
            part = fen(read(data).get(0x04, b""))
            if part is None or not 0 < part <= customer.amount_fen:
                self._take_back()
            else:
                self._store(customer, part)
        else:
            self._take_back()

    def _store(self, customer: Customer, amount_fen: int) -> None:
        """The payment stands from here on."""
        self._last, self._customer = customer.info, None
        if customer.back:
            self.book.given.append(amount_fen)
        else:
            at = int(self._wall() * 1000)
            self.book.sales.append(Sale(self._trace, self._receipt, at, amount_fen))
        self._shown = "refunded" if customer.back else "paid"
        if self._strikes("status_twice"):
            self._tell(STATUS_INFO, customer.info)
        self._finish()

    def _finish(self) -> None:
        if self._strikes("print_lines"):
            self._tell(PRINT_LINE, b"\x00CARD 6200000000000018")
        if not self._strikes("completion_lost"):
            self._complete()

    def _take_back(self, tell: bool = False) -> None:
        """Not answered, or not issued: the payment is reversed and nothing is stored."""
        self._customer, self._shown = None, "cancelled"
        self._last = bytes((0x27, BY_KEY))
        if tell:
            self._ask_host(STATUS_INFO, self._last, lambda *_: self._stop(BY_KEY))
        else:
            self._stop(BY_KEY)

    def _end_unpaid(self, code: int, shown: str) -> None:
        customer, self._customer = self._customer, None
        if customer is not None and customer.expiry is not None:
            customer.expiry.cancel()
        self._shown = shown
        info = bytes((0x27, code))
        if shown == "declined":
            self._last = info
            self._ask_host(STATUS_INFO, info, lambda *_: self._stop(code))
        else:
            self._stop(code)

    def _reboot(self, seconds: float) -> None:
        """Off for some seconds: what wasn't stored is gone, and so is the registration."""
        self._transport.drop()
        self._forget_questions()
        if self._customer is not None:
            if self._customer.expiry is not None:
                self._customer.expiry.cancel()
            if self._customer.info:
                self._last = bytes((0x27, BY_KEY))
            self._customer = None
        self._registered = False
        self._rebooting, self._shown = True, "rebooting"
        self._after(seconds, self._rebooted)

    def _rebooted(self) -> None:
        self._rebooting, self._shown = False, ""

    def _wanted(self) -> Customer:
        if self._customer is None or self._customer.processing or self._rebooting:
            raise ActionError("the terminal isn't waiting for a customer")
        return self._customer

    # ---- bench ----

    def actions(self) -> Mapping[str, Action]:
        actions = {
            "reboot": Action("断电重启", "reboot", {"seconds": 8}),
            "talk": Action("自己说话", "talk unasked"),
        }
        if self._customer is not None and not self._customer.processing and not self._rebooting:
            actions |= {
                "tap_card": Action("刷卡", "tap a card", {"card": "9900000000000018"}),
                "show_code": Action("出示付款码", "show a payment code"),
                "decline": Action("拒绝", "decline", {"code": "64"}),
                "cancel": Action("在终端上取消", "cancel at the terminal"),
            }
        return actions

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """tap_card {"card"}; show_code; decline {"code"}; cancel; reboot {"seconds"}; talk."""
        if name == "reboot":
            self._reboot(float(whole_of(body, "seconds", 8)))
            return {}
        if name == "talk":
            self._tell(STATUS_INFO, self._info(4200))
            return {}
        if name not in ("tap_card", "show_code", "decline", "cancel"):
            raise ActionError(f"{name}: no such action")
        customer = self._wanted()
        if name == "tap_card":
            pan = text_of(body, "card", "9900000000000018")
            if not (pan.isascii() and pan.isdecimal() and 8 <= len(pan) <= 19):
                raise ActionError("card: 8 to 19 digits")
            self._pay("UnionPay", pan)
        elif name == "show_code":
            self._pay(text_of(body, "method", "WeChat Pay")[:40], "")
        elif name == "decline":
            code = text_of(body, "code", "64")
            if len(code) != 2 or not all(x in "0123456789ABCDEFabcdef" for x in code):
                raise ActionError("code: two hexadecimal digits")
            self._end_unpaid(int(code, 16), "declined")
        else:
            self._end_unpaid(BY_KEY, "cancelled")
        return {"amount_fen": customer.amount_fen}

    def state(self) -> dict[str, object]:
        customer = self._customer
        return {
            "linked": self._registered,
            "screen": self._shown or "idle",
            "rebooting": self._rebooting,
            "silent": self._hangs(),
            "trace": self._trace,
            "sale": None
            if customer is None
            else {
                "amount_fen": customer.amount_fen,
                "category": "",
                "description": "refund" if customer.back else "",
                "processing": customer.processing,
            },
        }

    def ledger(self) -> list[dict[str, int]]:
        """See `Book.ledger`."""
        return self.book.ledger()
