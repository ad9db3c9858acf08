"""The whole state of the cabin, as the engine holds it and the screens see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.access import Operator
from kiosk.core.bills import Institution
from kiosk.core.booklet import BookletRules
from kiosk.core.clinic import ClinicRules
from kiosk.core.means import Means
from kiosk.core.money import Fen
from kiosk.core.notices import Notice
from kiosk.core.order import Order
from kiosk.core.overrides import Overrides
from kiosk.core.printing import PrintShop
from kiosk.core.rice import RiceShop
from kiosk.core.visit.steps import Visit


class Level(StrEnum):
    """The status words of a device or gateway. Unknown is never good (design, Devices)."""

    READY = "ready"
    BUSY = "busy"
    ATTENTION = "attention"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"

    @property
    def usable(self) -> bool:
        return self in (Level.READY, Level.BUSY, Level.ATTENTION)


@dataclass(frozen=True, slots=True)
class Device:
    level: Level = Level.UNKNOWN
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the configuration the core needs; amounts in fen, times in seconds.

    ``booklet`` is None in a cabin that gives none out.
    ``volume_steps`` is 0 where the cabin has no voice; ``volume`` and ``night_volume`` are the
    steps that a visit begins with. ``operators`` are the staff; their screens wait
    ``maintenance_s`` for a touch.
    """

    cabin_id: str
    cabin_name: str
    address: str
    means: tuple[Means, ...]
    payment_max_fen: Fen = 500_000
    day_max_fen: Fen = 3_000_000
    refund_days: int = 3
    contacts: tuple[Contact, ...] = ()
    idle_warning_s: float = 90
    idle_reset_s: float = 30
    attract_after_s: float = 180
    receipt_patience_s: int = 8
    printing: PrintShop | None = None
    clinic: ClinicRules | None = None
    notices: tuple[Notice, ...] = ()
    booklet: BookletRules | None = None
    rice: RiceShop | None = None
    volume_steps: int = 5
    volume: int = 3
    night_volume: int = 1
    operators: tuple[Operator, ...] = ()
    maintenance_s: float = 300


@dataclass(frozen=True, slots=True)
class ClockFace:
    """The wall clock for display only: local month, day, weekday (Monday is 0), ``"20:15"``.

    ``iso`` is the same minute with its year and offset, for what a person takes along.
    """

    month: int = 1
    day: int = 1
    weekday: int = 0
    text: str = "--:--"
    night: bool = False
    iso: str = ""


PRINTER = "receipt_printer"
SCANNER = "scanner"
BILLER = "biller"
BP_METER = "bp_meter"


@dataclass(frozen=True, slots=True)
class State:
    """``version`` counts the states; ``fresh_since`` is the first that offered what this offers.

    A touch drawn from an older version than ``fresh_since`` is dropped (design, screens).
    ``next_order_id`` lies ready so that the visit can open an order without asking back.
    ``parked`` names the orders of which something has happened that can't be written yet.
    ``knocked``: somebody of the staff wants to sign in as soon as nobody is in the middle of
    something.
    """

    rules: Rules
    version: int = 0
    fresh_since: int = 0
    visit: Visit = field(default_factory=Visit)
    orders: Mapping[str, Order] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    institutions: tuple[Institution, ...] = ()
    face: ClockFace = ClockFace()
    paid_today_fen: Fen = 0
    next_order_id: str = ""
    journal_trouble: str = ""
    parked: frozenset[str] = frozenset()
    knocked: bool = False
    overrides: Overrides = field(default_factory=Overrides)

    def device(self, role: str) -> Device:
        return self.devices.get(role, Device(Level.UNKNOWN, "never_heard"))
