"""A cabin in virtual time as tests use it: every state shown is judged against the ledgers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.audit import audit, words, zvt_owner
from kiosk.barcodes import slip_code
from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.steps import FoundOrder
from kiosk.core.visit.view import screen_of
from kiosk.journal import Journal
from kiosk.journal.rows import Row
from kiosk.residents import Errand, Resident
from kiosk.soak import rest, step
from kiosk.troubles import repair_mill, repair_pages
from kiosk.virtual import ROLES, VirtualKiosk
from sim.devices.model import ActionError
from sim.devices.paper import to_text

GOOD = (("SH-POWER", 9_630), ("SH-WATER", 1_560))
USABLE = (
    "terminal",
    "receipt_printer",
    "scanner",
    "biller",
    "alipay",
    "wechat",
    "rice_mill",
    "document_printer",
)
REFUSING = ("SH-GAS", "3300000500")
"""The account whose biller refuses every posting for certain."""
LONGEST_S = 900.0


class Killed(BaseException):
    """The kiosk dies here: not an Exception, so that nothing in it can catch it."""


class Cabin(VirtualKiosk):
    """A kiosk that tells the truth, or the test fails. ``kill_after`` counts journal rows.

    ``platform_forgets``: a payment platform lets a code be paid that it has called closed.
    ``noisy_printer``: what arrives at the printer isn't what was sent; no printer can tell that.
    """

    def __init__(self, folder: Path, seed: int = 0, terminal: str = "ecr_hub") -> None:
        self.screens: list[str] = []
        self.rows: list[str] = []
        self.kill_after: int | None = None
        self.lies: list[str] = []
        self.platform_forgets = False
        self.noisy_printer = False
        self._bills = 0
        super().__init__(folder, seed, terminal=terminal)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Every device and gateway answers, as far as the kiosk knows."""
        assert self.until(lambda: all(self.state.device(x).level.usable for x in USABLE), 300), (
            self.state.devices
        )

    def open_journal(self) -> Journal:
        path = self.settings.cabin.data_dir / "journal.sqlite"
        return Journal(path, wall=self.clock.time, on_append=self._written)

    def _written(self, row: Row) -> None:
        self.rows.append(row.kind)
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after <= 0:
                self.kill_after = None
                raise Killed(row.kind)

    def _publish(self, state: State) -> None:
        super()._publish(state)
        name = screen_of(state)
        if self.screens[-1:] != [name]:
            self.screens.append(name)
        order = order_at_screen(state)
        if order is not None:
            self.lies += [f"{name}: {x}" for x in self._lies(name, order)]

    def _lies(self, screen: str, order: Order) -> list[str]:
        """What a screen says for certain must be so outside."""
        found = audit([order], _only(self.cabin.ledger(), order)).differences
        known = order.payment.state in (PaymentState.PAID, PaymentState.NOT_PAID)
        if screen == "result" and not known:
            found = (*found, f"a result while the payment is {order.payment.state}")
        dead = screen == "result" and order.payment.state is PaymentState.NOT_PAID
        if dead and self.payable(order) and not self.platform_forgets:
            found = (*found, "not paid, and can still be paid")
        if order.paper.state is PaperState.PRINTED and not self.noisy_printer:
            found = (*found, *([] if self.whole_paper(order) else ["printed, and there is none"]))
        return list(found)

    def whole_paper(self, order: Order) -> bool:
        """True if a piece of paper with this order's code to its very end was cut off."""
        papers = [x for x in self.cabin.printer.receipts if not x.torn]
        return any(slip_code(order.id) in to_text(x.elements) for x in papers)

    def payable(self, order: Order) -> bool:
        """True while somebody outside could still be charged for an order."""
        if order.means.id == "terminal":
            sale: Any = self.cabin.lines[self.terminal_id].model.state()["sale"]
            # A ZVT terminal knows no numbers: whatever it waits for is this order's.
            return sale is not None and sale.get("order_no", order.id) == order.id
        opened: Any = self.gateways.state("qr_payment")["open"]
        return any(x["order_no"] == order.id for x in opened)

    def owe(self, *, three: bool = False) -> tuple[tuple[str, str], ...]:
        """New debts: one, or three of which one will be refused."""
        accounts = []
        for institution, fen in GOOD if three else GOOD[:1]:
            self._bills += 1
            account = f"{self._bills:010d}"
            body = {"institution": institution, "account": account, "period": "2026-10"}
            self.act("biller", "new_bill", **body, amount_fen=fen + self._bills)
            accounts.append((institution, account))
        return (accounts[0], REFUSING, accounts[1]) if three else tuple(accounts)

    def serve(
        self,
        errand: Errand | Resident,
        due: Callable[[Cabin], bool] = lambda _: False,
        strike: Callable[[Cabin], None] = lambda _: None,
    ) -> Resident:
        """Let somebody do their errand; at the first moment when ``due`` holds, ``strike``."""
        resident = errand if isinstance(errand, Resident) else Resident(errand)
        struck = threading.Event()

        def strikes() -> bool:
            return not struck.is_set() and due(self)

        end = self.clock.monotonic() + LONGEST_S
        while not resident.finished and self.clock.monotonic() < end:
            if strikes():
                struck.set()
                strike(self)
            step(self, resident, strikes)
        return resident

    def repair(self) -> None:
        self.faults.clear()
        for role in ROLES:
            self.act(role, "plug")
        for action in ("paper_in", "cover_close", "clear_jam"):
            self.act("receipt_printer", action)
        repair_pages(self)
        repair_mill(self)
        self.cabin.poke()
        self.settle()

    def check(self, *, settled: bool = False) -> list[Order]:
        """The books are right, nothing shown was untrue, and the journal holds the live state."""
        orders = self.orders()
        assert not self.lies, self.lies
        assert not (found := audit(orders, self.cabin.ledger(), settled=settled).differences), found
        for order in orders:
            live = self.state.orders.get(order.id, order)
            assert live == order, f"the journal says {words(order)}, the engine {words(live)}"
        return orders

    def come_to_rest(self) -> list[Order]:
        """Everything is put right and has its time: every order closes or waits for a person."""
        self.repair()
        rest(self)
        return self.check(settled=True)

    def scan_slip(self, order: Order) -> None:
        """Somebody comes back with the slip and reads what became of it."""
        if self.screen not in ("home", "attract"):
            rest_of_visit = Resident(Errand((), when_unknown="leave"))
            rest_of_visit.orders.append(order.id)
            while not rest_of_visit.finished:
                step(self, rest_of_visit)
        self.act("scanner", "scan", code=slip_code(order.id))
        assert self.until(lambda: self.screen == "found", 10), self.screen
        found = self.state.visit.step
        assert isinstance(found, FoundOrder)
        assert found.order.id == order.id
        assert (found.order.payment, found.order.lines) == (order.payment, order.lines)
        self.touch("found.done")
        assert self.screen == "home"

    def nobody_can_pay(self, order: Order) -> None:
        """Card and phone are refused for an order that is over."""
        with pytest.raises(ActionError):
            if order.means.id == "terminal":
                self.act("terminal", "tap_card")
            else:
                self.act("qr_payment", "pay", order_no=order.id)


def _only(ledger: dict[str, Any], order: Order) -> dict[str, Any]:
    """The part of the ledgers that belongs to one order, the newest at its terminal."""
    order_id = order.id
    return {
        "terminal_zvt": [x for x in ledger["terminal_zvt"] if zvt_owner(x, [order]) == order_id],
        "terminal": {k: v for k, v in ledger["terminal"].items() if k == order_id},
        "biller": [x for x in ledger["biller"] if x["order_no"].startswith(order_id)],
        "alipay": [x for x in ledger["alipay"] if x["order_no"] == order_id],
        "wechat": [x for x in ledger["wechat"] if x["order_no"] == order_id],
    }
