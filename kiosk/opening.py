"""What can be said before anything was asked: the first picture needs no journal and no machine."""

from __future__ import annotations

import datetime
import time

from kiosk.core.means import Means
from kiosk.core.state import ClockFace, Contact, Rules, State
from kiosk.settings import Settings


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
        tuple(Contact(x.name, x.phone, x.hours) for x in settings.contacts),
        times.idle_warning,
        times.idle_reset,
        times.attract_after,
        int(times.receipt_patience),
        voice.steps if voice.output != "none" else 0,
        voice.volume,
        voice.night_volume,
    )


def face_of(settings: Settings, local: time.struct_time) -> ClockFace:
    """The clock as it is shown, with the light of that hour."""
    return ClockFace(
        local.tm_mon,
        local.tm_mday,
        local.tm_wday,
        f"{local.tm_hour:02d}:{local.tm_min:02d}",
        settings.night.contains(datetime.time(local.tm_hour, local.tm_min)),
    )
