"""Blood pressure in numbers: what can be a reading, what several come to, and which grade that is.

Pure, and nothing here is ever written down. Sources: blood-pressure meter protocol, section 2
(limits of what is plausible, grades of the 中国高血压防治指南 of 2018, unchanged in the revision
of 2024, limits of the alarms). The kiosk never speaks of medicines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

SYSTOLIC_MMHG = (50, 280)
DIASTOLIC_MMHG = (30, 200)
PULSE_A_MINUTE = (30, 220)
LEAST_BETWEEN_MMHG = 10
"""Anything outside these is the meter's mistake (section 2, plausibility filter)."""
ALARM_MMHG = (180, 110)
"""From either on: rest, measure again, see a doctor today; with symptoms, at once."""
EMERGENCY_MMHG = (180, 120)
"""Above either: at once."""
LOW_MMHG = (90, 60)
"""Below either: said to be low."""
READINGS = 2
MOST_READINGS = 3


@dataclass(frozen=True, slots=True)
class ClinicRules:
    """What of the configuration the service needs; times in seconds, ``difference`` in mmHg.

    ``remote_start`` is false for a meter that only its own key starts, and that only its own key
    stops. ``record``: a result can be sent to the person's health record. ``fhir``: the code on
    the screen can also be had as a FHIR bundle.
    """

    rest_s: int = 300
    pause_s: int = 60
    difference: int = 5
    remote_start: bool = True
    record: bool = False
    fhir: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement, or the mean of several: mmHg, and beats a minute. Not in any ``repr``."""

    systolic: int = field(repr=False)
    diastolic: int = field(repr=False)
    pulse: int = field(repr=False)


class Grade(IntEnum):
    """The grades of the guideline, the higher the worse."""

    NORMAL = 0
    HIGH_NORMAL = 1
    FIRST = 2
    SECOND = 3
    THIRD = 4


class Isolated(StrEnum):
    """Which pressure alone is high (单纯收缩期, 单纯舒张期)."""

    NONE = "none"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"


class Advice(StrEnum):
    """What a person should do; the screens hold the sentences."""

    FINE = "fine"
    WATCH = "watch"
    CHECK_UP = "check_up"
    LOW = "low"
    DOCTOR_TODAY = "doctor_today"
    EMERGENCY = "emergency"


_SYSTOLIC_STEPS = (120, 140, 160, 180)
_DIASTOLIC_STEPS = (80, 90, 100, 110)


def reading_of(
    systolic: float | None, diastolic: float | None, pulse: float | None, mean: float | None = None
) -> Reading | None:
    """A reading from what the meter said, None if that can't be one.

    A value that is missing is no reading either: it is never taken for 0, and never guessed.
    """
    if systolic is None or diastolic is None or pulse is None:
        return None
    limits = (SYSTOLIC_MMHG, DIASTOLIC_MMHG, PULSE_A_MINUTE)
    for value, (low, high) in zip((systolic, diastolic, pulse), limits, strict=True):
        if not low <= value <= high:  # false for NaN too
            return None
    if systolic - diastolic < LEAST_BETWEEN_MMHG:
        return None
    if mean is not None and not diastolic < mean < systolic:
        return None
    return Reading(_whole(systolic), _whole(diastolic), _whole(pulse))


def _whole(value: float) -> int:
    """The nearest whole number, halves upwards: what is shown is what is graded."""
    return int(value + 0.5)


def mean_of(readings: Sequence[Reading]) -> Reading:
    """The mean of one reading or more, halves upwards. Raises ValueError for none."""
    count = len(readings)
    if not count:
        raise ValueError("there is no mean of nothing")

    def mean(values: Sequence[int]) -> int:
        return (2 * sum(values) + count) // (2 * count)

    return Reading(
        mean([x.systolic for x in readings]),
        mean([x.diastolic for x in readings]),
        mean([x.pulse for x in readings]),
    )


def another_wanted(readings: Sequence[Reading], difference: int) -> bool:
    """Whether one more is to be measured: two always, a third if they differ by more."""
    if len(readings) < READINGS:
        return True
    if len(readings) >= MOST_READINGS:
        return False
    first, second = readings[0], readings[1]
    return (
        abs(first.systolic - second.systolic) > difference
        or abs(first.diastolic - second.diastolic) > difference
    )


def grade_of(reading: Reading) -> Grade:
    """The higher of the two pressures' grades."""
    systolic = sum(reading.systolic >= x for x in _SYSTOLIC_STEPS)
    diastolic = sum(reading.diastolic >= x for x in _DIASTOLIC_STEPS)
    return Grade(max(systolic, diastolic))


def isolated(reading: Reading) -> Isolated:
    """Which pressure alone is in a grade of hypertension."""
    high = reading.systolic >= 140, reading.diastolic >= 90
    if high == (True, False):
        return Isolated.SYSTOLIC
    return Isolated.DIASTOLIC if high == (False, True) else Isolated.NONE


def low(reading: Reading) -> bool:
    return reading.systolic < LOW_MMHG[0] or reading.diastolic < LOW_MMHG[1]


def alarming(reading: Reading) -> bool:
    """Whether it is so high that symptoms are asked for and a doctor is named today."""
    return reading.systolic >= ALARM_MMHG[0] or reading.diastolic >= ALARM_MMHG[1]


def emergency(reading: Reading) -> bool:
    """Whether it is so high that nothing need be asked."""
    return reading.systolic > EMERGENCY_MMHG[0] or reading.diastolic > EMERGENCY_MMHG[1]


def advice_of(readings: Sequence[Reading], *, symptoms: bool = False) -> Advice:
    """What to do, by the mean; but one single reading that alarms isn't averaged away."""
    if any(emergency(x) for x in readings):
        return Advice.EMERGENCY
    mean = mean_of(readings)
    if any(alarming(x) for x in (*readings, mean)):
        return Advice.EMERGENCY if symptoms else Advice.DOCTOR_TODAY
    grade = grade_of(mean)
    if grade >= Grade.FIRST:
        return Advice.CHECK_UP
    if low(mean):
        return Advice.LOW
    return Advice.WATCH if grade is Grade.HIGH_NORMAL else Advice.FINE
