"""What the staff's screens hear and want. All of it is carried out by the staff's adapter."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.visit.messages import StaffCommand, StaffEvent
from kiosk.core.visit.tech_steps import ConfigFound, Life, OrderLine, Supply, Survey


@dataclass(frozen=True, slots=True)
class TechEvent(StaffEvent):
    pass


@dataclass(frozen=True, slots=True)
class SurveyTold(TechEvent):
    survey: Survey


@dataclass(frozen=True, slots=True)
class OrdersTold(TechEvent):
    found: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class LifeTold(TechEvent):
    life: Life


@dataclass(frozen=True, slots=True)
class PrintedAgain(TechEvent):
    printed: bool


@dataclass(frozen=True, slots=True)
class SuppliesTold(TechEvent):
    supplies: tuple[Supply, ...]


@dataclass(frozen=True, slots=True)
class ConfigTold(TechEvent):
    """``said`` as in ``TechConfig``."""

    found: ConfigFound
    said: str = ""


@dataclass(frozen=True, slots=True)
class AskSurvey(StaffCommand):
    request: int


@dataclass(frozen=True, slots=True)
class AskOrders(StaffCommand):
    request: int
    sought: str
    value: str


@dataclass(frozen=True, slots=True)
class AskLife(StaffCommand):
    request: int
    order_id: str


@dataclass(frozen=True, slots=True)
class PrintAgain(StaffCommand):
    """Print an order's paper once more, marked 补打. It changes nothing of the order."""

    request: int
    order_id: str


@dataclass(frozen=True, slots=True)
class AskSupplies(StaffCommand):
    request: int


@dataclass(frozen=True, slots=True)
class AskConfig(StaffCommand):
    request: int


@dataclass(frozen=True, slots=True)
class TakeConfig(StaffCommand):
    """Put ``new`` or ``old`` in the configuration's place, keep the one in use, and start anew."""

    request: int
    which: str
    operator: str
