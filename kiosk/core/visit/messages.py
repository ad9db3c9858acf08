"""Events that reach a visit and commands it gives. None of them is journalled by itself."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.bills import Account, Institution
from kiosk.core.events import OrderEvent
from kiosk.core.goods import Progress
from kiosk.core.order import Order
from kiosk.core.state import ClockFace, Device

KNOCK = "staff.knock"
"""Somebody has tapped the corner that only the staff know of."""
STOP = "clinic.stop"
"""停止 is obeyed from whatever screen it was touched, an old one too."""


@dataclass(frozen=True, slots=True)
class VisitEvent:
    pass


@dataclass(frozen=True, slots=True)
class Touched(VisitEvent):
    """A control was released. ``version`` is that of the state it was drawn from."""

    target: str
    value: str = ""
    version: int = -1


@dataclass(frozen=True, slots=True)
class StaffEvent(VisitEvent):
    """Something that only the staff's screens hear. ``request`` tells it from older answers."""

    request: int


@dataclass(frozen=True, slots=True)
class BillScanned(VisitEvent):
    """A bill's barcode by the configured rules. The amount on the paper is only a hint."""

    institution: str
    account: str


@dataclass(frozen=True, slots=True)
class SlipScanned(VisitEvent):
    order_id: str


@dataclass(frozen=True, slots=True)
class PaymentCodeScanned(VisitEvent):
    """A phone's payment code at the wrong reader; the code itself is already gone."""


@dataclass(frozen=True, slots=True)
class UnknownScanned(VisitEvent):
    pass


@dataclass(frozen=True, slots=True)
class OfficeNotTold(VisitEvent):
    """The call for help couldn't be written down: nobody will see it."""


@dataclass(frozen=True, slots=True)
class InstitutionsKnown(VisitEvent):
    institutions: tuple[Institution, ...]


@dataclass(frozen=True, slots=True)
class AccountFound(VisitEvent):
    request: int
    account: Account


@dataclass(frozen=True, slots=True)
class AccountRefused(VisitEvent):
    """The biller's answer is no; ``code`` is its own (kiosk/gateways/BILLER.md, Codes)."""

    request: int
    code: str


@dataclass(frozen=True, slots=True)
class AccountSilent(VisitEvent):
    request: int


@dataclass(frozen=True, slots=True)
class PrinterAnswered(VisitEvent):
    """The receipt printer has said, or can't say, how it is just now."""

    request: int
    device: Device


@dataclass(frozen=True, slots=True)
class GoodsProgressed(VisitEvent):
    """A machine says how far it is with an order's goods."""

    order_id: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class OrderFound(VisitEvent):
    """``sure`` is false if there may be such an order, in books that can't be read now."""

    request: int
    order: Order | None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class TimerRang(VisitEvent):
    name: str


@dataclass(frozen=True, slots=True)
class DeviceChanged(VisitEvent):
    role: str
    device: Device


@dataclass(frozen=True, slots=True)
class ClockTurned(VisitEvent):
    """The minute has changed. ``paid_today_fen`` begins anew with the day."""

    face: ClockFace
    paid_today_fen: int


@dataclass(frozen=True, slots=True)
class JournalChanged(VisitEvent):
    trouble: str


@dataclass(frozen=True, slots=True)
class VisitCommand:
    pass


@dataclass(frozen=True, slots=True)
class StaffCommand(VisitCommand):
    """Something that only the staff's part of the outside carries out."""


@dataclass(frozen=True, slots=True)
class QueryAccount(VisitCommand):
    request: int
    institution: str
    account: str


@dataclass(frozen=True, slots=True)
class AskPrinter(VisitCommand):
    """Ask the receipt printer now, and never print: what it said some seconds ago is old."""

    request: int


@dataclass(frozen=True, slots=True)
class FindOrder(VisitCommand):
    request: int
    order_id: str


@dataclass(frozen=True, slots=True)
class Ring(VisitCommand):
    """Send ``TimerRang(name)`` after ``seconds``; 0 stops it."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Happen(VisitCommand):
    """Let an event happen to an order: it is decided and journalled as any other."""

    event: OrderEvent


@dataclass(frozen=True, slots=True)
class VisitEnded(VisitCommand):
    """Somebody's stay is over: whatever the outside keeps of it is to go."""


@dataclass(frozen=True, slots=True)
class AskOffice(VisitCommand):
    """Write a call for help into the journal, where the office sees it."""

    order_id: str
