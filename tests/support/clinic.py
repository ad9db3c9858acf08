"""A cabin in virtual time as somebody uses its clinic; every state shown is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.core.clinic import Reading
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import (
    UNDER_PRESSURE,
    ClinicResult,
    ClinicTrouble,
    Why,
)
from kiosk.core.visit.view import exits
from tests.support.virtually import Cabin

PATIENCE_S = 260.0
NORMAL = {"systolic": 118, "diastolic": 76, "pulse": 68}


class Clinic(Cabin):
    """Touches as a resident makes them. ``lies``: what a screen should never have shown."""

    def _publish(self, state: State) -> None:
        super()._publish(state)
        if isinstance(state.visit.step, UNDER_PRESSURE) and any(exits(state)):
            self.lies.append("a way out while the cuff may press")

    @property
    def step(self) -> Any:
        assert self.state is not None
        return self.state.visit.step

    @property
    def meter(self) -> Any:
        return self.cabin.lines["bp_meter"].model.state()

    def sit_down(self, **person: int) -> None:
        self.act("bp_meter", "person", **{**NORMAL, **person})

    def to_arm(self) -> None:
        """From the home screen to the arm in the cuff."""
        self.touch("home.clinic")
        assert self.screen == "clinic_welcome", self.screen
        self.touch("clinic.begin")
        assert self.screen == "clinic_rest", self.screen
        self.touch("clinic.rested")
        assert self.screen == "clinic_arm", self.screen

    def start(self) -> None:
        """Start, and wait until the cuff presses."""
        self.touch("clinic.start")
        assert self.screen == "clinic_measuring", self.screen
        self.until_pressed()

    def until_pressed(self, mmhg: int = 60) -> None:
        assert self.until(lambda: self.meter["pressure"] >= mmhg, 20), self.meter

    def measured(self, *screens: str) -> str:
        """Wait until the measurement is over; the screen that it led to."""
        under = ("clinic_measuring", "clinic_stopping")
        assert self.until(lambda: self.screen not in under, PATIENCE_S), self.step
        if screens:
            assert self.screen in screens, (self.screen, self.step)
        return self.screen

    def next_measurement(self, **person: int) -> None:
        """The pause, and one more."""
        assert self.screen == "clinic_pause", self.screen
        if person:
            self.sit_down(**person)
        assert self.until(lambda: self.step.left == 0, 120)
        self.start()

    def result(self) -> tuple[Reading, ...]:
        assert isinstance(self.step, ClinicResult), self.step
        return self.step.outcome.session.readings

    def failed_with(self, why: Why) -> None:
        self.measured("clinic_trouble")
        assert isinstance(self.step, ClinicTrouble)
        assert self.step.why is why, self.step.why


def open_clinic(folder: Path, seed: int = 0) -> Clinic:
    clinic = Clinic(folder, seed)
    ready = clinic.until(lambda: clinic.state.device("bp_meter").level.usable, 60)
    assert ready, clinic.state.devices
    return clinic


class ManualClinic(Clinic):
    """The other meter: it speaks at its end, and only its own key starts and stops it."""

    def configure(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('"rbp_meter"', '"ieee_meter"'), encoding="utf-8")

    def reads(self, **person: int) -> None:
        """Somebody has pressed the key, and the meter is done."""
        self.act("bp_meter_standard", "measure", **person)
