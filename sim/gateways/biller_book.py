"""The biller's books: postings by our order number, each answered the same for ever.

Rules: the cabin's biller interface (kiosk/gateways/BILLER.md), section "Calls". Where that text
leaves room, the answer that cannot be taken for a posting is given: a posting that was cancelled
answers EQ0024 to a repeated post, never "posted".
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from sim.clock import Clock
from sim.gateways.biller_accounts import (
    BY_ID,
    TOP_UP_MAX_FEN,
    TOP_UP_MIN_FEN,
    Account,
    Accounts,
    Bill,
    known_accounts,
)
from sim.gateways.dates import clearing_after

QUERIES_A_MINUTE = 10
POSTINGS_A_MINUTE = 5

OK = "AAAAAAA"
NO_RECORD = "DEF0001"
AMOUNT_DIFFERS = "DEF0002"
SECURITY = "SEC2001"
BAD_REQUEST = "EQ0001"
NO_DEBT = "EQ0005"
NO_ACCOUNT = "EQ0006"
PAST_WINDOW = "EQ0008"
TIMEOUT = "EQ0010"
TOO_OFTEN = "EQ0014"
UNFINISHED = "EQ0024"


class Refusal(Exception):  # noqa: N818 - not an error: an answer
    """The biller says no, with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class State(StrEnum):
    POSTED = "posted"
    NOT_POSTED = "not_posted"
    PENDING = "pending"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Order:
    """What a post says. `bill_no` None: a top-up of a prepaid account."""

    order_no: str
    institution: str
    account: str
    bill_no: str | None
    amount_fen: int
    paid_at: int


@dataclass
class Posting:
    """What became of one order number. Instants in seconds since 1970 UTC."""

    order_no: str
    order: Order | None  # None: a tombstone, cancelled before any post arrived
    state: State
    reason_code: str = ""
    biller_ref: str = ""
    posted_at: float = 0.0
    bill: Bill | None = None
    due: float | None = None  # monotonic: when a pending one comes out
    outcome: str = OK


