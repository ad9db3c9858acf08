"""一分钟诊所: what happens at its steps. Pure; readings live in the step and nowhere else.

One rule stands over the others: whatever ends a measurement other than by its result sends stop,
and nothing that isn't a plausible reading ever becomes a grade.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import clinic
from kiosk.core.state import BP_METER, Level, State
from kiosk.core.visit import clinic_messages as cm
from kiosk.core.visit import clinic_outcome
from kiosk.core.visit.clinic_common import LONGEST_S, WAKES, keep, rules_of, trouble
from kiosk.core.visit.clinic_steps import (
    ClinicAlert,
    ClinicArm,
    ClinicCode,
    ClinicMeasuring,
    ClinicPause,
    ClinicRecord,
    ClinicRest,
    ClinicResult,
    ClinicStopping,
    ClinicSymptoms,
    ClinicTrouble,
    ClinicWelcome,
    Outcome,
    Session,
    Why,
)
from kiosk.core.visit.common import (
    ATTRACT,
    IDLE,
    RESET,
    TICK,
    Moved,
    go,
    leave,
    next_request,
    stay,
)
from kiosk.core.visit.messages import DeviceChanged, Ring, Touched
from kiosk.core.visit.steps import Attract, Home

LOADED_MMHG = 20
"""A cuff with less presses nobody (the driver's own limit for a cuff that has come down)."""
CALM_S = 5
"""So long the air runs out after stop is acknowledged (protocol, 2: below 15 mmHg within 4 s)."""
EARLIEST_S = 10
"""A meter that speaks only at its end can't have measured in less: that reading is older."""


def enter(state: State) -> Moved:
    """量血压: begin."""
    return go(state, ClinicWelcome())


def touched(state: State, touch: Touched) -> Moved:
    """A touch at one of the clinic's steps."""
    step = state.visit.step
    match step, touch.target:
        case ClinicWelcome(), "clinic.begin":
            return _rest(state, Session())
        case ClinicRest(), "clinic.rested":
            return _to_arm(state, step.session)
        case ClinicArm() | ClinicPause(), "clinic.start":
            return _start(state, step.session)
        case ClinicPause(), "clinic.enough":
            return _finish(state, step.session)
        case ClinicStopping(), "clinic.arm_out" if step.loud:
            # The meter never said that it stopped, so nobody says that it did.
            unsure = step.why in (Why.STOPPED, Why.TOO_HIGH)
            why = Why.UNSURE if unsure else step.why
            return go(state, ClinicTrouble(step.session, why), Ring(TICK, 0))
        case ClinicTrouble(), "clinic.again":
            return _to_arm(state, step.session)
        case ClinicTrouble(), "clinic.enough" if step.session.readings:
            return _finish(state, step.session)
        case ClinicSymptoms(), "clinic.symptoms.yes":
            return go(state, ClinicAlert(replace(step.session, symptoms=True)))
        case ClinicSymptoms(), "clinic.symptoms.no":
            return _after_reading(state, replace(step.session, symptoms=False))
        case ClinicAlert(), "clinic.result":
            return _finish(state, step.session)
        case ((ClinicResult() | ClinicCode() | ClinicRecord()), _):
            return clinic_outcome.touched(state, touch.target, step)
        case _:
            return stay(state)


def stop(state: State) -> Moved:
    """停止, at whatever step: it goes out first, and what is shown comes second."""
    step = state.visit.step
    if isinstance(step, ClinicMeasuring):
        return _let_go(state, step, Why.STOPPED)
    return state, (cm.StopMeter(),)


def help_beside_stop(state: State, step: ClinicMeasuring) -> Moved:
    """帮助 while the cuff presses: on the same page, since nothing may cover 停止."""
    return keep(state, replace(step, hint=not step.hint)), ()


def back(state: State) -> Moved:
    step = state.visit.step
    if isinstance(step, ClinicRest) and not step.session.readings:
        return go(state, ClinicWelcome(), Ring(TICK, 0))
    if isinstance(step, ClinicArm) and not step.session.readings:
        return go(state, ClinicWelcome())
    if isinstance(step, ClinicCode | ClinicRecord):
        return go(state, ClinicResult(step.outcome))
    return leave(state)


def _rest(state: State, session: Session) -> Moved:
    seconds = rules_of(state).rest_s
    if seconds <= 0:
        return _to_arm(state, session)
    return go(state, ClinicRest(seconds, seconds, session), Ring(TICK, 1))


def _to_arm(state: State, session: Session) -> Moved:
    return go(state, ClinicArm(session), Ring(TICK, 0))


def _start(state: State, session: Session) -> Moved:
    if trouble(state):
        return go(state, ClinicTrouble(session, Why.NOT_READY), Ring(TICK, 0))
    if not rules_of(state).remote_start:
        return go(state, ClinicMeasuring(session, manual=True), Ring(TICK, 1))
    state, request = next_request(state)
    return go(state, ClinicMeasuring(session, request), cm.MeasureNow(request), Ring(TICK, 1))


# What the meter says.


def happened(state: State, event: cm.ClinicEvent) -> Moved:
    """Something that the meter, the paper or the record says."""
    match event:
        case cm.CuffPressed():
            return _pressed(state, event.mmhg)
        case cm.MeterRead():
            return _read(state, event)
        case cm.MeterFailed():
            return _failed(state, event)
        case cm.MeterStopped():
            return _stopped(state, sure=event.sure)
        case cm.SlipAnswered():
            return clinic_outcome.slip_answered(state, event)
        case cm.TokenScanned():
            return clinic_outcome.token(state, event.token)
        case cm.RecordAnswered():
            return clinic_outcome.record_answered(state, event)
        case _:
            raise TypeError(f"unknown event {type(event).__name__}")


def _pressed(state: State, mmhg: int) -> Moved:
    step = state.visit.step
    if isinstance(step, ClinicMeasuring):
        return keep(state, replace(step, mmhg=mmhg, falling=mmhg < step.mmhg)), ()
    measures = state.device(BP_METER).level is Level.BUSY
    if isinstance(step, ClinicStopping) or mmhg < LOADED_MMHG or not measures:
        return stay(state)
    if isinstance(step, Home | Attract):
        session = Session()
    elif isinstance(step, ClinicWelcome | ClinicRest | ClinicArm | ClinicPause | ClinicTrouble):
        session = Session() if isinstance(step, ClinicWelcome) else step.session
    else:
        # Somewhere else nothing shows 停止: a cuff that can't be stopped from here is let go.
        return state, (cm.StopMeter(),)
    awake = (Ring(ATTRACT, 0), Ring(RESET, 0), Ring(IDLE, state.rules.idle_warning_s))
    return go(state, ClinicMeasuring(session, mmhg=mmhg), Ring(TICK, 1), *awake)


def _read(state: State, event: cm.MeterRead) -> Moved:
    step = state.visit.step
    if not isinstance(step, ClinicMeasuring) or event.request != step.request:
        return stay(state)
    if step.manual and step.seconds < EARLIEST_S:
        return stay(state)
    found = clinic.reading_of(event.systolic, event.diastolic, event.pulse, event.mean)
    if found is None:
        return _let_go(state, step, Why.IMPLAUSIBLE)
    session = replace(step.session, readings=(*step.session.readings, found))
    state, commands = _after_reading(state, session)
    return state, (*commands, Ring(IDLE, state.rules.idle_warning_s))


def _after_reading(state: State, session: Session) -> Moved:
    """Alarms first; then the next measurement, or the end."""
    last = session.readings[-1]
    if clinic.emergency(last):
        return go(state, ClinicAlert(session), Ring(TICK, 0))
    if clinic.alarming(last) and session.symptoms is None:
        return go(state, ClinicSymptoms(session), Ring(TICK, 0))
    rules = rules_of(state)
    if not clinic.another_wanted(session.readings, rules.difference):
        return _finish(state, session)
    return go(state, ClinicPause(session, rules.pause_s, rules.pause_s), Ring(TICK, 1))


def _finish(state: State, session: Session) -> Moved:
    outcome = Outcome(session, at=state.face.iso)
    return go(state, ClinicResult(outcome), Ring(TICK, 0))


def _failed(state: State, event: cm.MeterFailed) -> Moved:
    step = state.visit.step
    if not isinstance(step, ClinicMeasuring) or event.request != step.request:
        return stay(state)
    return _let_go(state, step, event.why)


def _let_go(state: State, step: ClinicMeasuring, why: Why) -> Moved:
    """No reading: stop goes out whatever the reason, and the screen waits until it is heard."""
    stopping = ClinicStopping(step.session, why)
    return go(state, stopping, cm.StopMeter(), Ring(TICK, 1))


def _stopped(state: State, *, sure: bool) -> Moved:
    step = state.visit.step
    if not isinstance(step, ClinicStopping):
        return stay(state)
    if sure:
        return keep(state, replace(step, heard=True, loud=False)), ()
    if step.heard:
        return stay(state)
    return keep(state, replace(step, loud=True)), ()


def device_changed(state: State, event: DeviceChanged) -> Moved:
    """The meter's status: what is connected again has acknowledged the stop it begins with."""
    step = state.visit.step
    if event.role != BP_METER:
        return stay(state)
    if isinstance(step, ClinicStopping) and step.loud and event.device.level.usable:
        return _stopped(state, sure=True)
    if not isinstance(step, ClinicMeasuring) or event.device.level.usable:
        return stay(state)
    if event.device.reason in WAKES:
        return stay(state)
    if event.device.reason in ("stopping", "asking"):
        # The driver has stopped a measurement that the meter's own key began.
        return stay(state) if step.request else _let_go(state, step, Why.NO_RESULT)
    return _let_go(state, step, Why.LOST)


# Time.


def ticked(state: State) -> Moved:
    """A second has passed."""
    step = state.visit.step
    match step:
        case ClinicRest() | ClinicPause() if step.left > 1:
            return keep(state, replace(step, left=step.left - 1)), (Ring(TICK, 1),)
        case ClinicRest() | ClinicPause():
            # The screen only says that it is time: it never changes by itself (standards, time).
            return keep(state, replace(step, left=0)), (Ring(IDLE, state.rules.idle_warning_s),)
        case ClinicMeasuring() if step.seconds >= LONGEST_S:
            return _let_go(state, step, Why.NO_RESULT)
        case ClinicMeasuring():
            return keep(state, replace(step, seconds=step.seconds + 1)), (Ring(TICK, 1),)
        case ClinicStopping() if not step.heard and step.seconds < LONGEST_S:
            return keep(state, replace(step, seconds=step.seconds + 1)), (Ring(TICK, 1),)
        case ClinicStopping() if not step.heard:
            return state, (Ring(IDLE, state.rules.idle_warning_s),)
        case ClinicStopping() if step.calm + 1 < CALM_S:
            return keep(state, replace(step, calm=step.calm + 1)), (Ring(TICK, 1),)
        case ClinicStopping():
            idle = Ring(IDLE, state.rules.idle_warning_s)
            return go(state, ClinicTrouble(step.session, step.why), idle)
        case _:
            return stay(state)
