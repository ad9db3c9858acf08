"""What the gateways answer: frozen results and the two interfaces that the adapters call.

Nothing here imports the network: requests and cryptography come in with the first request.
Amounts are integer fen, instants Unix milliseconds. Public methods of a gateway never raise on
what the network does; what nobody knows is `NoAnswer`, never a failure.
Personal values (owner, account) and codes to pay with stay out of every `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from kiosk.gateways.patterns import matches_account


class Reason(StrEnum):
    """Why there is no answer; for technicians and for the journal."""

    UNREACHABLE = "unreachable"  # refused, no route, or broken before the TLS handshake was over
    NAME_UNKNOWN = "name_unknown"  # DNS
    CERTIFICATE = "certificate"  # the server's certificate was not accepted
    CA_MISSING = "ca_missing"  # our own CA file cannot be read
    KEY_UNREADABLE = "key_unreadable"  # one of our key files cannot be read
    BAD_ARGUMENT = "bad_argument"  # the caller's value does not fit the wire: nothing was sent
    TIMEOUT = "timeout"
    BROKEN = "broken"  # the connection ended in the middle
    TOO_LARGE = "too_large"
    HTTP_STATUS = "http_status"  # an answer that says nothing about the matter; detail: the number
    BAD_SIGNATURE = "bad_signature"  # missing or wrong
    CLOCK = "clock"  # signed, but more than five minutes from our time
    GARBAGE = "garbage"  # signed, but not what the interface promises
    REFUSED = "refused"  # the gateway refused to look at the request; detail: its code
    TOO_OFTEN = "too_often"  # the gateway wants fewer requests: nothing was done
    GATEWAY_UNKNOWN = "gateway_unknown"  # the gateway itself does not know: ask later
    ASK_AGAIN = "ask_again"  # the gateway wants the same request again (Alipay's retry_flag Y)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody knows what became of the request, unless `sent` is False: then nothing left us.

    `sent` is False only when that is certain. `detail` holds no personal data: an HTTP status, a
    gateway's code, the name of an exception class.
    """

    reason: Reason
    sent: bool = True
    detail: str = ""


# --- the biller -----------------------------------------------------------------------------


class BillerCode(StrEnum):
    """BILLER.md, "Codes"; OTHER is any code that table does not hold."""

    NO_RECORD = "DEF0001"
    AMOUNT_DIFFERS = "DEF0002"
    SYSTEM = "SYS1001"
    SECURITY = "SEC2001"
    BAD_REQUEST = "EQ0001"
    NO_CUSTOMER = "EQ0004"
    NO_DEBT = "EQ0005"
    NO_ACCOUNT = "EQ0006"
    BATCH_DEBIT = "EQ0007"
    PAST_WINDOW = "EQ0008"
    TIMEOUT = "EQ0010"
    UPSTREAM = "EQ0011"
    TOO_OFTEN = "EQ0014"
    UNFINISHED = "EQ0024"
    OTHER = "OTHER"


class Kind(StrEnum):
    WATER = "water"
    ELECTRIC = "electric"
    GAS = "gas"


class ChargeMode(StrEnum):
    POSTPAID = "postpaid"
    PREPAID = "prepaid"


@dataclass(frozen=True, slots=True)
class Institution:
    """`account_pattern` is of the harmless subset that `patterns.py` lets through."""

    id: str
    kind: Kind
    name: str
    account_pattern: str
    account_hint: str

    def accepts(self, account: str) -> bool:
        """Does the number look like one of this institution's? Linear time."""
        return matches_account(self.account_pattern, account)


@dataclass(frozen=True, slots=True)
class Bill:
    bill_no: str = field(repr=False)
    period: str  # YYYY-MM
    amount_fen: int
    late_fee_fen: int

    @property
    def total_fen(self) -> int:
        """What `post` names: amount and late fee."""
        return self.amount_fen + self.late_fee_fen


@dataclass(frozen=True, slots=True)
class TopUp:
    min_fen: int
    max_fen: int
    suggested_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AccountFound:
    """An account with what it owes; no bills is an answer too (or the biller says NO_DEBT).

    `owner_masked` is masked here once more if the biller forgot to.
    """

    owner_masked: str = field(repr=False)
    charge_mode: ChargeMode
    balance_fen: int | None
    bills: tuple[Bill, ...]
    topup: TopUp | None


@dataclass(frozen=True, slots=True)
class BillerRefused:
    """The biller said no, with its code.

    `certain` True: this request did nothing. It speaks of this one request: had an earlier post
    of the same number got no answer, only `recorded` True (the biller has noted the number as not
    posted, BILLER.md "Calls") or a `check` says what became of that number.
    `sentence` is a msgid for the resident (Chinese, see sentences.py).
    """

    code: BillerCode
    certain: bool
    recorded: bool = False
    raw_code: str = ""  # as received, shortened; for technicians

    @property
    def sentence(self) -> str:
        from kiosk.gateways.sentences import BILLER_SENTENCES

        return BILLER_SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class Posted:
    biller_ref: str
    posted_at_ms: int | None


class PostStatus(StrEnum):
    POSTED = "posted"
    NOT_POSTED = "not_posted"  # for certain; reason_code says why
    PENDING = "pending"  # ask again
    CANCELLED = "cancelled"
    NO_RECORD = "no_record"  # no such number ever arrived; one may still be on its way


@dataclass(frozen=True, slots=True)
class PostState:
    status: PostStatus
    biller_ref: str = ""
    reason_code: BillerCode | None = None


@dataclass(frozen=True, slots=True)
class PostCancelled:
    """Certain: the number is not posted and will not be (BILLER.md: a tombstone if unseen)."""


