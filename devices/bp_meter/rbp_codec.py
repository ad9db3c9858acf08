"""RBP-7000/9000 frames on a serial line: bytes ⇄ messages, without I/O.

A frame is ``PRE(2) VER LEN TYPE SUB DATA… XOR``: LEN counts TYPE, SUB and DATA, XOR runs from VER
to the last byte of DATA. Source: blood-pressure meter protocol, 1b.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass

HOST, DEVICE = b"\xcc\x80", b"\xaa\x80"
SERIAL_VERSION = 0x03
VERSIONS = (0x02, SERIAL_VERSION)
"""The Bluetooth twin says 02; a serial one that does is understood too."""
SHORTEST, LONGEST = 2, 0x20
"""What LEN may be: no frame known is longer than 15, and a wrong LEN must not swallow a stream."""

CONNECT, START, STOP, LIVE, RESULT, ERROR, PANEL_KEY, ELBOW_KEY = 1, 2, 3, 5, 6, 7, 8, 9

ERRORS = {
    0x01: "over-pressure protection",
    0x02: "signal error, or the bladder leaks upstream",
    0x05: "signal error, or a leak downstream",
    0x06: "no pulse signal",
    0x07: "battery low",
    0x09: "deflation abnormal or too long",
    0x0F: "the system leaks",
    0x10: "motor",
}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer to connect, start or stop; ``good`` if its data byte is 0."""

    command: int
    good: bool


@dataclass(frozen=True, slots=True)
class CuffPressure:
    """Pressure in the cuff now, in mmHg, as the meter says it: above 300 it can't be right."""

    mmhg: int


@dataclass(frozen=True, slots=True)
class Result:
    """A finished measurement: mmHg and beats a minute. ``time`` is the meter's own clock."""

    systolic: int
    diastolic: int
    pulse: int
    time: str
    user: int


@dataclass(frozen=True, slots=True)
class MeterError:
    """The meter gave up; ``meaning`` is English, empty for a code that isn't known."""

    code: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Key:
    """Somebody pressed a key: on the panel or at the elbow."""

    elbow: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """A good frame that says something we don't know, or a known one with too little in it."""

    kind: int
    sub: int


@dataclass(frozen=True, slots=True)
class Noise:
    """So many bytes that belong to no frame."""

    length: int


Message = Acknowledged | CuffPressure | Result | MeterError | Key | Unknown | Noise


def encode(sub: int, data: bytes = b"\0", kind: int = 1) -> bytes:
    """A frame from this machine: connect, start or stop."""
    return HOST + _checked(bytes((SERIAL_VERSION, 2 + len(data), kind, sub)) + data)


def _checked(body: bytes) -> bytes:
    return body + bytes((functools.reduce(operator.xor, body),))


class Decoder:
    """Finds frames in any split of the stream; a bad one costs one byte, then it looks again."""

    def __init__(self, preamble: bytes = DEVICE) -> None:
        self._preamble = preamble
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes that may yet become a frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[tuple[bytes, Message]]:
        """The messages complete with these bytes, each beside its own bytes."""
        self._buffer += data
        found: list[tuple[bytes, Message]] = []
        at = begin = 0
        while (end := self._frame_end(at)) is not None:
            if end == 0:
                at += 1
                continue
            if begin < at:
                found.append(self._noise(begin, at))
            raw = bytes(self._buffer[at:end])
            found.append((raw, _message(raw)))
            at = begin = end
        if begin < at:
            found.append(self._noise(begin, at))
        del self._buffer[:at]
        return found

    def give_up(self) -> list[tuple[bytes, Message]]:
        """A frame that was never finished is noise; what follows its first byte is looked at."""
        if not self._buffer:
            return []
        first, rest = bytes(self._buffer[:1]), bytes(self._buffer[1:])
        self._buffer.clear()
        return [(first, Noise(1)), *self.feed(rest)]

    def _noise(self, begin: int, end: int) -> tuple[bytes, Message]:
        return bytes(self._buffer[begin:end]), Noise(end - begin)

    def _frame_end(self, at: int) -> int | None:
        """Where the frame that begins here ends; 0: none begins here; None: not enough bytes."""
        left = len(self._buffer) - at
        head = bytes(self._buffer[at : at + 4])
        if left == 0:
            return None
        if not self._preamble.startswith(head[:2]):
            return 0
        if left < 4:
            return 0 if left == 3 and head[2] not in VERSIONS else None
        if head[2] not in VERSIONS or not SHORTEST <= head[3] <= LONGEST:
            return 0
        end = at + head[3] + 5
        if end > len(self._buffer):
            return None
        good = functools.reduce(operator.xor, self._buffer[at + 2 : end]) == 0
        return end if good else 0


def _message(raw: bytes) -> Message:
    kind, sub, data = raw[4], raw[5], raw[6:-1]
    if kind == 1:
        if sub in (CONNECT, START, STOP) and len(data) >= 1:
            return Acknowledged(sub, data[0] == 0)
        if sub == LIVE and len(data) >= 6:
            return CuffPressure(data[1] * 256 + (data[4] ^ data[1]))
        if sub == RESULT and len(data) >= 13:
            return _result(data)
        if sub == ERROR and len(data) >= 1:
            return MeterError(data[0], ERRORS.get(data[0], ""))
        if sub in (PANEL_KEY, ELBOW_KEY):
            return Key(sub == ELBOW_KEY)
    return Unknown(kind, sub)


def _result(data: bytes) -> Result:
    year, month, day, hour, minute, second = data[1:7]
    systolic, diastolic, pulse = (int.from_bytes(data[i : i + 2], "big") for i in (7, 9, 11))
    time = f"20{year:02d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    return Result(systolic, diastolic, pulse, time, data[0])
