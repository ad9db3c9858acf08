"""What may be noted of a ZVT terminal's traffic: the protocol, and nobody's card.

Card numbers, tracks, expiry dates, check values, texts, authorisation attributes, passwords and
all of a TLV container become invented values of the same length, and the CRC is made good (design,
Devices: card ports; payment terminal protocols, 6). Amounts, trace and receipt numbers, dates and
times are kept. Of lines to print, of what can't be read to its end and of what is no frame only
the length is kept.
"""

from __future__ import annotations

from dataclasses import replace

from devices.payment_terminal import zvt_apdu, zvt_block
from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_fields as f
from devices.payment_terminal.zvt_apdu import Apdu
from devices.trace import Direction, Note

_PASSWORD = 3
_BEFORE_FIELDS = {
    codes.REGISTRATION: 6,
    codes.REVERSAL: _PASSWORD,
    codes.REFUND: _PASSWORD,
    codes.END_OF_DAY: _PASSWORD,
    codes.REPEAT_RECEIPT: _PASSWORD,
    codes.STATUS_ENQUIRY: _PASSWORD,
    codes.INTERMEDIATE: 2,
    codes.ABORTED: 1,
    codes.AUTHORISATION: 0,
    codes.STATUS_INFO: 0,
    codes.COMPLETION: 0,
    codes.DIAGNOSIS: 0,
    codes.LOG_OFF: 0,
    codes.ABORT: 0,
    codes.DONE: 0,
}
"""How many bytes stand before the fields; a control that isn't here can't be read."""
_KEPT = frozenset(
    (
        f.TIMEOUT,
        f.MOST_ASKS,
        f.AMOUNT,
        f.TRACE,
        f.TIME,
        f.DATE,
        f.PAYMENT_TYPE,
        f.RESULT,
        f.CURRENCY,
        f.RECEIPT,
        f.TURNOVER,
    )
)
"""The fields whose values are kept."""
_NAMES = {
    codes.REGISTRATION: "registration",
    codes.AUTHORISATION: "authorisation",
    codes.LOG_OFF: "log-off",
    codes.COMPLETION: "completion",
    codes.ABORTED: "aborted",
    codes.REPEAT_RECEIPT: "repeat receipt",
    codes.REVERSAL: "reversal",
    codes.REFUND: "refund",
    codes.END_OF_DAY: "end of day",
    codes.DIAGNOSIS: "diagnosis",
    codes.ABORT: "abort",
    codes.PRINT_LINE: "print line",
    codes.PRINT_TEXT: "print text",
    codes.STATUS_ENQUIRY: "status enquiry",
    codes.STATUS_INFO: "status",
    codes.INTERMEDIATE: "intermediate status",
    codes.DONE: "done",
}


class ZvtScribe:
    """A scribe for both directions of the serial line (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoders = {way: zvt_block.Decoder() for way in Direction}

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The blocks complete with these bytes."""
        return [_piece(direction, x) for x in self._decoders[direction].feed(data)]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        notes = []
        for direction, decoder in self._decoders.items():
            if decoder.pending:
                notes.append(Note(direction, decoder.pending, None, "unfinished"))
            decoder.clear()
        return notes


class ZvtTcpScribe:
    """A scribe for both directions over TCP (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoders = {way: zvt_apdu.Decoder() for way in Direction}

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The APDUs complete with these bytes."""
        return [_plain(direction, x) for x in self._decoders[direction].feed(data)]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        notes = []
        for direction, decoder in self._decoders.items():
            if decoder.pending:
                notes.append(Note(direction, decoder.pending, None, "unfinished"))
            decoder.clear()
        return notes


def _piece(direction: Direction, piece: zvt_block.Piece) -> Note:
    match piece:
        case zvt_block.Ack():
            return Note(direction, 1, zvt_block.ACK, "ACK")
        case zvt_block.Nak():
            return Note(direction, 1, zvt_block.NAK, "NAK")
        case zvt_block.Damaged(length):
            return Note(direction, length, None, "damaged block")
        case zvt_block.Noise(length):
            return Note(direction, length, None, "no frame")
        case zvt_block.Block(raw):
            size = len(zvt_block.encode(raw))
            apdu = zvt_apdu.parse(raw)
            safe = None if apdu is None else scrubbed(apdu)
            if apdu is None or safe is None:
                return Note(direction, size, None, _words(apdu))
            block = zvt_block.encode(zvt_apdu.encode(safe))
            return Note(direction, size, block, _words(safe))


def _plain(direction: Direction, found: Apdu | zvt_apdu.Noise) -> Note:
    if isinstance(found, zvt_apdu.Noise):
        return Note(direction, found.length, None, "no frame")
    safe = scrubbed(found)
    size = len(zvt_apdu.encode(found))
    if safe is None:
        return Note(direction, size, None, _words(found))
    return Note(direction, size, zvt_apdu.encode(safe), _words(safe))


def scrubbed(apdu: Apdu) -> Apdu | None:
    """The APDU with nothing of anybody in it, as long in a block too; None if it can't be read."""
    is_refusal = apdu.control >> 8 == codes.REFUSAL
    before = 0 if is_refusal else _BEFORE_FIELDS.get(apdu.control)
    if before is None:
        return None
    data = apdu.data
    before = min(before, len(data))
    if before + f.read_to(data[before:]) != len(data):
        return None
    safe = bytearray(data)
    if before >= _PASSWORD:
        safe[:_PASSWORD] = _zeros(data[:_PASSWORD])
    for field in f.fields(data[before:]):
        if field.number not in _KEPT:
            start = before + field.at
            invented = _masked if field.number == f.PAN else _zeros
            safe[start : start + len(field.value)] = invented(field.value)
    return replace(apdu, data=bytes(safe))


def _zeros(value: bytes) -> bytes:
    """As long, and as long in a block, where a 10 takes two bytes."""
    doubled = value.count(zvt_block.DLE)
    return bytes((zvt_block.DLE,)) * doubled + bytes(len(value) - doubled)


def _masked(pan: bytes) -> bytes:
    """A card number of zeros, masked and filled up where it was."""
    left = pan.count(zvt_block.DLE)
    safe = bytearray()
    for byte in pan:
        high, low = (x if x > 9 else 0 for x in (byte >> 4, byte & 0x0F))
        plain = not high and not low
        if plain and left:
            left -= 1
            safe.append(zvt_block.DLE)
        else:
            safe.append(high << 4 | low)
    return bytes(safe)


def _words(apdu: Apdu | None) -> str:
    if apdu is None:
        return "block without an APDU"
    if apdu.control >> 8 == codes.REFUSAL:
        return f"answer {codes.code_text(apdu.control & 0xFF)}"
    name = _NAMES.get(apdu.control, f"control {apdu.control:04X}")
    told = [name]
    before = _BEFORE_FIELDS.get(apdu.control, 0)
    for field in f.fields(apdu.data[before:]):
        if field.number == f.RESULT:
            told.append(f"result {field.value.hex().upper()}")
        elif field.number == f.TRACE:
            told.append(f"trace {field.value.hex()}")
        elif field.number == f.AMOUNT and (fen := f.digits_of(field.value)):
            told.append(f"{int(fen)} fen")
    if apdu.control == codes.ABORTED and apdu.data:
        told.append(codes.code_text(apdu.data[0]))
    return " ".join(told)
