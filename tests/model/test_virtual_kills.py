"""The kiosk dies right after each journal row, before anything it led to has left (virtual time).

The row is durable, its commands are not out: the hardest moment. Recovery is killed as well.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.residents import Errand
from tests.support.virtually import Cabin, Killed

MEANS = ("terminal", "alipay", "wechat")
MOST_ROWS = 40


def life(cabin: Cabin, errand: Errand, kill_after: int, again: int | None = None) -> bool:
    """One errand with the kill in it; False if it was over before. ``again`` kills recovery."""
    cabin.kill_after = kill_after
    killed = False
    for _ in range(3):
        try:
            if killed:
                cabin.restart()
            cabin.serve(errand)
            break
        except Killed:
            killed = True
            cabin.kill_after, again = again, None
    cabin.kill_after = None
    cabin.come_to_rest()
    cabin.advance(60)  # a biller answers ten questions a minute for one account
    return killed


@pytest.mark.parametrize("three", [False, True], ids=["one_bill", "three_one_refused"])
@pytest.mark.parametrize("means", MEANS)
def test_killed_after_every_row(tmp_path: Path, means: str, three: bool) -> None:
    cabin = Cabin(tmp_path)
    for rows in range(1, MOST_ROWS):
        errand = Errand(cabin.owe(three=three), means)
        if not life(cabin, errand, rows):
            break
    else:
        pytest.fail("a payment has no end")
    assert rows > 4
    orders = cabin.check(settled=True)
    assert len(orders) == rows
    assert all(x.closed for x in orders)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("means", MEANS)
def test_killed_in_recovery_too(tmp_path: Path, means: str) -> None:
    cabin = Cabin(tmp_path)
    for rows in range(1, MOST_ROWS):
        more = [
            life(cabin, Errand(cabin.owe(three=True), means), rows, again) for again in (1, 2, 3)
        ]
        if not any(more):
            break
    else:
        pytest.fail("a payment has no end")
    assert all(x.closed for x in cabin.check(settled=True))
