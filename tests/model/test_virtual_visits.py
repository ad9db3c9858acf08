"""What one resident leaves open doesn't stop the next: only what they share is locked."""

from __future__ import annotations

from pathlib import Path

from kiosk.core.guards import usable_means
from kiosk.core.order import PaymentState
from kiosk.core.visit.steps import BillList, NoteCode
from kiosk.residents import Errand
from sim.bills import Bill
from tests.model.faults import does, processing
from tests.support.virtually import Cabin


def scan(cabin: Cabin, account: tuple[str, str]) -> None:
    """Hold a bill to the reader and wait for the biller's answer."""
    if cabin.screen == "attract":
        cabin.touch("anything")
    if cabin.screen == "home":
        cabin.touch("home.pay_bill")
    cabin.act("scanner", "scan", code=Bill(*account, 0, "202601", "", "").code)
    assert cabin.until(lambda: cabin.screen == "bills", 30), cabin.screen


def left_unknown(cabin: Cabin, accounts: tuple[tuple[str, str], ...]) -> str:
    """Somebody pays, the cable is pulled, and they leave with a slip. Returns the number."""
    errand = Errand(accounts, "terminal", when_unknown="slip")
    first = cabin.serve(errand, processing, does("terminal", "unplug"))
    (number,) = first.orders
    assert cabin.state.orders[number].payment.state is PaymentState.UNKNOWN
    assert cabin.state.orders[number].person_left
    assert cabin.screen in ("home", "attract")
    return number


def test_the_next_resident_pays_by_phone_while_the_terminal_is_locked(tmp_path: Path) -> None:
    cabin = Cabin(tmp_path)
    number = left_unknown(cabin, cabin.owe())
    cabin.act("receipt_printer", "plug")
    scan(cabin, cabin.owe()[0])
    cabin.touch("bills.pay")
    assert cabin.screen == "confirm"
    assert "terminal" not in [x.id for x in usable_means(cabin.state)]
    cabin.touch("nav.home")
    second = cabin.serve(Errand(cabin.owe(), "terminal"))
    (other,) = second.orders
    orders = {x.id: x for x in cabin.check()}
    assert orders[other].means.id == "alipay"
    assert orders[other].closed
    assert orders[number].payment.state is PaymentState.UNKNOWN
    orders = {x.id: x for x in cabin.come_to_rest()}
    assert orders[number].payment_word == "paid"
    cabin.scan_slip(orders[number])
    cabin.close()


def test_the_terminal_stays_locked_when_its_cable_is_back_and_it_does_not_answer(
    tmp_path: Path,
) -> None:
    from tests.model.faults import fault

    cabin = Cabin(tmp_path)
    number = left_unknown(cabin, cabin.owe())
    fault("terminal", "silent", None)(cabin)
    cabin.act("terminal", "plug")
    cabin.advance(600)
    assert cabin.state.orders[number].payment.state is PaymentState.UNKNOWN
    assert "terminal" not in [x.id for x in usable_means(cabin.state)]
    orders = cabin.come_to_rest()
    assert [x.payment_word for x in orders] == ["paid"]
    cabin.close()


def test_a_bill_in_an_open_order_is_paid_by_nobody_else(tmp_path: Path) -> None:
    cabin = Cabin(tmp_path)
    accounts = cabin.owe()
    left_unknown(cabin, accounts)
    scan(cabin, accounts[0])
    step = cabin.state.visit.step
    assert isinstance(step, BillList)
    assert step.note is not None
    assert step.note.code is NoteCode.BILL_LOCKED
    assert not cabin.state.visit.chosen
    cabin.touch("bills.row", "0")
    assert not cabin.state.visit.chosen
    cabin.touch("bills.pay")
    assert cabin.screen == "bills"
    cabin.touch("nav.home")
    (order,) = cabin.come_to_rest()
    assert order.lines[0].state.value == "posted"
    cabin.close()
