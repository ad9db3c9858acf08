"""What the clinic's decisions share: whether it can be used, what works, how a step is kept."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.clinic import ClinicRules
from kiosk.core.state import BP_METER, State
from kiosk.core.visit.clinic_steps import (
    UNDER_PRESSURE,
    ClinicPause,
    ClinicRest,
    ClinicStep,
    ClinicStopping,
    Paper,
    Sending,
    WithOutcome,
)
from kiosk.core.visit.steps import Overlay

LONGEST_S = 205
"""Longer than the driver's own watch (170 s, and 30 s for the result): then something is wrong."""
WAKES = ("not_associated", "released", "aborted", "configuring")
"""A meter that is asleep between measurements: its own key wakes it."""


def trouble(state: State) -> str:
    """Return why nobody can measure now, empty if they can."""
    rules, device = state.rules.clinic, state.device(BP_METER)
    if rules is None:
        return BP_METER
    if "clinic" in state.overrides.off:
        return f"{BP_METER}:closed"
    asleep = not rules.remote_start and device.reason in WAKES
    return "" if device.level.usable or asleep else BP_METER


def rules_of(state: State) -> ClinicRules:
    return state.rules.clinic or ClinicRules()


def works(state: State) -> bool:
    """Whether something runs for the person: nobody is asked whether they are still there."""
    step = state.visit.step
    waits = isinstance(step, ClinicRest | ClinicPause) and step.left > 0
    printing = isinstance(step, WithOutcome) and step.outcome.paper is Paper.PRINTING
    sending = isinstance(step, WithOutcome) and step.outcome.sending is Sending.SENDING
    # A cuff that nobody can hear of for so long has let go by itself (protocol, 2: 180 s).
    over = isinstance(step, ClinicStopping) and step.seconds >= LONGEST_S
    return waits or printing or sending or (isinstance(step, UNDER_PRESSURE) and not over)


def keep(state: State, step: ClinicStep) -> State:
    """The same place with other values: an overlay stays, unless 停止 must be in reach."""
    overlay = Overlay.NONE if isinstance(step, UNDER_PRESSURE) else state.visit.overlay
    return replace(state, visit=replace(state.visit, step=step, overlay=overlay))
