"""A stage for journeys: the cabin, the kiosk's window, a resident's hands, and the auditor.

Every journey brings bills of its own, on accounts that nobody else uses, so that journeys on one
stage can't disturb each other.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.audit import Audit, audit
from kiosk.core.order import Order
from kiosk.core.visit.steps import Note, NoteCode
from kiosk.journal import Journal, replay
from screens.notes import note_text
from sim.bills import Bill
from tests.support.simulated import Bench, SimulatedCabin, simulated_cabin
from tests.support.window import KioskWindow, Screen

SPEED = "3"
"""The machines' time runs faster than the kiosk's, so that nobody waits for paper and banks."""
FIRST_ACCOUNT = 3_900_000_001
SLIP = re.compile(r"\[QR (SX1[0-9A-Z]{21})\]")
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.05
GATEWAYS = ("biller", "alipay", "wechat")
WAYS_HOME = (
    "nav.home",
    "order.done",
    "order.copy_taken",
    "found.done",
    "help.close",
    "sound.close",
    "idle.leave",
    "order.cancel",
    "order.slip",
    "clinic.arm_out",
    "clinic.stop",
    "goods.decline",
    "tech.leave",
    "copy.taken",
)


@dataclass(frozen=True)
class PaperBill:
    """A bill that a resident has in the hand."""

    institution: str
    account: str
    fen: int
    code: str


class Stage:
    """The cabin and the kiosk before it, with what a resident does there."""

    def __init__(self, kiosk: KioskWindow, cabin: SimulatedCabin) -> None:
        self.kiosk = kiosk
        self.cabin = cabin
        self._accounts = itertools.count(FIRST_ACCOUNT)

    @property
    def bench(self) -> Bench:
        return self.cabin.bench

    # Bills

    def bill(self, fen: int = 4_200, institution: str = "SH-POWER", account: str = "") -> PaperBill:
        """A household with one debt, and its paper."""
        number = account or str(next(self._accounts))
        period = self.bench.bills()[0]["period"]
        self.bench.act(
            "biller",
            "new_bill",
            institution=institution,
            account=number,
            period=f"{period[:4]}-{period[4:]}",
            amount_fen=fen,
        )
        return PaperBill(
            institution, number, fen, Bill(institution, number, fen, period, "", "").code
        )

    def known_bill(self, account: str) -> PaperBill:
        """One of the bills that lie about in the simulated street."""
        found = next(x for x in self.bench.bills() if x["account"] == account)
        return PaperBill(found["biller"], account, found["amount_fen"], found["code"])

    # What a resident does

    def scan(self, code: str) -> None:
        self.bench.act("scanner", "scan", code=code)

    def list_bills(self, *bills: PaperBill) -> Screen:
        """From the home screen to the list with all these bills on it."""
        self.kiosk.touch("home.pay_bill")
        self.kiosk.on("bill")
        screen: Screen = {}
        for count, bill in enumerate(bills, start=1):
            self.scan(bill.code)
            screen = self.kiosk.wait_for(
                lambda x, count=count: x["screen"] == "bills" and len(rows(x)) == count,
                f"{count} bills on the list",
            )
        return screen

    def confirm(self, *bills: PaperBill) -> Screen:
        """From the home screen to the last look before paying."""
        self.list_bills(*bills)
        self.kiosk.touch("bills.pay")
        return self.kiosk.on("confirm")

    def ask_to_pay(self, *bills: PaperBill, means: str = "terminal") -> str:
        """From the home screen until the money is asked for. Returns the order's number."""
        self.confirm(*bills)
        return self.choose(means)

    def choose(self, means: str = "terminal") -> str:
        """Touch a way of paying and wait until it asks for the money."""
        self.kiosk.touch(f"confirm.pay.{means}")
        order_id = str(self.kiosk.on("pay")["order"]["id"])
        if means == "terminal":
            self.bench.when_asked_to_pay()
        else:
            self.until(lambda: order_id in self._codes(), "a code on the screen")
            self.kiosk.wait_for(lambda x: bool(shown(x, "pay.code")), "the code on the screen")
        return order_id

    def _codes(self) -> dict[str, str]:
        """The codes of the payment platforms that a phone could scan now."""
        return {x["order_no"]: x["qr_text"] for x in self.bench.state("qr_payment")["open"]}

    def code_of(self, order_id: str) -> str:
        return self._codes()[order_id]

    def tap_card(self) -> None:
        self.bench.act("terminal", "tap_card")

    def pay_by_card(self, *bills: PaperBill) -> Screen:
        """A whole payment without trouble; the result's screen."""
        self.ask_to_pay(*bills)
        self.tap_card()
        return self.kiosk.on("result")

    def leave_with_slip(self) -> str:
        """On the screen for unknown outcomes: take a slip and go. Returns the code on the slip."""
        self.kiosk.on("unknown")
        papers = len(self.bench.receipts())
        self.kiosk.touch("order.slip")
        self.kiosk.wait_for(
            lambda x: x["order"] is not None and x["order"]["paper"] == "printed", "a slip"
        )
        assert len(self.bench.receipts()) == papers + 1
        self.kiosk.touch("order.done")
        self.kiosk.on("home")
        return self.slip_code()

    def go_to_find(self) -> None:
        """From home to 查一笔, wherever it stands in this cabin."""
        if enabled(self.kiosk.on("home"), "home.find_slip"):
            self.kiosk.touch("home.find_slip")
        else:
            self.kiosk.touch("home.call_person")
            self.kiosk.touch("call.find_slip")
        self.kiosk.on("find")

    def find(self, slip: str) -> str:
        """查一笔: what the screen says of the slip's order."""
        self.go_to_find()
        self.scan(slip)
        self.kiosk.on("found")
        said = self.kiosk.everything()
        self.kiosk.touch("found.done")
        self.kiosk.on("home")
        return said

    def told(self, code: NoteCode, detail: str = "") -> None:
        """Wait until the screen says this, whatever its sentence is."""
        sentence = note_text(Note(code, detail))
        self.kiosk.wait_for(lambda _: sentence in self.kiosk.everything(), sentence)

    # What comes out

    def paper(self) -> str:
        """The words of the newest paper."""
        return self.bench.receipt_text(self.bench.receipts()[-1]["number"])

    def slip_code(self) -> str:
        """The code on the newest paper."""
        found = SLIP.search(self.paper())
        assert found, self.paper()
        return found.group(1)

    def order(self, order_id: str) -> Order:
        """An order as the journal has it, read beside the running kiosk."""
        journal = Journal(self.journal_path, readonly=True, check=False)
        try:
            return replay(journal, order_id)
        finally:
            journal.close()

    @property
    def journal_path(self) -> Path:
        return self.cabin.folder / "data" / "journal.sqlite"

    def orders(self) -> list[Order]:
        journal = Journal(self.journal_path, readonly=True, check=False)
        try:
            return [replay(journal, x.order_id) for x in journal.summaries()]
        finally:
            journal.close()

    def closed(self, order_id: str) -> Order:
        """Wait until an order has come to rest, whoever stands at the screen."""
        self.until(lambda: self.order(order_id).closed, f"{order_id} closed")
        return self.order(order_id)

    def charges(self) -> int:
        """How many times money was taken, at all the places together."""
        ledger = self.bench.ledger()
        books = [*ledger["terminal"].values(), *ledger["alipay"], *ledger["wechat"]]
        return sum(int(x["charges"]) for x in books)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Look until the condition holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what}")
            time.sleep(LOOK_EVERY_S)

    # Books

    def audit(self, *, settled: bool = False) -> Audit:
        """The journal against the ledgers outside; fails on any difference."""
        found = audit(self.orders(), self.bench.ledger(), settled=settled)
        assert not found.differences, found.differences
        assert found.charged_fen == found.posted_fen + found.refunded_fen + found.unknown_fen
        return found

    def journal(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``kiosk journal`` on this cabin's books."""
        command = [sys.executable, "-m", "kiosk.main", "journal", *words]
        return subprocess.run(
            [*command, "--config", str(self.cabin.config)],
            capture_output=True,
            text=True,
            check=False,
        )

    def exported(self) -> list[dict[str, Any]]:
        """All rows of the journal as the office sees them."""
        done = self.journal("export")
        assert done.returncode == 0, done.stderr
        return [json.loads(x) for x in done.stdout.splitlines()]

    # Between journeys

    def begin(self) -> None:
        """Everything repaired, nobody at the screen, bills can be paid."""
        self.bench.until("rice_mill", lambda state: state["phase"] == "idle")
        self.bench.act("rice_mill", "empty")
        self.bench.set_up("normal")
        self.bench.act("biller", "plug")
        self.bench.act("qr_payment", "plug")
        self.bench.act("phone_file", "plug")
        self.bench.act("usb_stick", "unplug")
        self.bench.act("biller", "new_debts")
        self.kiosk.ensure_running()
        self._go_home()
        devices = self.kiosk.settled()["devices"]
        if any(devices.get(x, ["ready"])[0] == "unavailable" for x in GATEWAYS):
            # It would ask again within a minute; a new start asks at once.
            self.kiosk.end()
            self.kiosk.start()
        self.kiosk.widget("home.pay_bill")

    def _go_home(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while True:
            screen = self.kiosk.wait_for(lambda x: bool(x["screen"]), "a screen")
            if screen["screen"] == "home":
                return
            if time.monotonic() > end:
                raise AssertionError(f"no way home from {screen['screen']}")
            way = next((x for x in WAYS_HOME if enabled(screen, x)), None)
            if way is not None:
                # It may have gone meanwhile: then the next look finds another one.
                x, y, width, height = next(w["box"] for w in screen["widgets"] if w["id"] == way)
                self.kiosk.finger.touch(x + width // 2, y + height // 2)
            elif screen["screen"] == "attract":
                self.kiosk.finger.touch(540, 960)
            self.kiosk.wait_for(
                lambda x, old=screen["version"]: x["version"] != old, "an answer to the touch"
            )


def rows(screen: Screen) -> list[dict[str, Any]]:
    """The bills on the list."""
    return [x for x in screen["widgets"] if x["role"] == "checkbox"]


def shown(screen: Screen, widget_id: str) -> dict[str, Any] | None:
    return next((dict(x) for x in screen["widgets"] if x["id"] == widget_id), None)


def enabled(screen: Screen, widget_id: str) -> bool:
    found = shown(screen, widget_id)
    return found is not None and bool(found["enabled"])


def write_settings(config: Path, settings: dict[str, object]) -> None:
    """Change values of cabin.toml; each key must be there exactly once."""
    text = config.read_text()
    for key, value in settings.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {json.dumps(value)}", text)
        assert count == 1, f"{key} stands {count} times in {config}"
    config.write_text(text)


@contextmanager
def open_stage(
    folder: Path,
    display: str,
    settings: dict[str, object],
    change: Callable[[Path], None] = lambda _: None,
) -> Iterator[Stage]:
    """A simulated cabin and a kiosk with these settings; in the end its journal must verify.

    ``change`` may change the configuration's file in other ways.
    """
    with simulated_cabin(folder, "--speed", SPEED) as cabin:
        write_settings(cabin.config, settings)
        change(cabin.config)
        kiosk = KioskWindow(cabin.config, display)
        try:
            stage = Stage(kiosk, cabin)
            yield stage
        finally:
            kiosk.stop()
        verified = stage.journal("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
