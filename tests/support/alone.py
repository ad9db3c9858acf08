"""The engine alone: real books, a clock moved by hand, and an outside that only takes notes."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.books import AnyBooks, Books
from kiosk.clock import TrustedClock
from kiosk.core import events as e
from kiosk.core.bills import Bill, Kind
from kiosk.core.commands import Command
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import Order
from kiosk.core.state import Device, Level, Rules, State
from kiosk.core.visit import messages as m
from kiosk.core.visit.view import screen_of
from kiosk.engine import Engine
from kiosk.journal import Journal

START = 1_795_000_000.0
TERMINAL = Means("terminal", RefundBy.PARTIAL, exclusive="terminal")
ALIPAY = Means("alipay", RefundBy.PARTIAL, polled=True, deadline_s=120)
RULES = Rules("3801", "数字小屋", "示例路380弄", (TERMINAL, ALIPAY))


class HandClock:
    """Moves only when a test says so; ``wall`` may be set to anything."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.start = START

    def monotonic(self) -> float:
        return self.passed

    def wall(self) -> float:
        return self.start + self.passed


class Notes:
    """An outside that does nothing but remember what it was told."""

    def __init__(self) -> None:
        self.carried: list[Command] = []
        self.asked: list[m.VisitCommand] = []

    def carry_out(self, command: Command, order: Order) -> None:
        assert command.order_id == order.id
        self.carried.append(command)

    def ask(self, command: m.VisitCommand) -> None:
        self.asked.append(command)

    def translate(self, message: object) -> list[e.OrderEvent | m.VisitEvent]:
        raise TypeError(f"nobody sends {message!r} here")

    def kinds(self) -> list[str]:
        return [type(x).__name__ for x in self.carried]


class Alone:
    """An engine that is pumped by hand. ``again`` starts it anew on the same journal."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.sqlite"
        self.clock = HandClock()
        self.shown: list[State] = []
        self.again()

    def again(self, books: AnyBooks | None = None) -> None:
        if hasattr(self, "engine"):
            self.engine.books.close()
        self.notes = Notes()
        self.engine = Engine(State(RULES), books or self._books(), self.clock, self.shown.append)
        self.engine.connect(self.notes)
        self.engine.start()
        for role in ("terminal", "receipt_printer", "biller", "alipay", "scanner"):
            self.say(m.DeviceChanged(role, Device(Level.READY)))

    def _books(self) -> Books:
        journal = Journal(self.path, wall=self.clock.wall)
        trusted = TrustedClock(self.clock, journal.store.last_at)
        return Books(journal, trusted, "3801", 0, time.gmtime)

    @property
    def books(self) -> Books:
        assert isinstance(self.engine.books, Books)
        return self.engine.books

    @property
    def state(self) -> State:
        return self.shown[-1]

    @property
    def screen(self) -> str:
        return screen_of(self.state)

    def say(self, *messages: object) -> None:
        """Post and let the engine do all that is due now."""
        for message in messages:
            self.engine.post(message)
        self.engine.pump()

    def touch(self, target: str, value: str = "", version: int | None = None) -> None:
        seen = self.state.version if version is None else version
        self.say(m.Touched(target, value, seen))

    def pass_time(self, seconds: float) -> None:
        """Let time pass, stopping at every timer."""
        end = self.clock.passed + seconds
        while (due := self.engine.next_due()) is not None and due <= end:
            self.clock.passed = max(self.clock.passed, due)
            self.engine.pump()
        self.clock.passed = end
        self.engine.pump()

    def open(self, count: int = 1, means: Means = TERMINAL) -> str:
        """Somebody has confirmed one bill; returns the order's number."""
        number = self.state.next_order_id
        bills = (bill(count),)
        self.say(e.OrderOpened(number, means, bills, bills[0].total_fen))
        return number

    def order(self, number: str) -> Order:
        found = self.state.orders.get(number) or self.engine.books.find(number)
        assert found is not None
        return found


def bill(count: int) -> Bill:
    return Bill("SH-POWER", Kind.ELECTRIC, "电力", f"{count:010d}", f"B{count}", "2026-10", 1_000)


def paid(number: str, fen: int = 1_000) -> e.PaymentAnswered:
    return e.PaymentAnswered(number, e.Charge.PAID, e.PaymentFacts(fen, fen, "T1"))


def posted(number: str) -> e.PostAnswered:
    return e.PostAnswered(number, 0, e.Posting.POSTED, "R1")


def printed(number: str) -> e.PrintAnswered:
    return e.PrintAnswered(number, f"{number}P1", e.Printing.PRINTED)
