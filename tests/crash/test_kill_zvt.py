"""SIGKILL after every journal row of a payment at a ZVT terminal: real process, real wires.

Killed between the journal and the commit, only a person can tell whether the terminal heard it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.order import PaymentState
from tests.crash.killing import Killing, Life
from tests.support.simulated import simulated_cabin

ROWS = {"OrderOpened": 1, "PaymentMarked": 2, "PaymentOffered": 3, "PaymentAnswered": 4}
"""The rows of a payment, in their order; what follows belongs to the bill and the receipt."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("driver", [pytest.param("zvt", marks=pytest.mark.long), "zvt_tcp"])
def test_killed_after_each_row_of_a_payment(tmp_path: Path, driver: str) -> None:
    with simulated_cabin(tmp_path, "--speed", "3", "--terminal", driver) as cabin:
        killing = Killing(cabin)
        for row in ROWS.values():
            killing.live(Life("terminal", row=row))
        killing.live(Life("terminal", row=6))
        assert killing.kills == 5
        killing.live(Life())
        found = killing.audit(settled=True)
        assert not found.differences
        assert (found.open, found.orders) == (0, 5)
        states = [x.payment.state for x in killing.orders()]
    never, not_begun, unheard, *paid = states
    assert (never, not_begun) == (PaymentState.NOT_PAID, PaymentState.NOT_PAID)
    assert unheard is PaymentState.NEEDS_PERSON
    assert paid == [PaymentState.PAID] * 2
