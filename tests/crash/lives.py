"""Lives of orders as event lists, for tests that want a journal with something in it.

All numbers are invented. ``Writer`` does what the engine does: decide, append, then hand out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.core import events as e
from kiosk.core.bills import Bill, Kind
from kiosk.core.commands import Command
from kiosk.core.decide import decide
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import Order
from kiosk.journal import Journal

POWER = "3100004417"
WATER = "3200000082"
CARD = "6200********4321"
ACCOUNTS = (POWER, WATER)
MEANS = Means("terminal", RefundBy.PARTIAL, exclusive="terminal")


def number(count: int) -> str:
    """An order's number: cabin, date, counter, five characters."""
    return f"3801261122{count:05d}TEST0"


def bills() -> tuple[Bill, ...]:
    return (
        Bill("SH-POWER", Kind.ELECTRIC, "电力", POWER, "B-7730-1", "2026-10", 9630),
        Bill("SH-WATER", Kind.WATER, "水务", WATER, "B-7730-2", "2026-09", 1560),
    )


def opened(no: str) -> e.OrderOpened:
    return e.OrderOpened(no, MEANS, bills(), 11190)


def facts() -> e.PaymentFacts:
    return e.PaymentFacts(11190, 11190, "T20261122000001", "C1", "card", CARD, "20261122101500")


def paid_and_posted(no: str) -> list[e.OrderEvent]:
    """Two bills, both posted, receipt printed: this order closes."""
    return [
        opened(no),
        e.PaymentAnswered(no, e.Charge.PAID, facts()),
        e.PostAnswered(no, 0, e.Posting.POSTED, "S1"),
        e.PostAnswered(no, 1, e.Posting.POSTED, "S2"),
        e.PrintAnswered(no, f"{no}P1", e.Printing.PRINTED),
    ]


def one_refused(no: str) -> list[e.OrderEvent]:
    """The second bill is refused for certain and refunded; closes after the receipt."""
    return [
        opened(no),
        e.PaymentAnswered(no, e.Charge.PAID, facts()),
        e.PostAnswered(no, 0, e.Posting.POSTED, "S3"),
        e.PostAnswered(no, 1, e.Posting.REFUSED, "", "EQ0007"),
        e.PostChecked(no, 1, e.Posting.NOT_POSTED, "", "EQ0007"),
        e.RefundAnswered(no, f"{no}R1", e.Refunding.REFUNDED),
        e.PrintAnswered(no, f"{no}P1", e.Printing.PRINTED),
    ]


def answer_lost(no: str) -> list[e.OrderEvent]:
    """Nobody knows whether it was paid: stays open."""
    return [
        opened(no),
        e.PaymentAnswered(no, e.Charge.NO_ANSWER, None, "timeout"),
        e.PaymentQueried(no, e.Charge.NO_ANSWER),
    ]


class Writer:
    """Decide → append → commands, with the states of all orders."""

    def __init__(
        self, journal: Journal, handed_out: Callable[[Command], None] | None = None
    ) -> None:
        self.journal = journal
        self.orders: dict[str, Order] = {}
        self._handed_out = handed_out

    def take(self, event: e.OrderEvent) -> int:
        """Write one event; returns its row's number."""
        at = self.journal.now()
        order, commands = decide(self.orders.get(event.order_id), event, at)
        seq = self.journal.append(event, order, at)
        self.orders[order.id] = order
        for command in commands:
            if self._handed_out is not None:
                self._handed_out(command)
        return seq

    def live(self, events: list[e.OrderEvent]) -> None:
        for event in events:
            self.take(event)


def interleaved(*lives: list[e.OrderEvent]) -> Iterator[e.OrderEvent]:
    """The events of several orders that are open at once, in turn."""
    for step in range(max(map(len, lives))):
        for life in lives:
            if step < len(life):
                yield life[step]
