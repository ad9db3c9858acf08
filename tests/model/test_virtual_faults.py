"""Each fault of the simulator in a whole cabin in virtual time, for each way of paying.

One bill first, then three of which one is refused. After each the books balance against the
simulator's ledgers, and no screen has said anything untrue; when the fault is over, every order
closes or openly waits for a person, and the slip finds it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.order import Order
from kiosk.residents import Errand
from tests.model.faults import CASES, Case
from tests.support.virtually import Cabin


def pay(cabin: Cabin, case: Case, means: str, *, three: bool) -> Order | None:
    """One payment with the fault in it; the order at rest, None if none was opened."""
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


@pytest.mark.parametrize(("case", "means"), CASES, ids=[f"{c.name}-{m}" for c, m in CASES])
def test_fault(tmp_path: Path, case: Case, means: str) -> None:
    cabin = Cabin(tmp_path)
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
