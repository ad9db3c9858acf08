"""Orders for the core's tests: opened, paid, driven by events, with what they ask for."""

from __future__ import annotations

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.bills import Bill, Kind
from kiosk.core.decide import decide
from kiosk.core.events import Charge, PaymentFacts
from kiosk.core.means import Commit, Means, RefundBy
from kiosk.core.order import Order

ID = "38012611220004700000"
AT = 1_790_000_000_000
DAY_MS = 24 * 3600 * 1000
TOLD = Means("terminal", RefundBy.PARTIAL)
POLLED = Means("wechat", RefundBy.PARTIAL, polled=True, refund_gap_s=60, deadline_s=120)
OFFERED = Means("zvt", RefundBy.CARD_PRESENT, Commit.TWO_PHASE)
R1 = f"{ID}R1"


class Desk:
    """One order and everything it asked for; ``sent`` is what the last event brought."""

    def __init__(self, means: Means = TOLD, amounts: tuple[int, ...] = (9630,)) -> None:
        bills = tuple(
            Bill("SH-POWER", Kind.ELECTRIC, "电力", f"310000000{i}", f"B{i}", "2026-10", amount)
            for i, amount in enumerate(amounts)
        )
        self.at = AT
        self.total = sum(amounts)
        self.all: list[c.Command] = []
        self.order: Order
        self._order: Order | None = None
        self.take(e.OrderOpened(ID, means, bills, self.total))

    def take(self, *events: e.OrderEvent) -> Desk:
        for event in events:
            self._order, self.sent = decide(self._order, event, self.at)
            self.order = self._order
            self.all += self.sent
        return self

    def sent_kinds(self) -> list[type[c.Command]]:
        return [type(x) for x in self.sent]

    def count(self, kind: type[c.Command]) -> int:
        return sum(isinstance(x, kind) for x in self.all)

    def timers(self) -> dict[str, float]:
        return {x.name: x.seconds for x in self.sent if isinstance(x, c.StartTimer)}

    def facts(self, amount_fen: int | None = None, coupon_fen: int = 0) -> PaymentFacts:
        amount = self.total if amount_fen is None else amount_fen
        return PaymentFacts(amount, amount - coupon_fen, "T000001")

    def paid(self) -> Desk:
        return self.take(e.PaymentAnswered(ID, Charge.PAID, self.facts()))


def answered(result: Charge, facts: PaymentFacts | None = None) -> e.PaymentAnswered:
    return e.PaymentAnswered(ID, result, facts)


def queried(result: Charge, facts: PaymentFacts | None = None) -> e.PaymentQueried:
    return e.PaymentQueried(ID, result, facts)


def closed(result: e.Close) -> e.PaymentClosed:
    return e.PaymentClosed(ID, result)


def fired(name: str) -> e.TimerFired:
    return e.TimerFired(ID, name)


def posted(result: e.Posting, line: int = 0) -> e.PostAnswered:
    return e.PostAnswered(ID, line, result)


def checked(result: e.Posting, line: int = 0) -> e.PostChecked:
    return e.PostChecked(ID, line, result)


def refunded(result: e.Refunding, no: str = R1) -> e.RefundAnswered:
    return e.RefundAnswered(ID, no, result)


def refund_queried(result: e.Refunding, no: str = R1) -> e.RefundQueried:
    return e.RefundQueried(ID, no, result)


def printed(result: e.Printing, job: int = 1) -> e.PrintAnswered:
    return e.PrintAnswered(ID, f"{ID}P{job}", result)


def settled(verdict: e.Verdict, line: int = -1, refund_no: str = "") -> e.PersonSettled:
    return e.PersonSettled(ID, verdict, "7", "checked", line, refund_no)
