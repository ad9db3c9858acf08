"""The platform behind the terminal: every transaction by its order number, and the money.

The book outlives reboots of the terminal and pulled cables; it is what audits believe.
"""

from __future__ import annotations

from dataclasses import dataclass

SALE, VOID, REFUND = "1", "2", "3"
CREATED, CLOSED, COMPLETED, CANCELLED = "0", "1", "2", "3"


@dataclass
class Entry:
    """One transaction. Amounts in fen; `paid_fen` is what left the payer, net of coupons."""

    order_no: str
    trans_type: str
    amount_fen: int
    trans_no: str
    orig_order_no: str = ""
    status: str = CREATED
    paid_fen: int = 0
    refunded_fen: int = 0
    charges: int = 0
    method: str = ""
    scenario: str = ""
    channel_no: str = ""
    card: str = ""
    ended_at: str = ""


class Book:
    """Transactions by order number, in the order they came."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def open(self, order_no: str, trans_type: str, amount_fen: int, orig: str = "") -> Entry:
        """A new transaction, or a fresh attempt under a number that never cost anything."""
        trans_no = f"7{len(self.entries) + 1:019d}"
        entry = Entry(order_no, trans_type, amount_fen, trans_no, orig)
        self.entries[order_no] = entry
        return entry

    def charge(self, entry: Entry, paid_fen: int, ended_at: str) -> None:
        entry.paid_fen = paid_fen
        entry.charges += 1
        entry.channel_no = f"42{entry.trans_no}"
        entry.status = COMPLETED
        entry.ended_at = ended_at

    def give_back(self, entry: Entry, ended_at: str) -> None:
        """Book a void or refund on itself and on the sale it takes back."""
        sale = self.entries[entry.orig_order_no]
        sale.refunded_fen += entry.amount_fen
        if entry.trans_type == VOID:
            sale.status = CANCELLED
        entry.paid_fen = entry.amount_fen
        entry.method, entry.scenario, entry.card = sale.method, sale.scenario, sale.card
        entry.channel_no = f"50{entry.trans_no}"
        entry.status = COMPLETED
        entry.ended_at = ended_at

    def why_not(self, trans_type: str, amount_fen: int, orig: str) -> str:
        """Why a void or refund is refused; empty when it is not."""
        sale = self.entries.get(orig)
        if sale is None or sale.trans_type != SALE:
            return "original order not found"
        if sale.status != COMPLETED:
            return "original order is not paid"
        if trans_type == VOID and sale.refunded_fen:
            return "original order is already refunded in part"
        if amount_fen < 1 or amount_fen > sale.paid_fen - sale.refunded_fen:
            return "more than what is left of the payment"
        return ""

    def ledger(self) -> dict[str, dict[str, int]]:
        """Of every sale: fen charged to the payer, taken off by coupons, given back; charges."""
        return {
            e.order_no: {
                "charged_fen": e.paid_fen if e.charges else 0,
                "coupon_fen": e.amount_fen - e.paid_fen if e.charges else 0,
                "refunded_fen": e.refunded_fen,
                "charges": e.charges,
            }
            for e in self.entries.values()
            if e.trans_type == SALE
        }
