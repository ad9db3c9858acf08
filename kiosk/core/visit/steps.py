"""The steps of a visit and what surrounds them. Frozen values; the screens draw them as they are.

Nothing of a visit is journalled, and nothing of it stays when the person leaves (standards,
"shared machine").
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.core.access import Operator
from kiosk.core.bills import Account, Bill, Institution, Kind
from kiosk.core.booklet import Person
from kiosk.core.goods import Goods, Progress
from kiosk.core.means import Means
from kiosk.core.money import Fen
from kiosk.core.order import Order
from kiosk.core.printing import PrintChoice
from kiosk.core.visit.booklet import HadBooklet, LayCard
from kiosk.core.visit.class_steps import Classroom, ClassStep
from kiosk.core.visit.clinic_steps import ClinicStep
from kiosk.core.visit.print_choices import PrintStep
from kiosk.core.visit.rice_choices import (
    ChooseRice,
    ChooseRiceAmount,
    ChooseRiceLevel,
    ChooseRiceWeight,
)
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.tech_base import TechStep


class NoteCode(StrEnum):
    """What a screen has to say beside its question; the screens hold the sentences."""

    UNKNOWN_CODE = "unknown_code"
    PAYMENT_CODE_HERE = "payment_code_here"
    CODE_BEFORE_CHOICE = "code_before_choice"
    CODE_FOR_TERMINAL = "code_for_terminal"
    CODE_FOR_PHONE = "code_for_phone"
    WRONG_LENGTH = "wrong_length"
    BILLER_SAYS = "biller_says"
    BILLER_SILENT = "biller_silent"
    NO_DEBT = "no_debt"
    ALREADY_LISTED = "already_listed"
    BILL_CHANGED = "bill_changed"
    BILL_GONE = "bill_gone"
    BILL_LOCKED = "bill_locked"
    NOTHING_CHOSEN = "nothing_chosen"
    OVER_PAYMENT_LIMIT = "over_payment_limit"
    BILL_OVER_LIMIT = "bill_over_limit"
    LESS_THAN_LIMIT = "less_than_limit"
    OVER_DAY_LIMIT = "over_day_limit"
    DAY_LIMIT_REACHED = "day_limit_reached"
    SERVICE_DOWN = "service_down"
    MEANS_BUSY = "means_busy"
    NO_SUCH_ORDER = "no_such_order"
    NOT_A_SLIP = "not_a_slip"
    LIST_FULL = "list_full"
    MORE_BILLS = "more_bills"
    BOOKS_CLOSED = "books_closed"


@dataclass(frozen=True, slots=True)
class Note:
    """``detail`` is a limit in fen, the biller's code or a reason, as ``code`` needs."""

    code: NoteCode
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    pass


@dataclass(frozen=True, slots=True)
class Attract:
    """Nobody is here: the clock, large and dim. The touch that wakes does nothing else (R21)."""


@dataclass(frozen=True, slots=True)
class ScanBill:
    """Hold the bill to the reader, or say which it is and type its number."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class ChooseInstitution:
    """More than one biller of a kind: which one?"""

    kind: Kind


@dataclass(frozen=True, slots=True)
class EnterAccount:
    institution: Institution
    digits: str = ""
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """The biller is being asked. ``request`` tells its answer from older ones.

    ``typed``: the number was typed in, and can be corrected.
    """

    request: int
    institution: Institution
    account: str
    typed: bool = False


@dataclass(frozen=True, slots=True)
class BillList:
    """All debts found in this visit, each to be chosen or not."""

    note: Note | None = None


@dataclass(frozen=True, slots=True)
class ChooseTopUp:
    account: Account
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    bills: tuple[Bill, ...]
    note: Note | None = None

    @property
    def amount_fen(self) -> Fen:
        return sum(x.total_fen for x in self.bills)


@dataclass(frozen=True, slots=True)
class Rechecking:
    """The bills are fetched once more just before paying (design, Money 7), and the printer is
    asked last, so that its answer is the newest (R16). ``printer`` is that question, 0 before it.
    Without ``means`` the way of paying is chosen after it.
    """

    bills: tuple[Bill, ...]
    means: Means | None
    open_requests: tuple[int, ...]
    fresh: tuple[Bill, ...] = ()
    printer: int = 0
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class ConfirmGoods:
    """What was chosen, its price, and the ways of paying."""

    goods: Goods
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class CheckGoods:
    """The printer is asked once more before anything is paid (R16)."""

    goods: Goods
    means: Means
    request: int


@dataclass(frozen=True, slots=True)
class AtOrder:
    """Everything shown comes from the order's own state, but for what a wrong code needs said."""

    order_id: str
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class FindSlip:
    """查一笔: hold the slip to the reader. ``request`` is 0 while nothing is being looked up."""

    request: int = 0
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class FoundOrder:
    order: Order


