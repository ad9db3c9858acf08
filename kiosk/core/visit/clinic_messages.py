"""What the meter, the paper and the health record tell a visit, and what it wants of them.

None of it is ever journalled, and none of it names a value in its ``repr``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core.events import Printing
from kiosk.core.visit.clinic_steps import Outcome, Sending, Why
from kiosk.core.visit.messages import VisitCommand, VisitEvent


@dataclass(frozen=True, slots=True)
class ClinicEvent(VisitEvent):
    pass


@dataclass(frozen=True, slots=True)
class CuffPressed(ClinicEvent):
    """The pressure in the cuff now, in mmHg, whoever began the measurement."""

    mmhg: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class MeterRead(ClinicEvent):
    """A finished measurement as the meter said it: mmHg and beats a minute, None if missing.

    ``request`` is that of the measurement it ends, 0 if the meter's own key began it.
    """

    request: int
    systolic: float | None = field(repr=False)
    diastolic: float | None = field(repr=False)
    pulse: float | None = field(repr=False)
    mean: float | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MeterFailed(ClinicEvent):
    """A measurement ended without a result. ``request`` as above."""

    request: int
    why: Why


@dataclass(frozen=True, slots=True)
class MeterStopped(ClinicEvent):
    """The meter has said that it lets the cuff go; or, ``sure`` false, nobody knows."""

    sure: bool


@dataclass(frozen=True, slots=True)
class SlipAnswered(ClinicEvent):
    request: int
    result: Printing


@dataclass(frozen=True, slots=True)
class TokenScanned(ClinicEvent):
    """Somebody's code for their health record."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecordAnswered(ClinicEvent):
    request: int
    result: Sending


@dataclass(frozen=True, slots=True)
class ClinicCommand(VisitCommand):
    pass


@dataclass(frozen=True, slots=True)
class MeasureNow(ClinicCommand):
    request: int


@dataclass(frozen=True, slots=True)
class StopMeter(ClinicCommand):
    """Let the cuff go, now. Said once too often it does no harm."""


@dataclass(frozen=True, slots=True)
class PrintResult(ClinicCommand):
    request: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SendResult(ClinicCommand):
    """Send the outcome to the record of its token. The same ``request`` is the same sending."""

    request: int
    outcome: Outcome
