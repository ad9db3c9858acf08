"""What a simulated ZVT terminal has charged and given back: the ledger that audits believe.

A ZVT terminal knows no order numbers: a row is found by its trace number and its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Sale:
    """One payment that stood. Amounts in fen, `at` in Unix milliseconds."""

    trace: int
    receipt: int
    at: int
    charged_fen: int
    refunded_fen: int = 0
    reversed: bool = False


@dataclass
class Book:
    """`sales` in their order; `given` is what refunds to cards that were present gave away."""

    sales: list[Sale] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    closed: int = 0
    """How many sales belong to days that are over: their receipts can't be reversed."""

    def by_receipt(self, receipt: int) -> Sale | None:
        """The day's sale with that receipt number."""
        today = self.sales[self.closed :]
        return next((x for x in reversed(today) if x.receipt == receipt), None)

    def total_fen(self) -> int:
        """The day's turnover."""
        today = self.sales[self.closed :]
        return sum(x.charged_fen - x.refunded_fen for x in today)

    def ledger(self) -> list[dict[str, int]]:
        """Of every sale: when, its numbers, fen charged and given back."""
        return [
            {
                "at": x.at,
                "trace": x.trace,
                "receipt": x.receipt,
                "charged_fen": x.charged_fen,
                "refunded_fen": x.refunded_fen,
                "charges": 1,
            }
            for x in self.sales
        ]
