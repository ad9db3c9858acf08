"""A resident pays on real wires: simulator process, ptys, HTTPS, device workers, engine thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.audit import audit
from kiosk.barcodes import slip_code
from kiosk.core.order import Order
from kiosk.core.state import State
from tests.support.inside import KioskInside
from tests.support.simulated import SimulatedCabin, simulated_cabin

USABLE = ("terminal", "receipt_printer", "scanner", "biller", "alipay", "wechat")
FIRST_TRY_S, TRIES = 0.05, 400


@pytest.fixture
def cabin(tmp_path: Path) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path, "--speed", "2") as running:
        yield running


@pytest.fixture
def kiosk(cabin: SimulatedCabin) -> Iterator[KioskInside]:
    inside = KioskInside(cabin.config)
    inside.wait_for(lambda s: all(s.device(x).level.usable for x in USABLE), "all devices")
    yield inside
    inside.stop()


def to_payment(kiosk: KioskInside, cabin: SimulatedCabin, means: str) -> None:
    """From the home screen with a bill in the hand to the running payment."""
    kiosk.touch("home.pay_bill")
    kiosk.on_screen("bill")
    cabin.bench.act("scanner", "scan", code=cabin.bench.bills()[0]["code"])
    kiosk.on_screen("bills")
    kiosk.touch("bills.pay")
    kiosk.on_screen("confirm")
    kiosk.touch("confirm.pay", means)
    kiosk.on_screen("pay")


def until(kiosk: KioskInside, holds: Callable[[], Any], what: str) -> None:
    """Wait until something holds outside; every change of the kiosk's state looks again."""
    for _ in range(TRIES):
        if holds():
            return
        kiosk.pause(FIRST_TRY_S)
    raise AssertionError(f"never came: {what}")


def sale(cabin: SimulatedCabin) -> dict[str, Any] | None:
    found: dict[str, Any] | None = cabin.bench.state("terminal")["sale"]
    return found


def balanced(cabin: SimulatedCabin, order: Order) -> None:
    found = audit([order], cabin.bench.ledger())
    assert not found.differences
    assert found.charged_fen == found.posted_fen == order.amount_fen
    assert cabin.bench.ledger()["terminal"].get(order.id, {"charges": 1})["charges"] == 1


def find_by_slip(kiosk: KioskInside, cabin: SimulatedCabin, order: Order) -> None:
    kiosk.touch("order.done")
    kiosk.on_screen("home")
    cabin.bench.act("scanner", "scan", code=slip_code(order.id))
    kiosk.on_screen("found")


def test_paid_by_card(kiosk: KioskInside, cabin: SimulatedCabin) -> None:
    to_payment(kiosk, cabin, "terminal")
    until(kiosk, lambda: sale(cabin), "the sale on the terminal")
    cabin.bench.act("terminal", "tap_card")
    kiosk.on_screen("result")
    order = kiosk.order(lambda o: o.paper.state == "printed", "the receipt")
    balanced(cabin, order)
    text = cabin.bench.receipt_text(1)
    assert order.short_id in text
    assert f"{order.amount_fen / 100:.2f}" in text
    find_by_slip(kiosk, cabin, order)


def test_paid_by_a_code_on_the_screen(kiosk: KioskInside, cabin: SimulatedCabin) -> None:
    to_payment(kiosk, cabin, "alipay")
    order = kiosk.order(lambda o: bool(o.payment.qr_code), "the code")
    cabin.bench.act("qr_payment", "pay", code=order.payment.qr_code)
    order = kiosk.order(lambda o: o.paper.state == "printed", "the receipt")
    balanced(cabin, order)


def test_the_cable_is_pulled_while_the_card_is_charged(
    kiosk: KioskInside, cabin: SimulatedCabin
) -> None:
    to_payment(kiosk, cabin, "terminal")
    until(kiosk, lambda: sale(cabin), "the sale on the terminal")
    cabin.bench.act("terminal", "tap_card")
    cabin.bench.act("terminal", "unplug")
    order = kiosk.order(lambda o: o.payment.state == "unknown", "the truth: nobody knows")
    kiosk.on_screen("unknown")
    number = order.id
    until(kiosk, lambda: cabin.bench.ledger()["terminal"][number]["charges"], "the charge")
    cabin.bench.act("terminal", "plug")
    order = kiosk.order(lambda o: o.paper.state == "printed", "the receipt")
    assert order.id == number
    balanced(cabin, order)


def test_the_paper_ends_half_way(kiosk: KioskInside, cabin: SimulatedCabin) -> None:
    cabin.bench.act("receipt_printer", "paper_out_after", lines=6)
    to_payment(kiosk, cabin, "terminal")
    until(kiosk, lambda: sale(cabin), "the sale on the terminal")
    cabin.bench.act("terminal", "tap_card")
    kiosk.on_screen("receipt_problem")
    order = kiosk.order(lambda o: o.lines[0].state == "posted", "the posting")
    balanced(cabin, order)
    cabin.bench.act("receipt_printer", "paper_in")

    def can_print(state: State) -> bool:
        return state.device("receipt_printer").level.usable

    kiosk.wait_for(can_print, "the printer")
    kiosk.touch("order.reprint")
    order = kiosk.order(lambda o: o.paper.state == "printed", "the second print")
    assert "补打" in cabin.bench.receipt_text(cabin.bench.receipts()[-1].get("number", 2))
    find_by_slip(kiosk, cabin, order)
