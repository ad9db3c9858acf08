"""What can be paid: accounts at billers and their debts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.core.money import Fen

PERSONAL: dict[str, Any] = {"personal": True}
"""Metadata of a field that names a person; the journal seals it with the order's own key."""

MOST_CHOICES = 6
"""On one screen (standards, "choices")."""
ROUND_FEN = (5_000, 10_000, 20_000, 30_000, 50_000, 100_000)


class Kind(StrEnum):
    WATER = "water"
    ELECTRIC = "electric"
    GAS = "gas"


@dataclass(frozen=True, slots=True)
class Institution:
    """A biller and its rule for account numbers (Alipay 生活缴费, charge institutions)."""

    id: str
    kind: Kind
    name: str
    account_pattern: str
    account_hint: str = ""


@dataclass(frozen=True, slots=True)
class TopUp:
    """What a prepaid account may be charged with, in fen."""

    min_fen: Fen
    max_fen: Fen
    suggested_fen: tuple[Fen, ...] = ()

    @property
    def choices(self) -> tuple[Fen, ...]:
        """The sums to offer, at most six: the biller's own, else round ones within its limits."""
        fits = [x for x in dict.fromkeys(self.suggested_fen) if self.min_fen <= x <= self.max_fen]
        fits = fits or [x for x in ROUND_FEN if self.min_fen <= x <= self.max_fen]
        return tuple(fits[:MOST_CHOICES]) or (self.min_fen,)


@dataclass(frozen=True, slots=True)
class Bill:
    """One thing to pay at a biller. ``bill_no`` is empty for a top-up of a prepaid account."""

    institution: str
    kind: Kind
    institution_name: str
    account: str = field(metadata=PERSONAL)
    bill_no: str = field(metadata=PERSONAL)
    period: str
    amount_fen: Fen
    late_fee_fen: Fen = 0

    @property
    def total_fen(self) -> Fen:
        """What paying it costs: the amount and the late fee."""
        return self.amount_fen + self.late_fee_fen

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells this bill from all others on the screen: biller, account, bill and period."""
        return (self.institution, self.account, self.bill_no, self.period)

    @property
    def lock(self) -> tuple[str, str, str]:
        """What must never stand in two open orders (design, Money 6): some billers number the same
        bill anew at each question.
        """
        return (self.institution, self.account, self.period)

    @property
    def tail(self) -> str:
        """The last four digits of the account, all that screens and slips show."""
        return self.account[-4:]


@dataclass(frozen=True, slots=True)
class Account:
    """What a biller says of one account. The owner's name comes masked by the biller."""

    institution: Institution
    account: str
    owner_masked: str
    prepaid: bool
    balance_fen: Fen
    bills: tuple[Bill, ...]
    topup: TopUp | None = None

    def top_up_bill(self, amount_fen: Fen) -> Bill:
        """Return the thing to pay when a prepaid account is charged with ``amount_fen``."""
        return Bill(
            self.institution.id,
            self.institution.kind,
            self.institution.name,
            self.account,
            "",
            "",
            amount_fen,
        )
