"""Random walks through orders' lives; a failing seed is printed with its trail."""

from __future__ import annotations

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.order import LineState

from .life import Life
from .walk import Walk, failing

MANY = 20_000


def report(walks: list[Walk]) -> str:
    lines = [f"{len(walks)} fail: seeds {[x.seed for x in walks[:30]]}"]
    for walk in walks[:3]:
        lines += [f"seed {walk.seed}: {walk.error}", *(f"    {x}" for x in walk.trail)]
    return "\n".join(lines)


def test_walks(seed: int) -> None:
    bad = failing(seed, 800)
    assert not bad, report(bad)


def reached(life: Life) -> set[str]:
    """What an order's life has come through, by its last state."""
    order = life.now
    lines = {x.state for x in order.lines}
    found = {order.payment.state.value, *(x.value for x in lines)}
    found |= {"partly refused"} if {LineState.POSTED, LineState.REFUSED} <= lines else set()
    found |= {"money after not paid"} if order.payment.late else set()
    found |= {"refunded"} if order.refunded_fen else set()
    found |= {"two refunds"} if len(order.refunds) > 1 else set()
    found |= {"posted again"} if any(x.attempts > 1 for x in order.lines) else set()
    found |= {"restarted"} if any(isinstance(x, e.Restarted) for x, _ in life.journal) else set()
    found |= (
        {"by a person"} if any(isinstance(x, e.PersonSettled) for x, _ in life.journal) else set()
    )
    found |= {"committed"} if any(isinstance(x, c.CommitPayment) for x in life.log) else set()
    return found


def test_walks_come_to_every_end_that_matters() -> None:
    found: set[str] = set()
    for number in range(1500):
        walk = Walk(number)
        assert walk.run(), report([walk])
        assert walk.life is not None
        found |= reached(walk.life)
    assert found >= {
        "paid",
        "not_paid",
        "posted",
        "refused",
        "partly refused",
        "money after not paid",
        "refunded",
        "two refunds",
        "posted again",
        "restarted",
        "by a person",
        "committed",
    }


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_many_walks(seed: int) -> None:
    bad = failing(seed, MANY)
    assert not bad, report(bad)
