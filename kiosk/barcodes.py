"""What a scanned text is: a bill, one of our own slips, a payment code, or nothing we know.

Pure: rules come from the configuration, nothing is kept. Bills follow a rule table because no
public rule for real bills exists (Barcode and payment-code scanner, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SLIP_PREFIX = "SX1"
ORDER_LENGTH = 20
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = frozenset("0123456789")
_PERIOD_LENGTH = 6  # YYYYMM

# Payment codes by length and first two digits (Barcode and payment-code scanner, section 3).
_PAYMENT_CODES = (
    (range(18, 19), range(10, 16)),  # WeChat
    (range(16, 25), range(25, 31)),  # Alipay
    (range(19, 20), range(62, 63)),  # UnionPay
)


@dataclass(frozen=True, slots=True)
class BarcodeRule:
    """How one kind of bill is read. Slices are [from, to), counted from 0 in the whole text.

    `check` is "luhn" (the last digit is the Luhn check digit of the whole text) or "none".
    """

    name: str
    institution: str
    prefix: str
    length: int
    account: tuple[int, int]
    amount_fen: tuple[int, int] | None = None
    period: tuple[int, int] | None = None
    check: str = "luhn"


@dataclass(frozen=True, slots=True)
class BillCode:
    """A utility bill. `amount_fen` and `period` ("YYYY-MM") only where the rule names them."""

    institution: str
    account: str
    amount_fen: int | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class SlipCode:
    """One of our own slips: the order it belongs to."""

    order_id: str


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """A phone's payment code held to the wrong reader. It holds nothing: never kept or logged."""


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """Nothing we know. The text isn't carried along: it could be anything, even personal."""


Code = BillCode | SlipCode | PaymentCode | UnknownCode


def read_code(text: str, rules: Iterable[BarcodeRule]) -> Code:
    """Say what the scanned `text` is. Never raises; the first rule that fits wins."""
    text = text.strip()
    order_id = _read_slip(text)
    if order_id is not None:
        return SlipCode(order_id)
    if is_payment_code(text):
        return PaymentCode()
    for rule in rules:
        bill = _read_bill(text, rule)
        if bill is not None:
            return bill
    return UnknownCode()


def is_payment_code(text: str) -> bool:
    """Whether `text` has the form of a payment code of WeChat, Alipay or UnionPay."""
    if len(text) < 2 or not _is_digits(text):
        return False
    first_two = int(text[:2])
    return any(len(text) in lengths and first_two in firsts for lengths, firsts in _PAYMENT_CODES)


def could_be_payment_code(prefix: str, length: int) -> bool:
    """Whether a text of `length` digits beginning with `prefix` can be a payment code."""
    for lengths, firsts in _PAYMENT_CODES:
        if length in lengths and any(
            str(first).startswith(prefix[:2]) and _is_digits(prefix or "0") for first in firsts
        ):
            return True
    return False


def slip_code(order_id: str) -> str:
    """The text of the QR code on a slip of `order_id`, 20 characters of 0-9A-Z.

    Raises ValueError for any other order number.
    """
    if not _is_order_id(order_id):
        raise ValueError(f"an order number has {ORDER_LENGTH} characters of 0-9A-Z")
    return SLIP_PREFIX + order_id + _ALPHABET[-_luhn_sum(order_id, 36, 2) % 36]


def luhn_valid(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit (ISO/IEC 7812-1, annex B) of the others."""
    return len(digits) > 1 and _is_digits(digits) and _luhn_sum(digits, 10, 1) % 10 == 0


def luhn_digit(digits: str) -> str:
    """The Luhn check digit to append to `digits` (one or more of 0-9, else ValueError)."""
    if not _is_digits(digits):
        raise ValueError("a Luhn check digit is made of digits only")
    return str(-_luhn_sum(digits, 10, 2) % 10)


def _luhn_sum(text: str, base: int, factor: int) -> int:
    """Sum of the digits of `text` to `base`, every second doubled and folded, from the right."""
    total = 0
    for character in reversed(text):
        value = _ALPHABET.index(character) * factor
        total += value // base + value % base
        factor = 3 - factor
    return total


def _read_slip(text: str) -> str | None:
    order_id = text[len(SLIP_PREFIX) : -1]
    if text.startswith(SLIP_PREFIX) and _is_order_id(order_id) and slip_code(order_id) == text:
        return order_id
    return None


def _read_bill(text: str, rule: BarcodeRule) -> BillCode | None:
    if len(text) != rule.length or not text.startswith(rule.prefix):
        return None
    if rule.check == "luhn" and not luhn_valid(text):
        return None
    account = text[slice(*rule.account)]
    if not (account.isascii() and account.isalnum()):
        return None
    amount: int | None = None
    if rule.amount_fen is not None:
        digits = text[slice(*rule.amount_fen)]
        if not _is_digits(digits):
            return None
        amount = int(digits)
    period: str | None = None
    if rule.period is not None:
        period = _read_period(text[slice(*rule.period)])
        if period is None:
            return None
    return BillCode(rule.institution, account, amount, period)


def _read_period(digits: str) -> str | None:
    """ "202610" → "2026-10"; None unless it is a month."""
    if len(digits) != _PERIOD_LENGTH or not _is_digits(digits):
        return None
    if digits[:4] < "2000" or not "01" <= digits[4:] <= "12":
        return None
    return f"{digits[:4]}-{digits[4:]}"


def _is_order_id(text: str) -> bool:
    return len(text) == ORDER_LENGTH and all(character in _ALPHABET for character in text)


def _is_digits(text: str) -> bool:
    """Only ASCII digits, at least one (str.isdigit would let other scripts' digits through)."""
    return bool(text) and _DIGITS.issuperset(text)
