"""Each fault of the simulator in a whole cabin in virtual time, for each way of paying.

One bill first, then three of which one is refused. After each the books balance against the
simulator's ledgers, and no screen has said anything untrue; when the fault is over, every order
closes or openly waits for a person, and the slip finds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from kiosk.core.order import Order
from kiosk.residents import Errand
from tests.model.faults import CASES, Case, fault
from tests.support.virtually import Cabin


def pay(cabin: Cabin, case: Case, means: str, *, three: bool) -> Order | None:
    """One payment with the fault in it; the order at rest, None if none was opened."""
    cabin.wait_until_ready()
    before = {x.id for x in cabin.orders()}
    errand = Errand(cabin.owe(three=three), means, at_payment=case.at_payment)
    cabin.serve(errand, case.moment, case.strike)
    cabin.check()
    orders = [x for x in cabin.come_to_rest() if x.id not in before]
    assert len(orders) <= 1
    if not orders:
        return None
    cabin.nobody_can_pay(orders[0])
    cabin.scan_slip(orders[0])
    return orders[0]


def _parameters() -> Iterator[ParameterSet]:
    for case in CASES:
        for means in case.means:
            # What has nothing to do with the way of paying is tried with each in the long tier.
            again = case.everywhere and means != case.means[0]
            marks = [pytest.mark.long] if again else []
            yield pytest.param(case, means, id=f"{case.name}-{means}", marks=marks)


@pytest.mark.parametrize(("case", "means"), list(_parameters()))
def test_fault(tmp_path: Path, case: Case, means: str) -> None:
    cabin = Cabin(tmp_path)
    cabin.noisy_printer = case.name.startswith("receipt_printer_wire")
    try:
        order = pay(cabin, case, means, three=False)
        if case.word:
            assert order is not None
            assert order.payment_word == case.word, order
        if order is not None and order.means.id == means:
            assert set(case.seen) <= set(cabin.screens), cabin.screens
        order = pay(cabin, case, means, three=True)
        if case.word in ("paid", "refunded"):
            assert order is not None
            assert order.payment_word == "refunded", order
    finally:
        cabin.close()


def test_a_code_that_a_platform_forgot_to_close_is_paid_back(tmp_path: Path) -> None:
    cabin = Cabin(tmp_path)
    cabin.platform_forgets = True
    fault("qr_payment", "cancel_forgets")(cabin)
    cabin.serve(Errand(cabin.owe(), "alipay", at_payment="cancel"))
    (order,) = cabin.check()
    assert order.payment_word == "not_paid"
    cabin.act("qr_payment", "pay", order_no=order.id)
    (order,) = cabin.come_to_rest()
    assert order.payment_word == "refunded"
    assert order.closed
    cabin.scan_slip(order)
    cabin.close()
