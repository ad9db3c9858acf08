"""What a device's health and a command's end are called, the same for every device.

Sources: Design, "Devices" (the five levels; exactly one completion a command; unknown is never
good); requirements R15, R16, R18.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a device is. `UNKNOWN` is never good: nothing paid for starts on it."""

    READY = "ready"
    BUSY = "busy"
    ATTENTION = "attention"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


_UNHEARD = frozenset(
    (
        "no_answer",
        "other_device",
        "untrusted",
        "stop_unacknowledged",
        "port_missing",
        "port_busy",
        "port_forbidden",
        "port_error",
        "unplugged",
        "write_timeout",
        "stuck",
        "stopped",
        "moved",
        "driver_error",
    )
)
"""Reasons of `UNAVAILABLE` that are the line's or the driver's; all others the machine told us."""


@dataclass(frozen=True, slots=True)
class Status:
    """A device's health.

    `reason` is a stable code ("no_answer", "paper_out", "paper_low", "cover_open", "port_missing",
    ...), empty when ready; `detail` is for technicians (port, bytes, the system's own words) and
    never holds personal data.
    """

    level: Level
    reason: str = ""
    detail: str = ""

    @property
    def usable(self) -> bool:
        """Whether work may begin: ready, or in need of attention but working."""
        return self.level in (Level.READY, Level.ATTENTION)

    @property
    def answered(self) -> bool:
        """Whether the machine is there and speaks its language, well or with a complaint."""
        if self.level is Level.UNAVAILABLE:
            return self.reason not in _UNHEARD
        return self.level is not Level.UNKNOWN


@dataclass(frozen=True, slots=True)
class Success:
    """It was done; `value` is what the device said of it."""

    value: object = None


@dataclass(frozen=True, slots=True)
class Failed:
    """For certain not done.

    `code` is the device's own code (or a stable word of the driver's), `meaning` that code in
    English words, `value` what the device said beside it.
    """

    code: str
    meaning: str = ""
    value: object = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Taken back before anything irreversible left this machine."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Time ran out, and for certain nothing irreversible had been sent."""


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """Something irreversible was sent and nobody knows what became of it; `reason` is stable."""

    reason: str


Completion = Success | Failed | Cancelled | TimedOut | OutcomeUnknown
