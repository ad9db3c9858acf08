"""What may be noted of a scanner's traffic: how much was scanned and of what kind.

Of each code the symbology's prefix and the first two digits are kept (whose payment code or which
biller's bill), every further digit becomes 0, every letter x or X. What comes out is as long and of
the same kind; the note on which a code ends names the kind.
"""

from __future__ import annotations

from devices.scanner.codec import MAX_LINE, parse
from devices.trace import Direction, Note

_KEPT_DIGITS = 2
# What a UTF-8 sequence of two, three or four bytes becomes.
_FILLERS = {2: "é".encode(), 3: "某".encode(), 4: "𠀀".encode()}


class CodeMask:
    """One code's characters, as they come. `length` counts them."""

    def __init__(self) -> None:
        self.length = 0
        self._digits = 0
        self._letters = False
        self._aim_place = 0
        """How much of a prefix such as "]C1" has come; 3 once it can't any more."""
        self._filler = b""
        self._safe = bytearray()

    def take(self, byte: int) -> int:
        """What stands in for the next byte."""
        safe = self._stand_in(byte)
        self.length += 1
        if len(self._safe) < MAX_LINE:
            self._safe.append(safe)
        return safe

    def kind(self) -> str:
        """What the code is: its kind is what its stand-in's is."""
        if self.length > MAX_LINE:
            return "unreadable (too long)"
        code = parse(bytes(self._safe))
        words = {"payment_code": "payment code", "unreadable": "unreadable"}.get(code.kind, "code")
        return f"{code.aim} {words} of {self.length} bytes (invented)".lstrip()

    def _stand_in(self, byte: int) -> int:
        if self._filler and byte & 0xC0 == 0x80:
            safe, self._filler = self._filler[0], self._filler[1:]
            return safe
        self._filler = b""
        if byte >= 0x80:
            return self._lead(byte)
        char = chr(byte)
        if self._is_aim(char):
            return byte
        if char.isdigit():
            self._digits += 1
            return byte if self._digits <= _KEPT_DIGITS and not self._letters else ord("0")
        if char.isalpha():
            self._letters = True
            return ord("X" if char.isupper() else "x")
        return byte

    def _lead(self, byte: int) -> int:
        size = 2 if 0xC2 <= byte < 0xE0 else 3 if 0xE0 <= byte < 0xF0 else 4
        if not 0xC2 <= byte < 0xF5:
            return 0x80  # not UTF-8 here and not there
        self._letters = True
        self._filler = _FILLERS[size][1:]
        return _FILLERS[size][0]

    def _is_aim(self, char: str) -> bool:
        """Whether it belongs to a prefix at the code's beginning, or comes before it."""
        place = self._aim_place
        if place == 0 and char in "\x02\x03\x1d ":
            return True
        fits = (char == "]", char.isalpha(), char.isalnum(), False)[place]
        self._aim_place = place + 1 if fits else 3
        return fits


class CdcScribe:
    """A scribe of a serial scanner's lines (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._mask = CodeMask()

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """A note for these bytes."""
        if not data:
            return []
        if direction is Direction.OUT:
            return [Note(direction, len(data), data, "trigger")]
        safe, words = bytearray(), []
        for byte in data:
            if byte not in b"\r\n":
                safe.append(self._mask.take(byte))
                continue
            safe.append(byte)
            if self._mask.length:
                words.append(self._mask.kind())
                self._mask = CodeMask()
        if self._mask.length:
            words.append("part of a code")
        return [Note(direction, len(data), bytes(safe), "; ".join(words) or "end of line")]

    def flush(self) -> list[Note]:
        """Everything has been noted; what was begun doesn't outlive its cable."""
        self._mask = CodeMask()
        return []
