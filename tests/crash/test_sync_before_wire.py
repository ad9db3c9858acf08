"""No byte that moves money or paper leaves before the journal row it comes from is on the disk.

The whole cabin in virtual time: SQLite's file layer is watched on one side, the terminal's and the
printer's ports and the gateways' requests on the other.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kiosk.core import commands as c
from kiosk.core.decide import decide
from kiosk.journal import Journal
from kiosk.residents import Errand
from sim.gateways.transport import Request
from tests.crash.order_of_things import Happened, Log, watch
from tests.support.virtually import Cabin

ORDER = re.compile(rb'"merchant_order_no":\s*"(\w+)"')
NUMBERS = re.compile(rb"3801\d{11}\w{5}(?:[LR]\d+)?")
AUTHORISATION, REVERSAL, STATUS = b"\x10\x02\x06\x01", b"\x10\x02\x06\x30", b"\x10\x02\x04\x0f"
DONE, PAID = b"\x10\x02\x80\x00\x00", b"\x27\x00\x04"
MONEY_CALLS = {
    "biller": {"post"},
    "alipay": {"precreate", "cancel", "close", "refund"},
    "wechat": {"native", "close", "refund"},
}


class Watched(Cabin):
    """A cabin whose journal's syncs and whose bytes to the outside stand in one list."""

    def __init__(self, folder: Path, synchronous: str = "", terminal: str = "ecr_hub") -> None:
        self.log = Log()
        self._synchronous = synchronous
        self._offered = False
        super().__init__(folder, terminal=terminal)
        self._exchange = self.cabin.exchange
        self.cabin.exchange = self._to_device  # type: ignore[method-assign]
        for gateway in (self.gateways.biller, self.gateways.alipay, self.gateways.wechat):
            self._watch(gateway)

    def open_journal(self) -> Journal:
        path = self.settings.cabin.data_dir / "journal.sqlite"
        journal = Journal(path, vfs=watch(self.log), wall=self.clock.time, on_append=self.log.row)
        if self._synchronous:
            journal.store.db.execute(f"PRAGMA synchronous={self._synchronous}")
        return journal

    def _to_device(self, role: str, data: bytes = b"") -> bytes:
        if role == "terminal" and b"ecrhub.pay.order" in data:
            self._sent([x.decode() for x in ORDER.findall(data)])
        elif role == "terminal_zvt" and self.order:
            return self._to_zvt(role, data, self.order.id)
        elif role == "receipt_printer" and self.order and len(data) > 64:
            self._sent([f"{self.order.id}P{self.order.paper.jobs}"])
        return self._exchange(role, data)

    def _to_zvt(self, role: str, data: bytes, order_id: str) -> bytes:
        """Its blocks carry no number: what they mean is seen by what was said before."""
        if AUTHORISATION in data:
            self._sent([f"{order_id}B"])
        if REVERSAL in data:
            self._sent([f"{order_id}R1"])
        if self._offered and DONE in data:
            self._offered = False
            self._sent([f"{order_id}C"])
        answer = self._exchange(role, data)
        self._offered = self._offered or (STATUS in answer and PAID in answer)
        return answer

    def _watch(self, gateway: Any) -> None:
        handle = gateway.handle

        def watched(request: Request) -> Any:
            call = gateway.call_of(request)
            if call in MONEY_CALLS[gateway.name]:
                text = request.target.encode() + request.body
                self._sent([x.decode() for x in NUMBERS.findall(text)])
            return handle(request)

        gateway.handle = watched

    def _sent(self, numbers: list[str]) -> None:
        assert numbers, "money moves without a number"
        self.log.happened += [Happened("wire", x) for x in numbers]

    def sent(self) -> list[str]:
        return [x.what for x in self.log.happened if x.kind == "wire"]

    def too_early(self) -> list[str]:
        """Every number whose bytes left before a row that allows it was synced."""
        caused = self._caused()
        allowed: set[str] = set()
        unsynced: set[str] = set()
        found = []
        for entry in self.log.happened:
            if entry.kind == "write" and entry.what.endswith("-wal"):
                unsynced.add(entry.what)
            elif entry.kind == "sync":
                unsynced.discard(entry.what)
            elif entry.kind == "row":
                allowed |= caused.get(entry.what.seq, set())
            elif entry.kind == "wire" and (unsynced or entry.what not in allowed):
                found.append(f"{entry.what} left too early ({unsynced or 'no row'})")
        return found

    def _caused(self) -> dict[int, set[str]]:
        """By row: the numbers under which ``decide`` lets something leave."""
        caused: dict[int, set[str]] = {}
        journal = self._books.journal
        for summary in journal.summaries():
            order = None
            for entry in journal.iterate(summary.order_id):
                order, commands = decide(order, entry.event, entry.at)
                caused[entry.seq] = {_number(x) for x in commands}
        return caused


def _number(command: c.Command) -> str:
    match command:
        case c.RefundPayment():
            return command.refund_no
        case c.BeginPayment():
            return f"{command.order_id}B"
        case c.CommitPayment():
            return f"{command.order_id}C"
        case c.PostLine():
            return command.line_no
        case c.Print():
            return command.job_id
        case _:
            return command.order_id


@pytest.mark.parametrize("means", ["terminal", "alipay", "wechat"])
def test_every_byte_that_moves_money_comes_after_its_sync(tmp_path: Path, means: str) -> None:
    cabin = Watched(tmp_path)
    cabin.serve(Errand(cabin.owe(three=True), means))
    (order,) = cabin.come_to_rest()
    assert cabin.too_early() == []
    # Payment, three lines, the refund and the receipt have all been seen leaving.
    expected = {*(order.line_no(x) for x in range(3)), f"{order.id}R1", f"{order.id}P1", order.id}
    assert expected <= set(cabin.sent())
    cabin.close()


def test_a_zvt_payment_begins_and_stands_only_after_its_sync(tmp_path: Path) -> None:
    cabin = Watched(tmp_path, terminal="zvt")
    cabin.serve(Errand(cabin.owe(three=True)[1:2], "terminal"))
    (order,) = cabin.come_to_rest()
    assert cabin.too_early() == []
    expected = {order.id + x for x in ("B", "C", "L1", "R1", "P1")}
    assert expected <= set(cabin.sent())
    cabin.close()


def test_a_missing_sync_of_a_zvt_payment_is_found(tmp_path: Path) -> None:
    cabin = Watched(tmp_path, synchronous="NORMAL", terminal="zvt")
    cabin.serve(Errand(cabin.owe(), "terminal"))
    early = {x.split()[0][-1] for x in cabin.too_early()}
    assert {"B", "C"} <= early
    cabin.close()


def test_a_missing_sync_is_found(tmp_path: Path) -> None:
    cabin = Watched(tmp_path, synchronous="NORMAL")
    cabin.serve(Errand(cabin.owe(), "terminal"))
    assert cabin.too_early()
    cabin.close()
