"""What an order asks of the world. The engine hands commands out only after the journal's fsync."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.bills import PERSONAL
from kiosk.core.goods import Goods
from kiosk.core.means import Means
from kiosk.core.money import Fen


@dataclass(frozen=True, slots=True)
class Command:
    order_id: str


@dataclass(frozen=True, slots=True)
class RequestPayment(Command):
    means: Means
    amount_fen: Fen
    description: str


@dataclass(frozen=True, slots=True)
class BeginPayment(Command):
    """What the terminal knew of before is written down: it may ask for the money."""

    means: Means


@dataclass(frozen=True, slots=True)
class CommitPayment(Command):
    means: Means


@dataclass(frozen=True, slots=True)
class RejectPayment(Command):
    means: Means


@dataclass(frozen=True, slots=True)
class QueryPayment(Command):
    means: Means


@dataclass(frozen=True, slots=True)
class ClosePayment(Command):
    means: Means


@dataclass(frozen=True, slots=True)
class RefundPayment(Command):
    """Pay back ``amount_fen`` of ``total_fen`` under ``refund_no``, its key for ever."""

    means: Means
    refund_no: str
    amount_fen: Fen
    total_fen: Fen


@dataclass(frozen=True, slots=True)
class QueryRefund(Command):
    means: Means
    refund_no: str


@dataclass(frozen=True, slots=True)
class PostLine(Command):
    """Tell the biller (销账). The same ``line_no`` is used however often it is said."""

    line: int
    line_no: str
    institution: str
    account: str = field(metadata=PERSONAL)
    bill_no: str = field(metadata=PERSONAL)
    amount_fen: Fen
    paid_at: int


@dataclass(frozen=True, slots=True)
class CheckPost(Command):
    line: int
    line_no: str


@dataclass(frozen=True, slots=True)
class Deliver(Command):
    """Give out one part of the goods, once. ``line_no`` is the job's name for ever."""

    line: int
    part: int
    line_no: str
    goods: Goods


@dataclass(frozen=True, slots=True)
class CheckDelivery(Command):
    """What became of that part? Asking gives nothing out."""

    line: int
    part: int
    line_no: str
    goods: Goods


class Document(StrEnum):
    RECEIPT = "receipt"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Print(Command):
    """Print what is known of the order now; ``again`` marks it 补打."""

    job_id: str
    document: Document
    again: bool


@dataclass(frozen=True, slots=True)
class StartTimer(Command):
    """Send ``TimerFired(name)`` after ``seconds``; a timer of the same name is replaced."""

    name: str
    seconds: float


IRREVERSIBLE = (
    RequestPayment,
    BeginPayment,
    CommitPayment,
    RejectPayment,
    ClosePayment,
    RefundPayment,
    PostLine,
    Deliver,
    Print,
)
"""Commands whose cause must be in the journal before they leave."""
