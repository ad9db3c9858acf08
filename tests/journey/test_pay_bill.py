"""A resident pays by touch in the real window, with the simulated cabin on real wires."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.simulated import SimulatedCabin, simulated_cabin
from tests.support.window import KioskWindow

Stage = tuple[KioskWindow, SimulatedCabin]


@pytest.fixture
def stage(tmp_path: Path, display: str) -> Iterator[Stage]:
    with simulated_cabin(tmp_path) as cabin:
        kiosk = KioskWindow(cabin.config, display)
        try:
            yield kiosk, cabin
        finally:
            kiosk.stop()


@pytest.mark.window
def test_pays_a_scanned_bill_with_a_card_and_gets_a_receipt(stage: Stage) -> None:
    kiosk, cabin = stage
    kiosk.touch("home.pay_bill")
    kiosk.on("bill")
    cabin.bench.act("scanner", "scan", code=cabin.bench.bills()[0]["code"])
    kiosk.on("bills")
    kiosk.touch("bills.pay")
    kiosk.touch("confirm.pay.terminal")
    kiosk.on("pay")
    cabin.bench.when_asked_to_pay()
    cabin.bench.act("terminal", "tap_card")
    screen = kiosk.on("result")
    assert screen["order"]["payment"] == "paid"
    assert screen["order"]["lines"] == ["posted"]
    assert screen["order"]["paper"] == "printed"
    ledger = cabin.bench.ledger()["terminal"]
    assert [x["charged_fen"] for x in ledger.values()] == [9630]
    text = cabin.bench.receipt_text(1)
    assert "已缴好" in text
    assert "96.30" in text
    kiosk.touch("order.done")
    kiosk.on("home")
