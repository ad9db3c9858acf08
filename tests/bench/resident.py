"""Many payments by one tireless resident, in the real window on real wires."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from kiosk.barcodes import luhn_digit
from tests.support.simulated import SimulatedCabin
from tests.support.window import KioskWindow

NO_LIMIT = 1_000_000_000
ROLL = 100
"""So many receipts are sure to be on a roll of paper."""
FEN = 1234
PERIOD = "2026-09"


def lift_limits(config: Path) -> None:
    """A thousand payments in minutes are more than any day's limit allows."""
    text = config.read_text(encoding="utf-8")
    config.write_text(
        re.sub(r"day_max_fen = \d+", f"day_max_fen = {NO_LIMIT}", text), encoding="utf-8"
    )


def pay(kiosk: KioskWindow, cabin: SimulatedCabin, number: int) -> None:
    """One payment from home to home, with a card.

    The accounts change, because a biller answers each only so often a minute.
    """
    bench = cabin.bench
    account = f"31{number % 500:08d}"
    bench.act(
        "biller",
        "new_bill",
        institution="SH-POWER",
        account=account,
        amount_fen=FEN,
        period=PERIOD,
        late_fee_fen=0,
    )
    printed = f"91{account}{FEN:08d}{PERIOD.replace('-', '')}"
    kiosk.touch("home.pay_bill")
    kiosk.on("bill")
    bench.act("scanner", "scan", code=printed + luhn_digit(printed))
    kiosk.touch("bills.pay")
    kiosk.touch("confirm.pay.terminal")
    kiosk.on("pay")
    bench.when_asked_to_pay()
    bench.act("terminal", "tap_card")
    kiosk.touch("order.done")
    kiosk.on("home")


def pay_many(
    kiosk: KioskWindow, cabin: SimulatedCabin, count: int, after: Callable[[int], None]
) -> None:
    """``count`` payments, with a word to ``after`` behind each."""
    for number in range(1, count + 1):
        if number % ROLL == 0:
            cabin.bench.act("receipt_printer", "paper_in")
        pay(kiosk, cabin, number)
        after(number)
