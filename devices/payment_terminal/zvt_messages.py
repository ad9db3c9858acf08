"""What a ZVT terminal says, and what it is told, as frozen messages. Pure.

Card numbers are masked here, before anything else sees them; tracks, expiry dates, check values
and TLV containers aren't read at all, and lines to print not kept. Sources: payment terminal
protocols, 1.2 (commands, bitmaps) and 6 (what may be kept of a card).
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_fields as f
from devices.payment_terminal.messages import mask_numbers
from devices.payment_terminal.zvt_apdu import Apdu

CNY = "0156"
_ENOUGH_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Done:
    """`80 00`: the terminal takes the command, or it needs no more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """`84 code`: the terminal doesn't take the command."""

    code: int


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """What became of a transaction (`04 0F`). Amounts in fen; text is empty where nothing was said.

    `result` is None if there was no bitmap 27. `whole` is False if something couldn't be read.
    """

    result: int | None = None
    amount_fen: int | None = None
    currency: str = ""
    trace: str = ""
    receipt: str = ""
    date: str = ""
    time: str = ""
    terminal_id: str = ""
    merchant_no: str = ""
    card_masked: str = ""
    card_name: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Intermediate:
    """`04 FF`: what the terminal waits for. `wait_s`: it asks for so much patience (seconds)."""

    code: int | None = None
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """`06 0F`: the command is over. `info` is what stands in it."""

    info: StatusInfo


@dataclass(frozen=True, slots=True)
class Aborted:
    """`06 1E`: the command is over without success. `code` is None if it came without one."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Print:
    """`06 D1` or `06 D3`: something to print, which isn't kept."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An APDU that isn't known here."""

    control: int


Message = Done | Refused | StatusInfo | Intermediate | Completion | Aborted | Print | Unknown


def decode(apdu: Apdu) -> Message:
    """What an APDU of the terminal says. Never raises."""
    if apdu.control >> 8 == codes.REFUSAL:
        return Refused(apdu.control & 0xFF)
    match apdu.control:
        case codes.DONE:
            return Done()
        case codes.STATUS_INFO:
            return _info(apdu.data)
        case codes.INTERMEDIATE:
            return _intermediate(apdu.data)
        case codes.COMPLETION:
            return Completion(_info(apdu.data))
        case codes.ABORTED:
            return Aborted(apdu.data[0] if apdu.data else None)
        case codes.PRINT_LINE | codes.PRINT_TEXT:
            return Print()
        case _:
            return Unknown(apdu.control)


# What it is told.

DONE = Apdu(codes.DONE)
UNKNOWN_COMMAND = Apdu(codes.REFUSAL << 8 | codes.NOT_POSSIBLE)
ABORT = Apdu(codes.ABORT)
LOG_OFF = Apdu(codes.LOG_OFF)
DIAGNOSIS = Apdu(codes.DIAGNOSIS)
REJECT = Apdu(codes.REFUSAL << 8 | codes.NOT_ISSUED)
WAIT = Apdu(codes.REFUSAL << 8 | codes.PLEASE_WAIT)


def partly(amount_fen: int) -> Apdu:
    """Goods for `amount_fen` only came out (`84 9D`)."""
    return Apdu(codes.REFUSAL << 8 | codes.PARTLY, _amount(amount_fen))


def registration(password: str, config: int, currency: str = CNY) -> Apdu:
    """Begin: `config` is the sum of the table's bits."""
    data = bytes.fromhex(password) + bytes((config,)) + bytes.fromhex(currency)
    return Apdu(codes.REGISTRATION, data)


def authorisation(
    amount_fen: int,
    currency: str = CNY,
    goods_wait_s: int | None = None,
    most_asks: int | None = None,
) -> Apdu:
    """Take a payment. `goods_wait_s` and `most_asks` bound the wait for goods (1 to 255)."""
    data = _amount(amount_fen) + _currency(currency)
    if goods_wait_s is not None:
        data += bytes((f.TIMEOUT, goods_wait_s))
    if most_asks is not None:
        data += bytes((f.MOST_ASKS, most_asks))
    return Apdu(codes.AUTHORISATION, data)


def reversal(password: str, receipt: str) -> Apdu:
    """Take the whole of the payment with that receipt number (four digits) back."""
    return Apdu(codes.REVERSAL, bytes.fromhex(password + f"{f.RECEIPT:02x}" + receipt))


def refund(password: str, amount_fen: int, currency: str = CNY) -> Apdu:
    """Give money to a card that is present."""
    data = bytes.fromhex(password) + _amount(amount_fen) + _currency(currency)
    return Apdu(codes.REFUND, data)


def with_password(control: int, password: str) -> Apdu:
    """Repeat receipt, end of day, status enquiry: the password is all they carry."""
    return Apdu(control, bytes.fromhex(password))


def _amount(amount_fen: int) -> bytes:
    return bytes((f.AMOUNT,)) + f.bcd(amount_fen, 6)


def _currency(currency: str) -> bytes:
    return bytes((f.CURRENCY,)) + bytes.fromhex(currency)


# What it says.


def _info(data: bytes) -> StatusInfo:
    found: dict[int, bytes] = {}
    for field in f.fields(data):
        found.setdefault(field.number, field.value)
    amount = f.digits_of(found.get(f.AMOUNT, b""))
    name = _text(found.get(f.CARD_NAME, b""))
    result = found.get(f.RESULT)
    return StatusInfo(
        result=result[0] if result else None,
        amount_fen=int(amount) if amount else None,
        currency=found.get(f.CURRENCY, b"").hex(),
        trace=f.digits_of(found.get(f.TRACE, b"")),
        receipt=f.digits_of(found.get(f.RECEIPT, b"")),
        date=f.digits_of(found.get(f.DATE, b"")),
        time=f.digits_of(found.get(f.TIME, b"")),
        terminal_id=f.digits_of(found.get(f.TERMINAL_ID, b"")),
        merchant_no=_text(found.get(f.MERCHANT_NO, b"")),
        card_masked=_masked(found.get(f.PAN, b"")),
        card_name=mask_numbers(name),
        whole=f.read_to(data) == len(data),
    )


def _intermediate(data: bytes) -> Intermediate:
    """The code, then if the terminal wants more patience its minutes in BCD."""
    minutes = f.digits_of(data[1:2])
    wait_s = 60.0 * int(minutes) if minutes and int(minutes) else None
    return Intermediate(data[0] if data else None, wait_s)


def _masked(pan: bytes) -> str:
    """A card number, masked by the terminal or not, as far as it may be known: the last four."""
    nibbles = pan.hex().rstrip("f")
    last = nibbles[-4:]
    enough = len(nibbles) >= _ENOUGH_DIGITS and last.isdecimal()
    if not nibbles:
        return ""
    return f"****{last}" if enough else "****"


def _text(value: bytes) -> str:
    """Text as it is printed; what isn't ASCII becomes a question mark (the code page is nobody's
    knowledge).
    """
    said = value.split(b"\0", 1)[0]
    return "".join(chr(x) if 0x20 <= x < 0x7F else "?" for x in said).strip()
