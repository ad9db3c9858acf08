"""Whole visits to the clinic in virtual time: the real driver before the simulated meter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.clinic import Reading
from tests.support.clinic import Clinic, open_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = open_clinic(tmp_path)
    yield made
    made.close()
    assert not made.lies, made.lies


def test_two_readings_alike_and_their_mean(clinic: Clinic) -> None:
    clinic.sit_down(systolic=138, diastolic=84)
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_pause")
    clinic.next_measurement(systolic=141, diastolic=86)
    clinic.measured("clinic_result")
    assert clinic.result() == (Reading(138, 84, 68), Reading(141, 86, 68))
