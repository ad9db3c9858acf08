"""Paper bills for the scanner. Their barcodes follow a synthetic rule of this project.

No public rule for real bills exists. Twenty-seven digits: prefix (2), account (10), amount in
fen (8), period YYYYMM (6), and a Luhn check digit over the rest (ISO/IEC 7812-1, annex B).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PREFIXES = {"SH-POWER": "91", "SH-WATER": "92", "SH-GAS": "93"}


@dataclass(frozen=True)
class Bill:
    """A sheet of paper that somebody holds to the scanner."""

    biller: str
    account: str
    amount_fen: int
    period: str
    note_zh: str
    note_en: str

    @property
    def code(self) -> str:
        """The digits of its barcode."""
        body = f"{PREFIXES[self.biller]}{self.account}{self.amount_fen:08d}{self.period}"
        return body + luhn(body)


def luhn(digits: str) -> str:
    """The check digit that makes `digits` followed by it pass the Luhn test."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def months_before(today: date, months: int) -> str:
    """The month `months` before that of `today`, as YYYYMM."""
    count = today.year * 12 + today.month - 1 - months
    return f"{count // 12:04d}{count % 12 + 1:02d}"


def sample_bills(now: float) -> list[Bill]:
    """Bills of the known simulated accounts; `now` in seconds since 1970 sets their months."""
    today = (datetime.fromtimestamp(now, UTC) + timedelta(hours=8)).date()
    last, before = months_before(today, 1), months_before(today, 2)
    return [
        Bill("SH-POWER", "3100004417", 9630, last, "电费", "electricity"),
        Bill("SH-WATER", "3200000082", 1560, before, "水费，欠两期", "water, two periods"),
        Bill("SH-GAS", "3300007730", 4100, last, "燃气费", "gas"),
        Bill("SH-POWER", "3100000900", 12000, before, "电费，有滞纳金", "electricity, late fee"),
        Bill("SH-POWER", "3100000001", 5000, last, "电费，已付过", "electricity, paid already"),
        Bill("SH-GAS", "3300000500", 5280, last, "燃气费，入账会被拒", "gas, posting refused"),
        Bill("SH-WATER", "3299999999", 1000, last, "没有这个户号", "no such account"),
    ]
