"""Readings, means, grades and advice at each of their boundaries."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import clinic
from kiosk.core.clinic import Advice, Grade, Isolated, Reading

GOOD = (120.0, 80.0, 70.0)


def reading(systolic: int, diastolic: int, pulse: int = 70) -> Reading:
    return Reading(systolic, diastolic, pulse)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "grade"),
    [
        (119, 79, Grade.NORMAL),
        (120, 79, Grade.HIGH_NORMAL),
        (119, 80, Grade.HIGH_NORMAL),
        (139, 89, Grade.HIGH_NORMAL),
        (140, 89, Grade.FIRST),
        (139, 90, Grade.FIRST),
        (159, 99, Grade.FIRST),
        (160, 99, Grade.SECOND),
        (159, 100, Grade.SECOND),
        (179, 109, Grade.SECOND),
        (180, 109, Grade.THIRD),
        (179, 110, Grade.THIRD),
        (118, 110, Grade.THIRD),
        (180, 70, Grade.THIRD),
    ],
)
def test_the_grade_is_the_higher_of_the_two(systolic: int, diastolic: int, grade: Grade) -> None:
    assert clinic.grade_of(reading(systolic, diastolic)) is grade


@pytest.mark.parametrize(
    ("systolic", "diastolic", "alone"),
    [
        (139, 89, Isolated.NONE),
        (140, 89, Isolated.SYSTOLIC),
        (185, 89, Isolated.SYSTOLIC),
        (140, 90, Isolated.NONE),
        (139, 90, Isolated.DIASTOLIC),
        (120, 105, Isolated.DIASTOLIC),
    ],
)
def test_one_pressure_alone_is_named(systolic: int, diastolic: int, alone: Isolated) -> None:
    assert clinic.isolated(reading(systolic, diastolic)) is alone


@pytest.mark.parametrize(
    ("systolic", "diastolic", "low", "alarming", "emergency"),
    [
        (89, 60, True, False, False),
        (90, 60, False, False, False),
        (90, 59, True, False, False),
        (179, 109, False, False, False),
        (180, 109, False, True, False),
        (181, 109, False, True, True),
        (179, 110, False, True, False),
        (179, 120, False, True, False),
        (179, 121, False, True, True),
    ],
)
def test_low_alarming_and_emergency_begin_where_they_should(
    systolic: int, diastolic: int, low: bool, alarming: bool, emergency: bool
) -> None:
    found = reading(systolic, diastolic)
    seen = clinic.low(found), clinic.alarming(found), clinic.emergency(found)
    assert seen == (low, alarming, emergency)


@pytest.mark.parametrize(
    ("readings", "symptoms", "advice"),
    [
        ([(118, 78), (116, 76)], False, Advice.FINE),
        ([(120, 78)], False, Advice.WATCH),
        ([(139, 89)], False, Advice.WATCH),
        ([(140, 70)], False, Advice.CHECK_UP),
        ([(179, 109)], False, Advice.CHECK_UP),
        ([(89, 62)], False, Advice.LOW),
        ([(118, 59)], False, Advice.LOW),
        ([(150, 59)], False, Advice.CHECK_UP),
        ([(180, 100)], False, Advice.DOCTOR_TODAY),
        ([(170, 110)], False, Advice.DOCTOR_TODAY),
        ([(180, 100)], True, Advice.EMERGENCY),
        ([(181, 100)], False, Advice.EMERGENCY),
        ([(170, 121)], False, Advice.EMERGENCY),
        # One alarming reading isn't averaged away, nor is one emergency.
        ([(180, 90), (130, 80)], False, Advice.DOCTOR_TODAY),
        ([(120, 70), (182, 90), (120, 70)], False, Advice.EMERGENCY),
        # Symptoms without such a pressure are not for this machine to judge.
        ([(150, 95)], True, Advice.CHECK_UP),
    ],
)
def test_advice(readings: list[tuple[int, int]], symptoms: bool, advice: Advice) -> None:
    assert clinic.advice_of([reading(*x) for x in readings], symptoms=symptoms) is advice


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(0, *clinic.SYSTOLIC_MMHG), (1, *clinic.DIASTOLIC_MMHG), (2, *clinic.PULSE_A_MINUTE)],
)
def test_what_lies_outside_the_limits_is_no_reading(value: int, low: int, high: int) -> None:
    partners = {0: {low: (low, 30, 70), high: (high, 80, 70)}}
    partners[1] = {low: (100, low, 70), high: (260, high, 70)}
    partners[2] = {low: (120, 80, low), high: (120, 80, high)}
    for edge, outside in ((low, low - 1), (high, high + 1)):
        good = partners[value][edge]
        assert clinic.reading_of(*good) == Reading(*good)
        bad = (*good[:value], outside, *good[value + 1 :])
        assert clinic.reading_of(*bad) is None, bad


def test_pressures_too_near_each_other_or_a_mean_outside_them_are_no_reading() -> None:
    assert clinic.reading_of(100, 90, 70) == Reading(100, 90, 70)
    assert clinic.reading_of(100, 91, 70) is None
    assert clinic.reading_of(90, 100, 70) is None
    assert clinic.reading_of(120, 80, 70, 93) == Reading(120, 80, 70)
    for mean in (80, 120, 79, 121, math.nan):
        assert clinic.reading_of(120, 80, 70, mean) is None, mean


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_value_is_no_reading_and_never_nought(missing: int) -> None:
    for nothing in (None, math.nan, math.inf, -math.inf):
        values = [nothing if n == missing else x for n, x in enumerate(GOOD)]
        assert clinic.reading_of(*values) is None


def test_halves_go_upwards_so_that_what_is_shown_is_what_is_graded() -> None:
    assert clinic.reading_of(139.5, 89.4, 70.5) == Reading(140, 89, 71)
    mean = clinic.mean_of([reading(139, 88, 70), reading(140, 89, 71)])
    assert mean == Reading(140, 89, 71)
    assert clinic.grade_of(mean) is Grade.FIRST
    assert clinic.mean_of([reading(139, 88)] * 2 + [reading(140, 88)]) == reading(139, 88)
    with pytest.raises(ValueError, match="nothing"):
        clinic.mean_of([])


def test_a_third_is_wanted_when_two_differ_by_more_than_is_configured() -> None:
    first = reading(130, 80)
    assert clinic.another_wanted([], 5)
    assert clinic.another_wanted([first], 5)
    for other, wanted in (((135, 85), False), ((136, 80), True), ((130, 74), True)):
        assert clinic.another_wanted([first, reading(*other)], 5) is wanted, other
    assert not clinic.another_wanted([first, reading(140, 90)], 10)
    assert not clinic.another_wanted([first, reading(180, 110), first], 5)


READINGS = st.builds(
    Reading, st.integers(50, 280), st.integers(30, 200), st.integers(30, 220)
).filter(lambda x: x.systolic - x.diastolic >= clinic.LEAST_BETWEEN_MMHG)


@given(st.lists(READINGS, min_size=1, max_size=3), st.booleans())
def test_more_pressure_never_makes_the_advice_milder(
    readings: list[Reading], symptoms: bool
) -> None:
    order = [Advice.FINE, Advice.WATCH, Advice.CHECK_UP, Advice.DOCTOR_TODAY, Advice.EMERGENCY]
    before = clinic.advice_of(readings, symptoms=symptoms)
    higher = [Reading(x.systolic + 5, x.diastolic + 5, x.pulse) for x in readings]
    after = clinic.advice_of(higher, symptoms=symptoms)
    if Advice.LOW not in (before, after):
        assert order.index(after) >= order.index(before)


def test_no_value_stands_in_a_repr() -> None:
    assert repr(Reading(173, 97, 61)) == "Reading()"
