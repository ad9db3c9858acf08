"""A simulated resident who comes to have their blood pressure measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import (
    ClinicCode,
    ClinicPause,
    ClinicRecord,
    ClinicRest,
    ClinicResult,
    ClinicStopping,
    ClinicTrouble,
    Paper,
    Sending,
)
from kiosk.residents import ENOUGH, Act, Errand, Outdoors, Resident, Touch

METER = "bp_meter"
TOKEN = "0123456789012345678901234567"
"""A health-record code of nobody's: the simulated record takes any that is well formed."""


@dataclass(frozen=True, slots=True)
class ClinicErrand:
    """``readings``: systolic, diastolic and pulse of each measurement, the last for all further.

    ``rests``: they sit still as long as they are asked to. ``takes`` is how the result goes with
    them: ``paper``, ``code``, ``record`` or ``nothing``. ``stops``: they touch 停止 once.
    """

    readings: tuple[tuple[int, int, int], ...] = ((118, 76, 68),)
    rests: bool = True
    takes: str = "paper"
    stops: bool = False
    feels_ill: bool = False


class Patient(Resident):
    """Wants their blood pressure, and nothing else. ``measured`` counts the readings shown."""

    tile = "home.clinic"

    def __init__(self, errand: ClinicErrand) -> None:
        super().__init__(Errand((), when_unknown="leave"))
        self.clinic = errand
        self.measured = 0
        self._over = False
        self._taken: Counter[str] = Counter()
        self._sat = -1

    @property
    def done(self) -> bool:
        return self._over

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        step = state.visit.step
        match screen:
            case "clinic_welcome":
                return Touch("clinic.begin") if self._done[screen] < ENOUGH else self._give_up()
            case "clinic_rest":
                waits = isinstance(step, ClinicRest) and self.clinic.rests and step.left
                return None if waits else Touch("clinic.rested")
            case "clinic_arm":
                return self._begin()
            case "clinic_measuring":
                stops = self.clinic.stops and not self._done[screen]
                return Touch("clinic.stop") if stops else None
            case "clinic_stopping" if isinstance(step, ClinicStopping):
                return Touch("clinic.arm_out") if step.loud else None
            case "clinic_trouble" if isinstance(step, ClinicTrouble):
                return self._again(step)
            case "clinic_pause" if isinstance(step, ClinicPause):
                return None if step.left else self._begin()
            case "clinic_symptoms":
                return Touch(f"clinic.symptoms.{'yes' if self.clinic.feels_ill else 'no'}")
            case "clinic_alert":
                return Touch("clinic.result")
            case "clinic_result" | "clinic_code" | "clinic_record":
                return self._with_result(step)
            case _:
                return super()._at(screen, state, order)

    def _begin(self) -> Act:
        """Sit down as the person of the next reading, then start."""
        number = self._taken["start"]
        if self._sat != number:
            self._sat = number
            last = len(self.clinic.readings) - 1
            top, bottom, pulse = self.clinic.readings[min(number, last)]
            body: dict[str, object] = {"systolic": top, "diastolic": bottom, "pulse": pulse}
            return Outdoors(METER, "person", body)
        if number >= 2 * ENOUGH:
            return self._give_up()
        self._taken["start"] += 1
        return Touch("clinic.start")

    def _again(self, step: ClinicTrouble) -> Act:
        if self._done["clinic_trouble"] < 2:
            return Touch("clinic.again")
        return Touch("clinic.enough") if step.session.readings else self._give_up()

    def _with_result(self, step: object) -> Act | None:
        if not isinstance(step, ClinicResult | ClinicCode | ClinicRecord):
            return None
        self._over = True
        outcome = step.outcome
        self.measured = len(outcome.session.readings)
        wants = self.clinic.takes
        if outcome.paper is Paper.PRINTING or outcome.sending is Sending.SENDING:
            return None
        if wants != "nothing" and not self._taken[wants]:
            self._taken[wants] += 1
            return Touch(f"clinic.{'print' if wants == 'paper' else wants}")
        if isinstance(step, ClinicRecord) and not self._taken["token"]:
            self._taken["token"] += 1
            return Outdoors("scanner", "scan", {"code": TOKEN})
        back = isinstance(step, ClinicCode | ClinicRecord)
        return Touch("nav.back" if back else "clinic.done")
