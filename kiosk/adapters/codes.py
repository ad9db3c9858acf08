"""What a code held to the scanner means at the screen."""

from __future__ import annotations

from kiosk.barcodes import BarcodeRule, BillCode, PaymentCode, SlipCode, read_code
from kiosk.core.visit import messages as m


def meant(text: str, rules: tuple[BarcodeRule, ...]) -> m.VisitEvent | None:
    """A bill, a slip of ours or a payment code; None for any other."""
    match read_code(text, rules):
        case BillCode() as bill:
            return m.BillScanned(bill.institution, bill.account)
        case SlipCode() as slip:
            return m.SlipScanned(slip.order_id)
        case PaymentCode():
            return m.PaymentCodeScanned()
        case _:
            return None
