"""The simulated institutions, their accounts and what these owe.

All account numbers and owners are invented. Periods follow the simulated date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sim.gateways.dates import months_ago

TOP_UP_MIN_FEN = 1_000
TOP_UP_MAX_FEN = 50_000
TOP_UP_SUGGESTED_FEN = (2_000, 5_000, 10_000, 20_000)


@dataclass(frozen=True)
class Institution:
    """One biller as `/v1/institutions` lists it."""

    id: str
    kind: str
    name: str
    account_pattern: str
    account_hint: str
    prepaid: bool = False

    def well_formed(self, account: str) -> bool:
        return re.fullmatch(self.account_pattern, account, re.ASCII) is not None


INSTITUTIONS = (
    Institution("SH-POWER", "electric", "电力", r"\d{10}", "户号为10位数字"),
    Institution("SH-WATER", "water", "水务", r"\d{10}", "户号为10位数字"),
    Institution("SH-GAS", "gas", "燃气", r"\d{10}", "户号为10位数字"),
    Institution("SH-PREPAID", "electric", "预付费电", r"8\d{9}", "以8开头的10位数字", prepaid=True),
)
BY_ID = {institution.id: institution for institution in INSTITUTIONS}


@dataclass
class Bill:
    """One month's debt; what it costs is `total_fen`."""

    bill_no: str
    period: str
    amount_fen: int
    late_fee_fen: int = 0

    @property
    def total_fen(self) -> int:
        return self.amount_fen + self.late_fee_fen


@dataclass
class Account:
    """A household at one institution. `refuses`: the code that every posting gets."""

    institution: Institution
    number: str
    owner_masked: str
    bills: dict[str, Bill] = field(default_factory=dict)
    balance_fen: int = 0
    refuses: str | None = None

    def owe(self, period: str, amount_fen: int, late_fee_fen: int = 0) -> Bill:
        """A new debt; of several in one month each has its own number."""
        stem = f"{self.institution.id[3:]}{self.number}{period.replace('-', '')}"
        bill_no, extra = stem, 1
        while bill_no in self.bills:
            extra += 1
            bill_no = f"{stem}{extra:02d}"
        self.bills[bill_no] = Bill(bill_no, period, amount_fen, late_fee_fen)
        return self.bills[bill_no]


Accounts = dict[tuple[str, str], Account]


def known_accounts(seconds: float) -> Accounts:
    """The households of the simulated street at that date (seconds since 1970 UTC)."""
    last, before = months_ago(seconds, 1), months_ago(seconds, 2)
    accounts: Accounts = {}

    def household(institution_id: str, number: str, owner: str) -> Account:
        account = Account(BY_ID[institution_id], number, owner)
        accounts[(institution_id, number)] = account
        return account

    household("SH-POWER", "3100004417", "金**").owe(last, 9_630)
    water = household("SH-WATER", "3200000082", "金**")
    water.owe(before, 1_560)
    water.owe(last, 1_650)
    household("SH-GAS", "3300007730", "金**").owe(last, 4_100)
    household("SH-POWER", "3100000001", "陆**")
    household("SH-POWER", "3100000900", "沈**").owe(before, 12_000, 120)
    refusing = household("SH-GAS", "3300000500", "顾**")
    refusing.owe(last, 5_280)
    refusing.refuses = "EQ0007"
    household("SH-PREPAID", "8000000001", "曹**").balance_fen = 1_250
    return accounts