class Book:
    """Accounts and postings. Not for several threads at once: the gateway holds its lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[tuple[str, str, str], deque[float]] = {}
        self._references = 0
        self._pending: set[str] = set()
        self.postings: dict[str, Posting] = {}
        self.accounts: Accounts = known_accounts(clock.time())

    def new_debts(self) -> None:
        """Every known household owes again what it owed at the start; postings stay."""
        self.accounts.update(known_accounts(self._clock.time()))

    # --- calls

    def query(self, institution_id: str, number: str) -> Account:
        self._count("query", institution_id, number, QUERIES_A_MINUTE)
        self.settle()
        account = self._account(institution_id, number)
        if not account.bills and not account.institution.prepaid:
            raise Refusal(NO_DEBT)
        return account

    def post(self, order: Order, forced: str | None, pending_s: float | None) -> Posting:
        """Post, or say again what was said. `forced`: refuse with this code (a fault).

        `pending_s`: the biller's own back end answers after so many seconds only (a fault).
        """
        self.settle()
        known = self.postings.get(order.order_no)
        if known is not None:
            return self._repeated(known, order)
        self._count("post", order.institution, order.account, POSTINGS_A_MINUTE)
        posting = Posting(order.order_no, order, State.PENDING)
        self.postings[order.order_no] = posting
        try:
            if forced is not None and pending_s is None:
                raise Refusal(forced)
            posting.bill = self._take_bill(order)
        except Refusal as refusal:
            posting.state, posting.reason_code = State.NOT_POSTED, refusal.code
            raise
        if pending_s is None:
            self._finish(posting)
            return posting
        posting.due = self._clock.monotonic() + pending_s
        posting.outcome = forced or OK
        self._pending.add(order.order_no)
        raise Refusal(TIMEOUT)

    def check(self, order_no: str) -> Posting:
        self.settle()
        posting = self.postings.get(order_no)
        if posting is None:
            raise Refusal(NO_RECORD)
        return posting

    def cancel(self, order_no: str) -> Posting:
        """Cancel; of a number never seen, leave a tombstone that no later post gets over."""
        self.settle()
        posting = self.postings.get(order_no)
        if posting is None:
            posting = Posting(order_no, None, State.CANCELLED, UNFINISHED)
            self.postings[order_no] = posting
        elif posting.state is State.PENDING:
            raise Refusal(UNFINISHED)
        elif posting.state is State.POSTED:
            if self._clock.time() >= clearing_after(posting.posted_at):
                raise Refusal(PAST_WINDOW)
            self._give_back(posting)
            posting.state, posting.reason_code = State.CANCELLED, UNFINISHED
        else:
            posting.state = State.CANCELLED
        return posting

    # --- what happens by itself

    def settle(self, order_no: str | None = None) -> int:
        """Finish the pending postings that are due (or that one, at once); how many."""
        now = self._clock.monotonic()
        pending = [self.postings[number] for number in sorted(self._pending)]
        finished = [p for p in pending if p.order_no == order_no or (p.due or 0.0) <= now]
        for posting in finished:
            self._pending.discard(posting.order_no)
            if posting.outcome == OK:
                self._finish(posting)
            else:
                self._give_back(posting)
                posting.state, posting.reason_code = State.NOT_POSTED, posting.outcome
        return len(finished)

    # --- inside

    def _repeated(self, known: Posting, order: Order) -> Posting:
        if known.order is not None and known.order != order:
            raise Refusal(AMOUNT_DIFFERS)
        if known.state is State.POSTED:
            return known
        raise Refusal(TIMEOUT if known.state is State.PENDING else known.reason_code)

    def _account(self, institution_id: str, number: str) -> Account:
        institution = BY_ID.get(institution_id)
        if institution is None:
            raise Refusal(BAD_REQUEST)
        account = self.accounts.get((institution_id, number))
        if account is None:
            raise Refusal(NO_ACCOUNT)
        return account

    def _take_bill(self, order: Order) -> Bill | None:
        """Check what is paid for and take it off the account; None for a top-up."""
        account = self._account(order.institution, order.account)
        if account.refuses is not None:
            raise Refusal(account.refuses)
        if order.bill_no is None:
            if not account.institution.prepaid:
                raise Refusal(BAD_REQUEST)
            if not TOP_UP_MIN_FEN <= order.amount_fen <= TOP_UP_MAX_FEN:
                raise Refusal(AMOUNT_DIFFERS)
            return None
        bill = account.bills.get(order.bill_no)
        if bill is None:
            raise Refusal(self._why_gone(order))
        if bill.total_fen != order.amount_fen:
            raise Refusal(AMOUNT_DIFFERS)
        return account.bills.pop(order.bill_no)

    def _why_gone(self, order: Order) -> str:
        for posting in self.postings.values():
            if posting.bill is not None and posting.bill.bill_no == order.bill_no:
                return UNFINISHED if posting.state is State.PENDING else NO_DEBT
        return NO_DEBT

    def _finish(self, posting: Posting) -> None:
        assert posting.order is not None
        self._references += 1
        posting.state = State.POSTED
        posting.posted_at = self._clock.time()
        posting.biller_ref = f"B{self._references:011d}"
        if posting.bill is None:
            key = (posting.order.institution, posting.order.account)
            self.accounts[key].balance_fen += posting.order.amount_fen

    def _give_back(self, posting: Posting) -> None:
        """The account stands as before the posting."""
        assert posting.order is not None
        account = self.accounts[(posting.order.institution, posting.order.account)]
        if posting.bill is not None:
            account.bills[posting.bill.bill_no] = posting.bill
            posting.bill = None
        elif posting.state is State.POSTED:
            account.balance_fen -= posting.order.amount_fen

    def _count(self, what: str, institution_id: str, number: str, limit: int) -> None:
        now = self._clock.monotonic()
        times = self._asked.setdefault((what, institution_id, number), deque())
        while times and now - times[0] >= 60.0:
            times.popleft()
        if len(times) >= limit:
            raise Refusal(TOO_OFTEN)
        times.append(now)
