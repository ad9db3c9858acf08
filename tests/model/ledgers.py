"""What really happened outside: the payer's side, the biller and the refunds.

The ledgers are truthful and can do no more than real systems can: an order is charged at most
once and never after it was closed, a refund number pays back once, a line number posts once
(BILLER.md, "Calls"; ECR Hub topics; Alipay trade.*; WeChat Pay v3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.events import Charge, Close, PaymentFacts, Posting, Refunding


class Side(StrEnum):
    """The four kinds of payer's side that the core has to live with."""

    TERMINAL = "terminal"  # told, commits at once (ECR Hub)
    TWO_PHASE = "two_phase"  # told, offers first (ZVT)
    ALIPAY = "alipay"  # polled; no trade before the scan; cancel gives paid money back
    WECHAT = "wechat"  # polled; the order exists from the first call on

    @property
    def polled(self) -> bool:
        return self in (Side.ALIPAY, Side.WECHAT)


@dataclass
class Payer:
    """One order at the payer's side. ``over``: nothing can be charged any more, for ever.

    ``asked``: a terminal without our numbers was told to sell, says what it knew of before
    (``marked``), and waits to be told to begin.

    ``forgets``: cancelling a code that nobody has scanned doesn't kill it; only its expiry does.
    """

    side: Side
    amount_fen: int
    arrived: bool = False
    asked: bool = False
    marked: bool = False
    scanned: bool = False
    code_seen: bool = False
    over: bool = False
    offer_open: bool = False
    forgets: bool = False
    facts: PaymentFacts | None = None
    charges: int = 0
    charged_fen: int = 0
    given_back_fen: int = 0

    @property
    def can_charge(self) -> bool:
        seen = self.code_seen or not self.side.polled
        return self.arrived and seen and not self.over and not self.charged_fen

    @property
    def kept_fen(self) -> int:
        """What the person has paid and the payer's side hasn't given back by itself."""
        return self.charged_fen - self.given_back_fen

    def request(self) -> bool:
        """Take the order in; False if its number is spent."""
        if self.over:
            return False
        self.arrived = True
        return True

    def pay(self, coupon_fen: int = 0, wrong_fen: int = 0) -> None:
        """The person pays: the whole amount, less a coupon, or (a fault) another amount."""
        assert self.can_charge and not self.offer_open
        amount = self.amount_fen + wrong_fen
        self.scanned = True
        self.facts = PaymentFacts(amount, amount - coupon_fen, "T000001")
        if self.side is Side.TWO_PHASE:
            self.offer_open = True
        else:
            self._charge()

    def commit(self) -> None:
        if self.offer_open:
            self._charge()

    def reject(self) -> None:
        """The kiosk says no, or says nothing in time: the terminal reverses."""
        if self.offer_open:
            self.end()

    def end(self) -> None:
        """Declined, expired, cancelled at the terminal, reversed: never charged."""
        assert not self.charged_fen
        self.over, self.offer_open = True, False

    def _charge(self) -> None:
        assert self.facts is not None
        self.charges += 1
        self.charged_fen = self.facts.amount_fen
        self.over, self.offer_open = True, False

    def expire(self) -> None:
        """The code's time is up."""
        self.over = True

    def query(self) -> tuple[Charge, PaymentFacts | None]:
        if self.charged_fen:
            return (Charge.PAID, self.facts) if self.kept_fen else (Charge.NOT_PAID, None)
        if not self.arrived or (self.side is Side.ALIPAY and not self.scanned):
            return Charge.NOT_FOUND, None
        return (Charge.NOT_PAID if self.over else Charge.WAITING), None

    def close(self) -> Close:
        if self.side is Side.ALIPAY:
            # trade.cancel: closes even what it doesn't know, and gives back what was paid.
            self.given_back_fen = self.charged_fen
            self.over = self.over or self.scanned or not self.forgets
            return Close.CLOSED
        if self.charged_fen:
            return Close.ALREADY_PAID
        if not self.arrived:
            return Close.NOT_FOUND
        self.end()
        return Close.CLOSED


@dataclass
class Biller:
    """The biller's record of each line number: posted, not_posted, pending or cancelled."""

    amounts: dict[str, int]
    records: dict[str, Posting] = field(default_factory=dict)
    seen: dict[str, object] = field(default_factory=dict)

    def post(self, line_no: str, content: object, fate: Posting | None) -> Posting:
        """Answer a posting. ``fate`` decides a new number's; None refuses the request itself."""
        assert self.seen.setdefault(line_no, content) == content, "same number, other content"
        if line_no not in self.records:
            if fate is None:
                return Posting.REFUSED
            self.records[line_no] = fate
        record = self.records[line_no]
        return record if record in (Posting.POSTED, Posting.PENDING) else Posting.REFUSED

    def check(self, line_no: str) -> Posting:
        return self.records.get(line_no, Posting.NO_RECORD)

    def cancel(self, line_no: str) -> None:
        """The office cancels what isn't posted; an unseen number gets a tombstone."""
        assert self.records.get(line_no) is not Posting.POSTED
        self.records[line_no] = Posting.CANCELLED

    def can_post(self, line_no: str) -> bool:
        return self.records.get(line_no, Posting.PENDING) in (Posting.PENDING, Posting.POSTED)

    @property
    def posted_fen(self) -> int:
        return sum(self.amounts[no] for no, x in self.records.items() if x is Posting.POSTED)


@dataclass
class RefundLedger:
    """Refund numbers at the payer's side; ``gap_s`` is what lies between two of one order."""

    payer: Payer
    gap_s: int
    amounts: dict[str, int] = field(default_factory=dict)
    states: dict[str, Refunding] = field(default_factory=dict)
    last: float = float("-inf")

    def refund(self, no: str, amount_fen: int, now: float, fate: Refunding) -> Refunding:
        assert self.amounts.setdefault(no, amount_fen) == amount_fen, "same number, other amount"
        if no in self.states:
            return self.states[no]
        total = self.total_fen + amount_fen
        if now - self.last < self.gap_s or total > self.payer.kept_fen:
            return Refunding.REFUSED
        if fate is Refunding.REFUSED:
            return fate
        self.states[no] = fate
        self.last = now
        return fate

    def query(self, no: str) -> Refunding:
        return self.states.get(no, Refunding.NOT_FOUND)

    def by_hand(self, no: str, amount_fen: int) -> None:
        """The office pays back under this number; no machine can do it again."""
        assert self.amounts.setdefault(no, amount_fen) == amount_fen
        self.states[no] = Refunding.REFUNDED

    @property
    def total_fen(self) -> int:
        """Paid back, or accepted and on its way."""
        return sum(self.amounts[no] for no in self.states)
