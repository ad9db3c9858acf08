"""Taking a result of the clinic along: paper, a code for a phone, the person's health record."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.events import Printing
from kiosk.core.state import PRINTER, State
from kiosk.core.visit import clinic_messages as cm
from kiosk.core.visit.clinic_common import keep, rules_of
from kiosk.core.visit.clinic_steps import (
    ClinicCode,
    ClinicRecord,
    ClinicResult,
    Outcome,
    Paper,
    Sending,
    WithOutcome,
)
from kiosk.core.visit.common import Moved, go, leave, next_request, stay


def touched(state: State, target: str, step: WithOutcome) -> Moved:
    outcome = step.outcome
    match target:
        case "clinic.done":
            return leave(state)
        case "clinic.print" if outcome.paper is not Paper.PRINTING:
            return _print(state, outcome)
        case "clinic.code":
            return go(state, ClinicCode(outcome))
        case "clinic.fhir" if isinstance(step, ClinicCode) and rules_of(state).fhir:
            return go(state, replace(step, fhir=not step.fhir))
        case "clinic.record" if rules_of(state).record:
            return go(state, ClinicRecord(outcome))
        case "clinic.send_again" if outcome.token and outcome.sending is Sending.UNKNOWN:
            return _send(state, outcome)
        case _:
            return stay(state)


def scanned_something_else(state: State) -> Moved:
    """A bill or another code at the reader: it leads nowhere from here."""
    step = state.visit.step
    waits = (Sending.WAITING, Sending.REFUSED, Sending.NOT_SENT)
    if isinstance(step, ClinicRecord) and step.outcome.sending in waits:
        return _with(state, replace(step.outcome, sending=Sending.NOT_A_CODE)), ()
    return stay(state)


def _with(state: State, outcome: Outcome) -> State:
    step = state.visit.step
    assert isinstance(step, WithOutcome), "the caller has looked"
    return keep(state, replace(step, outcome=outcome))


def _print(state: State, outcome: Outcome) -> Moved:
    """Print; if the printer can't, the code is the paper."""
    if not state.device(PRINTER).level.usable:
        return go(state, ClinicCode(replace(outcome, paper=Paper.FAILED)))
    state, request = next_request(state)
    outcome = replace(outcome, paper=Paper.PRINTING, paper_request=request)
    return go(state, ClinicResult(outcome), cm.PrintResult(request, outcome))


def slip_answered(state: State, event: cm.SlipAnswered) -> Moved:
    step = state.visit.step
    if not isinstance(step, WithOutcome) or step.outcome.paper_request != event.request:
        return stay(state)
    if event.result is Printing.PRINTED:
        return _with(state, replace(step.outcome, paper=Paper.PRINTED)), ()
    unknown = event.result is Printing.UNKNOWN
    outcome = replace(step.outcome, paper=Paper.UNKNOWN if unknown else Paper.FAILED)
    return go(state, ClinicCode(outcome))


def token(state: State, token: str) -> Moved:
    """Only on the page that asks for it, and once."""
    step = state.visit.step
    if not isinstance(step, ClinicRecord):
        return stay(state)
    if step.outcome.sending in (Sending.SENDING, Sending.SENT, Sending.UNKNOWN):
        return stay(state)
    state, request = next_request(state)
    return _send(state, replace(step.outcome, token=token, sending_request=request))


def _send(state: State, outcome: Outcome) -> Moved:
    outcome = replace(outcome, sending=Sending.SENDING)
    return go(state, ClinicRecord(outcome), cm.SendResult(outcome.sending_request, outcome))


def record_answered(state: State, event: cm.RecordAnswered) -> Moved:
    step = state.visit.step
    if not isinstance(step, WithOutcome) or step.outcome.sending_request != event.request:
        return stay(state)
    token = step.outcome.token if event.result is Sending.UNKNOWN else ""
    return _with(state, replace(step.outcome, sending=event.result, token=token)), ()
