"""Orders that a phone pays: what both QR-payment sandboxes keep books on.

A trade is made by the merchant and shown as a code; somebody scans it, and pays or walks away.
It can be charged once. Durations run on the monotonic clock, dates are for what is printed.
Amounts are integer fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sim.clock import Clock


class BuyerError(ValueError):
    """The phone can't do that; the text is what it would show."""


class State(StrEnum):
    SHOWN = "shown"  # the code exists, nobody has scanned it
    SCANNED = "scanned"
    PAID = "paid"
    CLOSED = "closed"


@dataclass
class Refund:
    """Money that went back. `accepted` is monotonic, `accepted_at` since 1970 UTC; seconds."""

    number: str
    amount_fen: int
    accepted: float
    accepted_at: float


@dataclass
class Trade:
    """One order number of one merchant."""

    serial: int  # the how-manieth of its provider
    order_no: str
    amount_fen: int
    subject: str
    content: Mapping[str, object]  # what the merchant said, to know a repetition by
    code: str  # the text of the QR code
    made_at: float
    expires: float  # monotonic: no payment after this
    code_expires: float  # monotonic: the code can't be scanned after this
    state: State = State.SHOWN
    trade_no: str = ""
    coupon_fen: int = 0
    paid_at: float = 0.0
    closed_at: float = 0.0
    charges: int = 0
    cancelled: bool = False
    refunds: dict[str, Refund] = field(default_factory=dict)

    @property
    def buyer_paid_fen(self) -> int:
        """What left the buyer's purse, 0 if nothing did."""
        return self.amount_fen - self.coupon_fen if self.charges else 0

    @property
    def refunded_fen(self) -> int:
        return sum(refund.amount_fen for refund in self.refunds.values())

    @property
    def open(self) -> bool:
        return self.state in (State.SHOWN, State.SCANNED)


class TradeBook:
    """The trades of one provider, by order number in the order they were made."""

    def __init__(self, clock: Clock, provider: str) -> None:
        self._clock = clock
        self._provider = provider
        self._count = 0
        self._trades: dict[str, Trade] = {}
        self.cancelled_unseen: set[str] = set()

    def get(self, order_no: str) -> Trade | None:
        """The trade as it stands now: closed if its time is over."""
        trade = self._trades.get(order_no)
        if trade is not None and trade.open and self._clock.monotonic() >= trade.expires:
            self._close(trade)
        return trade

    def by_trade_no(self, trade_no: str) -> Trade | None:
        for trade in self._trades.values():
            if trade.trade_no == trade_no:
                return self.get(trade.order_no)
        return None

    def make(
        self,
        order_no: str,
        amount_fen: int,
        subject: str,
        content: Mapping[str, object],
        code_prefix: str,
        lasts_s: float,
        code_lasts_s: float,
    ) -> Trade:
        self._count += 1
        now, date = self._clock.monotonic(), self._clock.time()
        code = f"{code_prefix}{self._count:010d}"
        ends, code_ends = now + lasts_s, now + min(lasts_s, code_lasts_s)
        trade = Trade(
            self._count, order_no, amount_fen, subject, content, code, date, ends, code_ends
        )
        self._trades[order_no] = trade
        return trade

    # --- the buyer

    def newest_open(self) -> Trade | None:
        for order_no in reversed(self._trades):
            trade = self.get(order_no)
            if trade is not None and trade.open:
                return trade
        return None

    def open_trades(self) -> list[Trade]:
        trades = [self.get(order_no) for order_no in self._trades]
        return [trade for trade in trades if trade is not None and trade.open]

    def scan(self, trade: Trade) -> None:
        """Hold the phone to the code; BuyerError when it doesn't work any more."""
        if self.get(trade.order_no) is not trade or not trade.open:
            raise BuyerError("the order is closed or paid")
        if trade.state is State.SHOWN:
            if self._clock.monotonic() >= trade.code_expires:
                raise BuyerError("the code has expired")
            trade.state = State.SCANNED
            trade.trade_no = f"4200{trade.serial:024d}"

    def pay(self, trade: Trade, coupon_fen: int = 0) -> None:
        """Scan if that wasn't done, and pay, `coupon_fen` of it by the provider's coupon."""
        if not 0 <= coupon_fen < trade.amount_fen:
            raise BuyerError("the coupon must be less than the amount")
        self.scan(trade)
        trade.state = State.PAID
        trade.coupon_fen = coupon_fen
        trade.paid_at = self._clock.time()
        trade.charges += 1

    # --- the merchant

    def close(self, trade: Trade) -> None:
        """Close an order that isn't paid."""
        if not trade.open:
            raise ValueError("only an open order can be closed")
        self._close(trade)

    def refund(self, trade: Trade, number: str, amount_fen: int) -> Refund:
        """Give back; the caller has checked the rules of its provider."""
        if not trade.charges or amount_fen <= 0:
            raise ValueError("nothing was charged, or nothing is to be given back")
        if trade.refunded_fen + amount_fen > trade.amount_fen or number in trade.refunds:
            raise ValueError("more than was charged, or a number used twice")
        refund = Refund(number, amount_fen, self._clock.monotonic(), self._clock.time())
        trade.refunds[number] = refund
        return refund

    # --- for audits

    def ledger(self) -> list[dict[str, object]]:
        """Each order number: what was charged (with the coupon), paid by the buyer, refunded."""
        rows: list[dict[str, object]] = []
        for order_no in self._trades:
            trade = self.get(order_no)
            assert trade is not None
            rows.append(
                {
                    "provider": self._provider,
                    "order_no": order_no,
                    "state": str(trade.state),
                    "amount_fen": trade.amount_fen,
                    "charges": trade.charges,
                    "charged_fen": trade.amount_fen * trade.charges,
                    "buyer_paid_fen": trade.buyer_paid_fen,
                    "refunded_fen": trade.refunded_fen,
                    "refunds": {r.number: r.amount_fen for r in trade.refunds.values()},
                }
            )
        return rows

    def _close(self, trade: Trade) -> None:
        trade.state = State.CLOSED
        trade.closed_at = self._clock.time()
