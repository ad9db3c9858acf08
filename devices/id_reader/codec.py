"""SAM_V frames of an ID-card reader: bytes ⇄ messages, without I/O.

``AA AA AA 96 69 LEN(2) … CHK`` both ways: LEN counts what follows it, CHK is the XOR from LEN to
the last byte before it. A reader's answer begins with three status bytes. The photo is thrown away
here; nothing behind this file ever sees it. Source: ID-card reader and record-booklet dispenser,
5a. Of the USB variant that source says that header and body go through separate pipes (02 and 06
out, 81 and 85 in), but not where the one ends: these frames are the serial line's, and no port here
puts the two pipes together.
"""

from __future__ import annotations

import functools
import itertools
import operator
from dataclasses import dataclass, field

PREAMBLE = bytes.fromhex("aaaaaa9669")
FIND, SELECT, READ, STATUS, SAM_ID = (
    bytes.fromhex(x) for x in ("2001", "2002", "3001", "11ff", "12ff")
)
GOOD, FOUND = 0x90, 0x9F
LONGEST = 2400
"""What LEN may be: the longest answer known, with fingerprints, has 2,314."""

MEANINGS = {
    0x10: "bad checksum",
    0x11: "bad length",
    0x21: "unknown command",
    0x24: "unknown error",
    0x31: "authentication failed",
    0x32: "authentication failed",
    0x33: "check failed",
    0x40: "a card of another kind",
    0x41: "the card could not be read",
    0x47: "random number failed",
    0x60: "self-test failed",
    0x66: "not authorised",
    0x80: "no card",
    0x81: "the card could not be selected",
    0x91: "the card has none of that",
}

_TEXT, _PHOTO = 256, 1024
_FIELDS = (
    ("name", 30),
    ("sex", 2),
    ("nation", 4),
    ("birth", 16),
    ("address", 70),
    ("number", 36),
    ("issuer", 30),
    ("valid_from", 16),
    ("valid_until", 16),
)
_TYPE_AT = 248
"""Where the cards of foreign residents and of 港澳台 say so; their layout is another."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Identity:
    """What stands on a card. Dates are ``YYYYMMDD``; ``valid_until`` may be 长期.

    Its ``repr`` shows nothing, so that no log and no traceback can.
    """

    name: str = field(repr=False)
    sex: str = field(repr=False)
    nation: str = field(repr=False)
    birth: str = field(repr=False)
    address: str = field(repr=False)
    number: str = field(repr=False)
    issuer: str = field(repr=False)
    valid_from: str = field(repr=False)
    valid_until: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The reader's status byte; ``payload`` is what a good answer brings, the SAM's number say."""

    status: int
    payload: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class CardText:
    """A card was read. ``identity`` is None for a card whose layout isn't known."""

    identity: Identity | None


@dataclass(frozen=True, slots=True)
class Noise:
    """So many bytes that belong to no frame."""

    length: int


Message = Answer | CardText | Noise


def encode(command: bytes) -> bytes:
    """A frame from this machine."""
    return frame(command)


def frame(content: bytes) -> bytes:
    """Preamble and length before it, the checksum behind it."""
    body = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + body + bytes((functools.reduce(operator.xor, body),))


def check_digit(number: str) -> str:
    """The eighteenth digit of an ID number by GB 11643 (ISO 7064, mod 11-2)."""
    return _CHECKS[sum(w * int(x) for w, x in zip(_WEIGHTS, number, strict=False)) % 11]


def number_is_good(number: str) -> bool:
    """Whether a number has seventeen digits and the check digit that they want."""
    return (
        len(number) == 18
        and number[:17].isascii()
        and number[:17].isdecimal()
        and number[17] == check_digit(number)
    )


class Decoder:
    """Finds frames in any split of the stream; a bad one costs one byte, then it looks again.

    What has been read of a card is overwritten here as soon as it has been passed on.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._sums = bytearray(1)
        """XOR of all bytes before each: frames that lie in one another cost no time again."""

    @property
    def pending(self) -> int:
        """Bytes that may yet become a frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Message]:
        """The messages complete with these bytes."""
        self._buffer += data
        sums = itertools.accumulate(data, operator.xor, initial=self._sums[-1])
        self._sums[-1:] = bytes(sums)
        found: list[Message] = []
        at = noise = 0
        while at < len(self._buffer):
            end = self._frame_end(at)
            if end is None:
                break
            if end == 0:
                following = self._next_preamble(at + 1)
                at, noise = following, noise + following - at
                continue
            if noise:
                found.append(Noise(noise))
                noise = 0
            found.append(_message(bytes(self._buffer[at + 7 : end - 1])))
            at = end
        if noise:
            found.append(Noise(noise))
        self._drop(at)
        return found

    def give_up(self) -> list[Message]:
        """A frame that was never finished is noise; what follows its first byte is looked at."""
        if not self._buffer:
            return []
        rest = bytes(self._buffer[1:])
        self._drop(len(self._buffer))
        return [Noise(1), *self.feed(rest)]

    def _drop(self, count: int) -> None:
        """Forget that many bytes, and overwrite them before."""
        for kept in (self._buffer, self._sums):
            kept[:count] = bytes(count)
            del kept[:count]

    def _next_preamble(self, at: int) -> int:
        """Where the next frame may begin: at a preamble, or at what may become one at the end."""
        found = self._buffer.find(PREAMBLE, at)
        return found if found >= 0 else max(at, len(self._buffer) - len(PREAMBLE) + 1)

    def _frame_end(self, at: int) -> int | None:
        """Where the frame that begins here ends; 0: none begins here; None: not enough bytes."""
        head = bytes(self._buffer[at : at + 7])
        if head[:5] != PREAMBLE[: len(head)]:
            return 0
        if len(head) < 7:
            return None
        length = int.from_bytes(head[5:7], "big")
        if not 4 <= length <= LONGEST:
            return 0
        end = at + 7 + length
        if end > len(self._buffer):
            return None
        return end if self._sums[at + 5] == self._sums[end] else 0


def _message(body: bytes) -> Message:
    status, data = body[2], body[3:]
    if status != GOOD or len(data) < 4 + _TEXT:
        return Answer(status, data if status in (GOOD, FOUND) else b"")
    text_length = int.from_bytes(data[:2], "big")
    if text_length != _TEXT:
        return CardText(None)
    return CardText(_identity(data[4 : 4 + _TEXT]))


def _identity(text: bytes) -> Identity | None:
    kind = text[_TYPE_AT : _TYPE_AT + 2].decode("utf-16-le", "replace").strip(" \0")
    if kind:
        return None
    values, at = {}, 0
    for name, length in _FIELDS:
        values[name] = text[at : at + length].decode("utf-16-le", "replace").strip(" \0")
        at += length
    return Identity(**values)
