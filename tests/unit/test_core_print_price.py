"""The price of printing: every boundary, and that part and rest are always the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.print_price import (
    Asked,
    PrintRule,
    allowed,
    certain,
    free_used,
    owed,
    price,
    refund,
)

RULE = PrintRule(
    black_fen=20, colour_fen=100, back_off_fen=5, free_pages=3, max_pages=50, max_copies=10
)

rules = st.builds(
    PrintRule,
    black_fen=st.integers(0, 500),
    colour_fen=st.integers(0, 500),
    back_off_fen=st.integers(0, 600),
    free_pages=st.integers(0, 20),
)
askings = st.builds(
    Asked,
    pages=st.integers(1, 12),
    copies=st.integers(1, 5),
    both_sides=st.booleans(),
    colour=st.booleans(),
    free_left=st.integers(0, 80),
)


@pytest.mark.parametrize(
    ("asked", "fen"),
    [
        (Asked(1), 20),
        (Asked(5), 100),
        (Asked(5, colour=True), 500),
        (Asked(5, copies=3), 300),
        (Asked(1, both_sides=True), 20),
        (Asked(2, both_sides=True), 35),
        (Asked(5, both_sides=True), 90),
        (Asked(5, copies=2, both_sides=True), 180),  # each copy begins on a new sheet
        (Asked(2, both_sides=True, colour=True), 195),
        (Asked(3, free_left=3), 0),
        (Asked(4, free_left=3), 20),
        (Asked(2, free_left=3), 0),
        (Asked(4, both_sides=True, free_left=3), 15),  # the one to pay for is a back
        (Asked(4, both_sides=True, free_left=2), 35),
    ],
)
def test_prices(asked: Asked, fen: int) -> None:
    assert price(RULE, asked) == fen


def test_a_back_never_costs_less_than_nothing() -> None:
    assert price(replace(RULE, back_off_fen=30), Asked(2, both_sides=True)) == 20


@pytest.mark.parametrize(
    ("pages", "copies", "may"),
    [
        (1, 1, True),
        (50, 10, True),
        (0, 1, False),
        (51, 1, False),
        (1, 0, False),
        (1, 11, False),
        (-1, 1, False),
    ],
)
def test_what_is_allowed(pages: int, copies: int, may: bool) -> None:
    assert allowed(RULE, Asked(pages, copies)) is may


def test_what_did_not_come_out_goes_back() -> None:
    asked = Asked(5, copies=2)  # 200 fen
    assert [refund(RULE, asked, n, False) for n in (0, 1, 5, 9, 10, 11)] == [
        200,
        180,
        100,
        20,
        0,
        0,
    ]
    assert refund(RULE, asked, 10, True) == 0
    assert refund(RULE, asked, 7, True) == 60  # done, and yet fewer: only those are paid for


def test_nobody_knows() -> None:
    asked = Asked(5)
    assert owed(RULE, asked, None, False) is None
    assert refund(RULE, asked, None, False) is None
    assert owed(RULE, asked, 0, True) is None  # done, and nothing counted: that can't be
    assert owed(RULE, asked, -1, False) is None
    assert refund(RULE, asked, None, True) == 0


def test_blank_backs_are_not_paid_for() -> None:
    asked = Asked(3, copies=2, both_sides=True)
    # A printer that counts them has after seven of its eight impressions put out all six sides;
    # after four, one copy; one that doesn't has begun the second copy then, and costs us a side.
    assert [certain(asked, n) for n in range(8)] == [0, 1, 2, 3, 3, 4, 5, 6]
    assert [certain(replace(asked, pages=4), n) for n in range(9)] == list(range(9))
    assert [certain(replace(asked, both_sides=False), n) for n in range(7)] == list(range(7))


@given(rules, askings, st.integers(0, 70), st.booleans())
def test_part_and_rest_are_the_whole(
    rule: PrintRule, asked: Asked, printed: int, completed: bool
) -> None:
    whole = price(rule, asked)
    keep, back = owed(rule, asked, printed, completed), refund(rule, asked, printed, completed)
    if keep is None or back is None:
        assert keep is None and back is None and completed and printed == 0
        return
    assert keep + back == whole
    assert 0 <= keep <= whole
    assert completed is False or printed < asked.impressions or back == 0


@given(rules, askings)
def test_each_side_more_never_costs_less(rule: PrintRule, asked: Asked) -> None:
    costs = [owed(rule, asked, n, False) or 0 for n in range(asked.impressions * 2 + 2)]
    assert costs == sorted(costs)
    assert costs[0] == 0
    assert costs[-1] == price(rule, asked)


@given(rules, askings, st.integers(-5, 70))
def test_free_sides_are_used_once(rule: PrintRule, asked: Asked, printed: int) -> None:
    used = free_used(asked, printed)
    assert 0 <= used <= min(asked.free_left, asked.impressions)
    assert price(rule, replace(asked, free_left=asked.free_left - used)) >= price(rule, asked)
