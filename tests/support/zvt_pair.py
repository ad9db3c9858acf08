"""A ZVT driver and its simulated terminal on a line without delay, in virtual time."""

from __future__ import annotations

from typing import Literal

from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal.commands import Transaction
from devices.payment_terminal.zvt_driver import ZvtTcpTerminal, ZvtTerminal
from devices.status import Completion, Success
from sim.devices.terminal_zvt import TerminalZvt
from tests.support.pair import Pair

Framing = Literal["blocks", "plain"]
ORDER, FEN = "38012611220004700000", 3450


class Counter(Pair):
    """A terminal that is ready, and somebody who pays at it; ``twin`` is its machine."""

    def __init__(
        self, framing: Framing = "blocks", *faults: str, blank: bool = False, ready: bool = True
    ) -> None:
        driver = ZvtTerminal() if framing == "blocks" else ZvtTcpTerminal()
        super().__init__(
            driver, lambda clock, waits: TerminalZvt(clock, waits, framing=framing, blank=blank)
        )
        assert isinstance(self.model, TerminalZvt)
        self.twin = self.model
        self._next = 100
        if ready:
            self.until_ready()
        self.strike(*faults, count=1)

    def ask(self, command: object) -> int:
        """Submit a command under a number of its own."""
        self._next += 1
        self.submit(self._next, command)
        return self._next

    def do(self, command: object) -> Completion:
        return self.end(self.ask(command))

    def begin(self, sale: z.Sale | None = None) -> int:
        """A sale is asked for, written down and begun; its number."""
        number = self.ask(sale or z.Sale(ORDER, FEN))
        self.until(lambda: bool(self.said(z.Remembered)) or number in self.ends())
        self.ask(z.Begin(ORDER))
        return number

    def waits(self) -> bool:
        return self.twin.state()["sale"] is not None

    def pay(self, card: str = "9900000000000018") -> None:
        """Somebody taps a card as soon as the terminal waits for one."""
        self.until(self.waits)
        self.twin.act("tap_card", {"card": card})

    def offered(self, sale: z.Sale | None = None) -> int:
        """A sale that somebody has paid and nobody has decided on; its number."""
        number = self.begin(sale)
        self.pay()
        self.until(lambda: bool(self.said(z.Offer)) or number in self.ends())
        return number

    def paid(self) -> Transaction:
        """A payment that stands."""
        number = self.offered()
        assert self.do(z.Commit(ORDER)) == Success()
        end = self.end(number)
        assert isinstance(end, Success), end
        assert isinstance(end.value, Transaction)
        return end.value

    def said(self, kind: type) -> list[object]:
        return [x for x in self.progress() if isinstance(x, kind)]

    def charged(self) -> list[int]:
        return [row["charged_fen"] for row in self.twin.ledger()]

    def kept(self) -> int:
        """What the terminal has charged and not given back."""
        return sum(x["charged_fen"] - x["refunded_fen"] for x in self.twin.ledger())
