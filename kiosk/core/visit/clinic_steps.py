"""The steps of 一分钟诊所. Values live in them, and go with them: nothing else holds a reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.clinic import Reading


class Why(StrEnum):
    """Why a measurement brought no reading; the screens hold the sentences."""

    STOPPED = "stopped"
    UNSURE = "unsure"
    TOO_HIGH = "too_high"
    LEAK = "leak"
    MOVED = "moved"
    NO_PULSE = "no_pulse"
    DEFLATION = "deflation"
    BATTERY = "battery"
    MOTOR = "motor"
    IMPLAUSIBLE = "implausible"
    NO_RESULT = "no_result"
    NOT_STARTED = "not_started"
    NOT_READY = "not_ready"
    LOST = "lost"
    OTHER = "other"


class Paper(StrEnum):
    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Sending(StrEnum):
    """How far the result has come on its way to the person's record."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    NOT_A_CODE = "not_a_code"


@dataclass(frozen=True, slots=True)
class Session:
    """What has been measured in this visit. ``symptoms`` is None until they were asked for."""

    readings: tuple[Reading, ...] = ()
    symptoms: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished session. ``at`` is when, ISO 8601 with the offset, empty if no clock is known.

    ``sending_request`` numbers the sending to the record, and stays the same when it is tried
    again; 0 before the first. ``token`` is the code that was held to the reader, kept only as
    long as it may be needed again.
    """

    session: Session
    at: str = ""
    paper: Paper = Paper.NONE
    paper_request: int = 0
    sending: Sending = Sending.WAITING
    sending_request: int = 0
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ClinicWelcome:
    """What it is, how long it takes, who should not."""


@dataclass(frozen=True, slots=True)
class ClinicRest:
    """Sit still: ``left`` of ``total`` seconds."""

    left: int
    total: int
    session: Session = Session()


@dataclass(frozen=True, slots=True)
class ClinicArm:
    """Arm in, then start."""

    session: Session = Session()


@dataclass(frozen=True, slots=True)
class ClinicMeasuring:
    """The cuff may hold pressure. ``request`` is 0 if the meter's own key began it.

    ``mmhg`` is the newest pressure in the cuff, ``falling`` whether it has been higher,
    ``seconds`` how long it takes already. ``manual``: a meter that says nothing until its end.
    ``hint``: the help text stands in place of the usual one.
    """

    session: Session = Session()
    request: int = 0
    mmhg: int = 0
    falling: bool = False
    seconds: int = 0
    manual: bool = False
    hint: bool = False


@dataclass(frozen=True, slots=True)
class ClinicStopping:
    """The cuff is being let go. ``loud``: nobody knows whether it is; ``calm`` counts the seconds
    for which the air still runs out, once the meter has said that it does, ``seconds`` those
    before.
    """

    session: Session
    why: Why
    loud: bool = False
    heard: bool = False
    calm: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class ClinicTrouble:
    """No reading, and why."""

    session: Session
    why: Why


@dataclass(frozen=True, slots=True)
class ClinicPause:
    """One reading is there; ``left`` seconds until the next may begin."""

    session: Session
    left: int
    total: int


@dataclass(frozen=True, slots=True)
class ClinicSymptoms:
    """So high that it is asked how the person feels."""

    session: Session


@dataclass(frozen=True, slots=True)
class ClinicAlert:
    """立即就医或拨打 120, with the cabin's address."""

    session: Session


@dataclass(frozen=True, slots=True)
class ClinicResult:
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ClinicCode:
    """The result as a code for a phone; ``fhir``: for a doctor's computer."""

    outcome: Outcome
    fhir: bool = False


@dataclass(frozen=True, slots=True)
class ClinicRecord:
    """自助扫码: the result goes to the record of whoever holds their code to the reader."""

    outcome: Outcome


WithOutcome = ClinicResult | ClinicCode | ClinicRecord
ClinicStep = (
    ClinicWelcome
    | ClinicRest
    | ClinicArm
    | ClinicMeasuring
    | ClinicStopping
    | ClinicTrouble
    | ClinicPause
    | ClinicSymptoms
    | ClinicAlert
    | ClinicResult
    | ClinicCode
    | ClinicRecord
)
CLINIC_SCREENS: dict[type, str] = {
    ClinicWelcome: "clinic_welcome",
    ClinicRest: "clinic_rest",
    ClinicArm: "clinic_arm",
    ClinicMeasuring: "clinic_measuring",
    ClinicStopping: "clinic_stopping",
    ClinicTrouble: "clinic_trouble",
    ClinicPause: "clinic_pause",
    ClinicSymptoms: "clinic_symptoms",
    ClinicAlert: "clinic_alert",
    ClinicResult: "clinic_result",
    ClinicCode: "clinic_code",
    ClinicRecord: "clinic_record",
}
UNDER_PRESSURE = (ClinicMeasuring, ClinicStopping)
"""Steps at which the cuff may press: no way out but 停止, and nothing may cover that."""