@dataclass(frozen=True, slots=True)
class CallPerson:
    """请人帮忙. ``asked``: the office has been told, as the journal shows. ``failed``: it can't.

    ``before`` is where 返回 leads to: somebody in the middle of something loses nothing of it.
    """

    asked: bool = False
    failed: bool = False
    before: Step | None = None


@dataclass(frozen=True, slots=True)
class OutOfService:
    """No money can be taken here now; ``reason`` as in ``kiosk.core.guards``."""

    reason: str


Step = (
    Home
    | Attract
    | ScanBill
    | ChooseInstitution
    | EnterAccount
    | Looking
    | BillList
    | ChooseTopUp
    | Confirm
    | Rechecking
    | ConfirmGoods
    | CheckGoods
    | AtOrder
    | FindSlip
    | FoundOrder
    | CallPerson
    | OutOfService
    | PrintStep
    | ClinicStep
    | LayCard
    | HadBooklet
    | ChooseRice
    | ChooseRiceAmount
    | ChooseRiceWeight
    | ChooseRiceLevel
    | SignIn
    | TechStep
    | ClassStep
)


class Overlay(StrEnum):
    NONE = "none"
    HELP = "help"
    SOUND = "sound"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Visit:
    """``accounts`` are the billers' answers in this visit, in the order they were asked.

    ``chosen`` holds the keys of the bills that are to be paid. ``number`` tells one person's stay
    from the next one's: it grows with each that ends, so that whoever looks only now and then sees
    that one has. ``progress`` is what a machine last said of the goods of the order at the screen,
    ``document`` the file that is open to be printed.
    ``identified``: who has said who they are, for the services that ask; ``operator``: who of the
    staff has signed in.
    ``volume`` is the step that was chosen, None until one is; ``again`` counts how
    often 再说一遍 was touched. ``classroom``: a volunteer holds a class here. ``original``:
    somebody was asked to lay something on the scanner's glass.
    """

    step: Step = field(default_factory=Home)
    overlay: Overlay = Overlay.NONE
    accounts: tuple[Account, ...] = ()
    chosen: frozenset[tuple[str, str, str, str]] = frozenset()
    requests: int = 0
    lower: bool = False
    number: int = 0
    progress: Progress = field(default_factory=Progress)
    document: PrintChoice | None = None
    identified: Person | None = None
    operator: Operator | None = None
    language: str = "zh"
    volume: int | None = None
    again: int = 0
    classroom: Classroom | None = None
    original: bool = False

    def next(self, step: Step) -> Visit:
        """End this stay: what follows knows nothing of it, and its answers come too late."""
        return Visit(step=step, requests=self.requests, number=self.number + 1)

    def going_on(self, step: Step) -> Visit:
        """As `next`, for the same person: what eye and ear were given stays, nothing else."""
        return replace(
            self.next(step), lower=self.lower, language=self.language, volume=self.volume
        )

    @property
    def as_found(self) -> bool:
        """Whether eye and ear have what everybody begins with."""
        return not self.lower and self.language == "zh" and self.volume is None

    @property
    def bills(self) -> tuple[Bill, ...]:
        return tuple(bill for account in self.accounts for bill in account.bills)