@dataclass(frozen=True, slots=True)
class DailyFile:
    """The biller's postings of a day; its SHA-256 has been compared. Holds account numbers."""

    name: str
    content: str = field(repr=False)
    sha256: str


class Biller(Protocol):
    """A real biller is another class behind this (BILLER.md is ours)."""

    def institutions(self) -> tuple[Institution, ...] | BillerRefused | NoAnswer: ...

    def query(self, institution: str, account: str) -> AccountFound | BillerRefused | NoAnswer: ...

    def post(
        self,
        order_no: str,
        institution: str,
        account: str,
        bill_no: str | None,
        amount_fen: int,
        paid_at_ms: int,
    ) -> Posted | BillerRefused | NoAnswer:
        """`order_no` is the line's number; `bill_no` None is a top-up.

        The same number with the same content may be posted again; with other content never.
        """
        ...

    def check(self, order_no: str) -> PostState | BillerRefused | NoAnswer: ...

    def cancel(self, order_no: str) -> PostCancelled | BillerRefused | NoAnswer:
        """Works until clearing; PAST_WINDOW afterwards means that it stays posted."""
        ...

    def daily_file(self, day: date) -> DailyFile | BillerRefused | NoAnswer: ...


# --- payment by a code on the screen --------------------------------------------------------


class RefundAbility(StrEnum):
    FULL = "full"
    PARTIAL = "partial"
    CARD_PRESENT = "card_present"
    NONE = "none"


class Commit(StrEnum):
    AT_ONCE = "at_once"
    TWO_PHASE = "two_phase"


@dataclass(frozen=True, slots=True)
class Capabilities:
    refund: RefundAbility
    min_seconds_between_refunds: int  # of one order
    commit: Commit


@dataclass(frozen=True, slots=True)
class CodeReady:
    """The text that the QR code on the screen carries."""

    code_text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class QrRefused:
    """No code was made, for certain. `meaning` is a msgid for the resident."""

    code: str
    meaning: str


class TradeStatus(StrEnum):
    PAID = "paid"
    WAITING = "waiting"
    CLOSED = "closed"  # not paid, and cannot be any more
    NOT_FOUND = "not_found"  # frees nothing: query, close, query
    REFUNDED_FULL = "refunded_full"  # was paid; all of it has gone back
    REFUNDED_PART = "refunded_part"  # was paid; some went back, and nobody says it was all


@dataclass(frozen=True, slots=True)
class TradeState:
    """What the gateway says of a trade, unpolished: compare it with `matches` before booking.

    `order_no` and `amount_fen` are the gateway's own words (None or "": it did not say, or not
    readably). `paid_fen` is what the payer paid, net of coupons.
    """

    status: TradeStatus
    order_no: str = ""
    amount_fen: int | None = None
    paid_fen: int | None = None
    channel_no: str = ""
    raw_status: str = ""

    def matches(self, order_no: str, amount_fen: int) -> bool:
        """Is this about the order we mean, at the price we asked?"""
        return self.order_no == order_no and self.amount_fen == amount_fen


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody can pay this order any more.

    `refunded` True: it had been paid and the gateway gave the money back while cancelling
    (Alipay's trade.cancel, action "refund"). `found` False: the gateway knew of no trade (nobody
    had scanned), and took the cancellation all the same.
    """

    refunded: bool = False
    found: bool = True


@dataclass(frozen=True, slots=True)
class AlreadyPaid:
    """Closing came too late: `query` tells the amounts."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The gateway has no such order or refund."""


@dataclass(frozen=True, slots=True)
class Refunded:
    refund_no: str
    refund_fen: int | None  # the gateway's word; None: not said
    channel_refund_no: str = ""


@dataclass(frozen=True, slots=True)
class RefundPending:
    """Accepted; `query_refund` with the same number tells when it is through."""


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """The gateway refused for certain: no money has moved by this request."""

    code: str
    meaning: str


class QrPayment(Protocol):
    """A payment platform that shows its code on our screen."""

    @property
    def capabilities(self) -> Capabilities: ...

    def precreate(
        self, order_no: str, amount_fen: int, description: str, expires_s: int
    ) -> CodeReady | QrRefused | NoAnswer: ...

    def query(self, order_no: str) -> TradeState | NoAnswer: ...

    def close(self, order_no: str) -> Closed | AlreadyPaid | NotFound | NoAnswer:
        """Ends an unpaid order. At the deadline: query, close, query."""
        ...

    def refund(
        self, order_no: str, refund_no: str, refund_fen: int, total_fen: int
    ) -> Refunded | RefundPending | RefundRefused | NoAnswer:
        """`refund_no` is the idempotency key: the same number never pays back twice."""
        ...

    def query_refund(
        self, order_no: str, refund_no: str
    ) -> Refunded | RefundPending | RefundRefused | NotFound | NoAnswer: ...


# Refusals after which the biller has noted the number as not posted (BILLER.md, "Calls").
# AMOUNT_DIFFERS is missing on purpose: the number may be posted with its first content.
RECORDED_CODES = frozenset(
    {
        BillerCode.NO_CUSTOMER,
        BillerCode.NO_DEBT,
        BillerCode.NO_ACCOUNT,
        BillerCode.BATCH_DEBIT,
        BillerCode.PAST_WINDOW,
        BillerCode.UNFINISHED,
    }
)
# Refusals of the request itself: it did nothing, and nothing was noted.
UNTOUCHED_CODES = frozenset({BillerCode.SECURITY, BillerCode.BAD_REQUEST, BillerCode.TOO_OFTEN})

BY_CODE: Mapping[str, BillerCode] = MappingProxyType(
    {code.value: code for code in BillerCode if code is not BillerCode.OTHER}
)
