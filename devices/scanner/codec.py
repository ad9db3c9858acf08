"""Lines of a barcode scanner: bytes to frozen codes. No I/O, no clock.

A phone's payment code is recognised here and masked before anything else sees it. Source:
scanner protocols, 3 (suffix CR or CR LF; AIM prefix; payment code rules).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_LINE = 1024
"""More bytes than this without an end of line are no code."""

Kind = Literal["code", "payment_code", "unreadable"]

_END = re.compile(rb"[\r\n]")
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_PAYMENT_CODE = re.compile(
    r"1[0-5][0-9]{16}"  # WeChat: 18 digits, the first two 10 to 15
    r"|(?:2[5-9]|30)[0-9]{14,22}"  # Alipay: 16 to 24 digits, the first two 25 to 30
    r"|62[0-9]{17}"  # UnionPay: 19 digits beginning with 62
)
_DIGITS = re.compile(rb"[0-9]{6,}")
# Symbols may carry GS between fields, and some scanners wrap the code in STX and ETX.
_STRIPPED_CONTROLS = dict.fromkeys((0x02, 0x03, 0x1D))


@dataclass(frozen=True, slots=True)
class Scanned:
    """One code. `aim` is the symbology's prefix ("]C1"), empty if the scanner sends none.

    Of a payment code `text` is empty and `masked` shows the last four digits; of an unreadable
    line (too long, control characters, no end) both are empty.
    """

    text: str
    aim: str = ""
    kind: Kind = "code"
    masked: str = ""


def is_payment_code(text: str) -> bool:
    """Whether `text` is what a phone shows to be scanned for paying."""
    return _PAYMENT_CODE.fullmatch(text) is not None


class Decoder:
    """Cuts a stream into codes, split in any way. Never raises; linear time on any input."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._too_long = False

    @property
    def pending(self) -> bool:
        """Whether a line has begun that has not ended."""
        return bool(self._line) or self._too_long

    def feed(self, data: bytes) -> list[Scanned]:
        """Take more bytes; the codes that ended in them, in order."""
        codes: list[Scanned] = []
        start = 0
        for match in _END.finditer(data):
            self._extend(data[start : match.start()])
            codes += self._end_line()
            start = match.end()
        self._extend(data[start:])
        return codes

    def give_up(self) -> list[Scanned]:
        """The end of the line isn't coming: half a code is no code."""
        if not self.pending:
            return []
        self._line.clear()
        self._too_long = False
        return [Scanned("", kind="unreadable")]

    def _extend(self, part: bytes) -> None:
        if self._too_long or len(self._line) + len(part) > MAX_LINE:
            self._too_long = bool(part) or self._too_long
            self._line.clear()
        else:
            self._line += part

    def _end_line(self) -> list[Scanned]:
        if self._too_long:
            return self.give_up()
        raw = bytes(self._line)
        self._line.clear()
        # CR LF ends a line once: the line between the two is empty.
        return [parse(raw)] if raw else []


def parse(raw: bytes) -> Scanned:
    """The code that a scanner sent, without what ends it. Never raises."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Scanned("", kind="unreadable")
    text = text.translate(_STRIPPED_CONTROLS).strip()
    match = _AIM.match(text)
    aim = match[0] if match else ""
    text = text[len(aim) :].strip()
    if not text or not text.isprintable():
        return Scanned("", aim, kind="unreadable")
    if is_payment_code(text):
        return Scanned("", aim, kind="payment_code", masked="…" + text[-4:])
    return Scanned(text, aim)


def sensitive_spans(raw: bytes) -> tuple[slice, ...]:
    """Where account numbers and payment codes may stand in raw bytes, for recordings."""
    return tuple(slice(*match.span()) for match in _DIGITS.finditer(raw))
