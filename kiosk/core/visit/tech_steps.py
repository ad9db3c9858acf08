"""The staff's screens as steps, and what they are told. Frozen values; nothing here is a secret.

Times are wall time in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.money import Fen
from kiosk.core.order import Order
from kiosk.core.settling import Question
from kiosk.core.visit.tech_base import TechStep

MOST_ORDERS = 60
"""So many orders at once, the newest first: who wants others says more of them."""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: ``level`` is a word of ``kiosk.core.state.Level``. None: nobody knows.

    ``why`` is the reason in words, ``advice`` what a person can do about it.
    """

    role: str
    title: str
    driver: str
    port: str
    level: str
    reason: str = ""
    detail: str = ""
    since_ms: int | None = None
    identity: str = ""
    firmware: str = ""
    answered_ms: int | None = None
    errors: tuple[tuple[str, int], ...] = ()
    counters: tuple[tuple[str, str], ...] = ()
    why: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CabinRow:
    """A fact of the cabin. ``sign``: ``ok``, ``attention``, ``bad`` or ``unknown``."""

    name: str
    value: str
    sign: str = "ok"


@dataclass(frozen=True, slots=True)
class Survey:
    """Devices and cabin at one moment."""

    at_ms: int
    devices: tuple[DeviceRow, ...] = ()
    cabin: tuple[CabinRow, ...] = ()

    def device(self, role: str) -> DeviceRow | None:
        return next((x for x in self.devices if x.role == role), None)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list."""

    order_id: str
    opened_ms: int
    amount_fen: Fen
    word: str
    closed: bool
    needs_person: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """One row of an order's life; ``facts`` as the journal tells them, personal ones masked."""

    at_ms: int
    kind: str
    facts: tuple[tuple[str, str], ...] = ()
    agrees: bool = True


@dataclass(frozen=True, slots=True)
class Life:
    """An order's rows and where they led. ``trouble``: why the rest can't be told."""

    order: Order | None
    moments: tuple[Moment, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """Something that is used up. ``used`` since ``refilled_ms`` (None: since the books began)."""

    id: str
    title: str
    unit: str
    used: int
    refilled_ms: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class ConfigFound:
    """The configuration in use, a new one beside it, and the one before.

    ``mistakes`` are those of the new file; ``new`` and ``old``: whether there is one, and when it
    was written.
    """

    path: str
    in_use_ms: int
    new_ms: int | None = None
    old_ms: int | None = None
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TechOverview(TechStep):
    screen = "tech_overview"
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class TechDevice(TechStep):
    screen = "tech_device"
    role: str = ""
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class TechCabin(TechStep):
    screen = "tech_cabin"
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class TechOrders(TechStep):
    """``sought``: ``waiting``, ``day``, ``number`` or ``amount``, with its ``value``.

    ``found`` is None while the books are being read.
    """

    screen = "tech_orders"

    sought: str = "waiting"
    value: str = ""
    found: tuple[OrderLine, ...] | None = None
    request: int = 0


@dataclass(frozen=True, slots=True)
class TechNumber(TechStep):
    """A number is typed. ``what``: ``number``, ``amount``, ``day``, ``units`` or ``price``."""

    screen = "tech_number"

    what: str = ""
    digits: str = ""
    back: TechStep | None = None


@dataclass(frozen=True, slots=True)
class TechOrder(TechStep):
    """``said``: what became of what was last asked for: ``printing``, ``printed``,
    ``not_printed``, ``settled``, ``not_settled``.
    """

    screen = "tech_order"

    order_id: str = ""
    life: Life | None = None
    request: int = 0
    said: str = ""
    back: TechOrders | None = None


@dataclass(frozen=True, slots=True)
class TechSettle(TechStep):
    """A person says what nobody knew: which question, the answer, how it was found out."""

    screen = "tech_settle"

    order: Order | None = None
    question: Question | None = None
    verdict: str = ""
    units: int = 0
    reason: str = ""
    back: TechOrder | None = None


@dataclass(frozen=True, slots=True)
class TechSupplies(TechStep):
    screen = "tech_supplies"
    supplies: tuple[Supply, ...] | None = None
    request: int = 0


@dataclass(frozen=True, slots=True)
class TechSettings(TechStep):
    screen = "tech_settings"


@dataclass(frozen=True, slots=True)
class TechConfig(TechStep):
    """``said``: ``taken``, ``not_taken`` or empty."""

    screen = "tech_config"

    found: ConfigFound | None = None
    request: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class TechConfirm(TechStep):
    """Once more before it is done. ``what`` is done with ``value``."""

    screen = "tech_confirm"

    what: str = ""
    value: str = ""
    words: tuple[str, ...] = ()
    back: TechStep | None = None


@dataclass(frozen=True, slots=True)
class TechClosed(TechStep):
    """维护中: the sign for residents while somebody works behind the screen."""

    screen = "tech_closed"
