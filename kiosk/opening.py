"""What can be said before anything was asked: the first picture needs no journal and no machine."""

from __future__ import annotations

import datetime
import time

from kiosk.core.access import Operator
from kiosk.core.clinic import ClinicRules
from kiosk.core.means import Means
from kiosk.core.printing import DOCUMENT_PRINTER, SCANNER, PrintShop
from kiosk.core.state import BP_METER, ClockFace, Contact, Rules, State
from kiosk.settings import NO_STICK, Settings

REMOTE_START = ("rbp_meter",)
"""Drivers of meters that can be started and stopped from here; others have only their own key."""


def opening_state(settings: Settings, wall: float) -> State:
    """The state before the books are open: nothing is known of any machine, nothing is offered."""
    return State(rules_of(settings, ()), face=face_of(settings, time.localtime(wall)))


def rules_of(settings: Settings, means: tuple[Means, ...]) -> Rules:
    """What of the configuration the core needs."""
    times, voice = settings.times, settings.voice
    return Rules(
        settings.cabin.id,
        settings.cabin.name,
        settings.cabin.address,
        means,
        settings.limits.payment_max_fen,
        settings.limits.day_max_fen,
        settings.refund.days,
        _contacts_of(settings),
        times.idle_warning,
        times.idle_reset,
        times.attract_after,
        int(times.receipt_patience),
        printing=shop_of(settings),
        clinic=clinic_rules(settings),
        notices=settings.notices,
        booklet=settings.booklet,
        rice=settings.rice,
        volume_steps=voice.steps if voice.output != "none" else 0,
        volume=voice.volume,
        night_volume=voice.night_volume,
        operators=tuple(Operator(x.id, x.name, x.role) for x in settings.operators),
        maintenance_s=times.maintenance,
    )


def _contacts_of(settings: Settings) -> tuple[Contact, ...]:
    """Whom to call. Sentences send people to these numbers, so there is always one."""
    if not settings.contacts:
        return (Contact(settings.cabin.name, settings.cabin.operator_phone, ""),)
    return tuple(Contact(x.name, x.phone, x.hours) for x in settings.contacts)


def shop_of(settings: Settings) -> PrintShop | None:
    """What can be printed here, None if nothing."""
    made = settings.printing
    if made is None or DOCUMENT_PRINTER not in settings.devices:
        return None
    phone = settings.gateways.relay is not None
    scanner = SCANNER in settings.devices
    stick = made.stick != NO_STICK
    return PrintShop(made.rule, phone, stick, made.both_sides, made.colour, scanner)


def clinic_rules(settings: Settings) -> ClinicRules | None:
    """The clinic of a cabin that has a meter for it."""
    meter = settings.devices.get(BP_METER)
    if meter is None:
        return None
    clinic = settings.clinic
    return ClinicRules(
        int(clinic.rest_s),
        int(clinic.pause_s),
        clinic.difference,
        remote_start=meter.driver in REMOTE_START,
        record=settings.gateways.record is not None,
        fhir=clinic.fhir,
    )


def _iso(local: time.struct_time) -> str:
    """``2026-11-22T20:15:00+08:00``: the minute, with the offset of where the cabin stands."""
    offset = datetime.timedelta(seconds=local.tm_gmtoff or 0)
    zone = datetime.timezone(offset)
    moment = datetime.datetime(
        local.tm_year, local.tm_mon, local.tm_mday, local.tm_hour, local.tm_min, tzinfo=zone
    )
    return moment.isoformat()


def face_of(settings: Settings, local: time.struct_time) -> ClockFace:
    """The clock as it is shown, with the light of that hour."""
    return ClockFace(
        local.tm_mon,
        local.tm_mday,
        local.tm_wday,
        f"{local.tm_hour:02d}:{local.tm_min:02d}",
        settings.night.contains(datetime.time(local.tm_hour, local.tm_min)),
        _iso(local),
    )
