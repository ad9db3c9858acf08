"""Recordings of payments, receipts and scans are played again without a difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from devices import registry
from devices.payment_terminal.commands import Close, Query, Refund, Sale
from devices.receipt_printer.document import Columns, Cut, Document, Print, Qr, Text
from devices.recording import recorder
from devices.replay import Replay, Replayed, read
from sim.clock import VirtualClock
from sim.devices.model import Model
from sim.devices.receipt_printer import ReceiptPrinter
from sim.devices.scanner import Scanner
from sim.devices.scanner_hid import HidScanner
from sim.devices.terminal import Terminal
from sim.faults import Faults
from tests.support.pair import Pair

BILL = "91" + "0" * 25
PAYMENT = "28763443825664394"
RECEIPT: Document = (Text("张三 96.30", (2, 2)), Columns("户名", "x"), Qr("SX1"), Cut())


def _lived(
    path: Path,
    name: str,
    settings: dict[str, object],
    make: Callable[[VirtualClock, Faults], Model],
    life: Callable[[Pair], None],
) -> Replayed:
    """Record a life, then play it against another driver of the same kind."""
    driver = registry.factory(name, settings)()
    tap = driver.tap = recorder(path, name, settings)
    pair = Pair(driver, make)
    pair.wait(2)
    life(pair)
    driver.lost(pair.now, "stopped")
    driver.take_reports()
    tap.close()
    head, lines = read(iter(path.read_bytes().splitlines(keepends=True)))
    again = registry.factory(head.driver, head.settings)()
    return Replay(again, registry.scribe(head.driver)).run(lines)


@pytest.mark.parametrize("fault", ["", "no_answer", "decline", "duplicate_answer", "drop_ack"])
def test_payments(fault: str, tmp_path: Path) -> None:
    def life(pair: Pair) -> None:
        for number, code in enumerate(("A1", "A2")):
            if fault:
                pair.strike(fault, count=1)
            pair.submit(number * 10, Sale(code, 3450, "张三 电费"))
            pair.wait(1)
            pair.model.act("tap_card", {})
            pair.end(number * 10)
            asked = (Query(code), Query("NONE"), Refund(f"R{number}", code, 50), Close(code))
            for more, command in enumerate(asked, 1):
                pair.submit(number * 10 + more, command)
                pair.end(number * 10 + more)
            pair.unplug()
            pair.wait(2)
            pair.plug()
            pair.wait(2)

    path = tmp_path / "terminal.jsonl"
    result = _lived(
        path, "ecr_hub", {"app_id": "wz1"}, lambda c, f: Terminal(c, f, app_id="wz1"), life
    )
    assert result.differences == []
    assert result.gaps == 0
    assert "电费".encode().hex() not in path.read_text()


@pytest.mark.parametrize("fault", ["", "cutter_jam", "paper_out", "silent"])
def test_receipts(fault: str, tmp_path: Path) -> None:
    def life(pair: Pair) -> None:
        pair.submit(1, Print("J1", RECEIPT))
        pair.end(1)
        if fault:
            pair.strike(fault, count=1)
        pair.submit(2, Print("J2", RECEIPT))
        pair.end(2)
        pair.wait(5)

    path = tmp_path / "printer.jsonl"
    result = _lived(path, "escpos_serial", {}, ReceiptPrinter, life)
    assert result.differences == []
    assert "张三".encode("gb18030").hex() not in path.read_text()


def _scan(pair: Pair, *codes: str, **body: object) -> None:
    for code in codes:
        pair.model.act("scan", {"code": code, **body})
        pair.wait(2)


def test_codes_of_a_serial_scanner(tmp_path: Path) -> None:
    def life(pair: Pair) -> None:
        _scan(pair, BILL, PAYMENT, "SX1abc", "张三")
        _scan(pair, "28763", suffix="")
        _scan(pair, BILL, aim="]C1")

    path = tmp_path / "scanner.jsonl"
    result = _lived(path, "cdc_scanner", {}, lambda _, f: Scanner(), life)  # noqa: ARG005
    assert result.differences == []
    assert PAYMENT.encode().hex() not in path.read_text()


def test_codes_of_a_scanner_that_types(tmp_path: Path) -> None:
    def life(pair: Pair) -> None:
        _scan(pair, BILL, PAYMENT, "SX1abc")
        for fault in ("syn_dropped", "stuck_shift", "half_code", "caps_lock", "key_repeats"):
            pair.strike(fault, count=1)
            _scan(pair, PAYMENT)
        _scan(pair, BILL, suffix="none")

    path = tmp_path / "scanner.jsonl"
    result = _lived(path, "hid_scanner", {}, lambda _, f: HidScanner(f), life)
    assert result.differences == []
