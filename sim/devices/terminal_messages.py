"""`biz_data` of ECR Hub messages: amounts and what is said of a transaction."""

from __future__ import annotations

import re

from sim.devices.terminal_book import CLOSED, CREATED, Entry

_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.([0-9]{1,2}))?")


def fen_of(amount: str) -> int | None:
    """Yuan as text in fen ("34.50" is 3450); None for anything else."""
    if (match := _AMOUNT.fullmatch(amount)) is None:
        return None
    whole, _, cents = match[0].partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def clean(value: object) -> str:
    """A JSON value as text that can be written anywhere (no halves of surrogate pairs)."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def seconds_of(expires: str, usual: float = 300.0) -> float:
    """How long a sale waits for its customer: `expires` of the request, or 300 s."""
    if not re.fullmatch(r"[0-9]{1,5}", expires):
        return usual
    return float(expires) or usual


def yuan_of(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def biz_of(entry: Entry) -> dict[str, str]:
    """`biz_data` of an answer about `entry`."""
    biz = {
        "merchant_order_no": entry.order_no,
        "price_currency": "CNY",
        "order_amount": yuan_of(entry.amount_fen),
        "trans_type": entry.trans_type,
        "trans_no": entry.trans_no,
        "trans_status": entry.status,
    }
    if entry.status not in (CREATED, CLOSED):
        biz |= {
            "paid_amount": yuan_of(entry.paid_fen),
            "discount_bmopc": "0.00",
            "discount_bpc": yuan_of(entry.amount_fen - entry.paid_fen),
            "pay_channel_trans_no": entry.channel_no,
            "pay_method_id": entry.method,
            "pay_scenario": entry.scenario,
            "trans_end_time": entry.ended_at,
        }
        if entry.card:
            biz["pay_user_account_id"] = entry.card
    if entry.orig_order_no:
        biz["orig_merchant_order_no"] = entry.orig_order_no
    return biz
