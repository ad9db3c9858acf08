"""Key strokes of a keyboard-type scanner: Linux input events to frozen codes. No I/O, no clock.

Source: scanner protocols, 3: US layout with the state of the shift keys; a code ends with Enter
or with a pause of more than about 100 ms. The record's layout and the key codes are the kernel's
(`struct input_event` on 64-bit machines, `input-event-codes.h`; evdev's SYN_DROPPED).

Left open there and decided here: what a symbol means is decided by `codec.parse`, as for serial
scanners. A pause ends a code, but not that of a scanner that has sent an Enter before (it lost
one), and never digits that may be the beginning of a payment code. A code is unreadable when the
kernel dropped events within it, when the events' clock went back within it, when a key was
released that wasn't pressed or pressed twice before its release (a sound stream never says so),
when shift is still down at its end, or when a key came that types nothing known (Alt codes too).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import NamedTuple

from devices.scanner.codec import MAX_LINE, Scanned, parse

RECORD = struct.Struct("<qqHHi")
"""Seconds, microseconds, type, code, value: 24 bytes."""
GAP_S = 0.1
"""A code ends when between two events more than this passes, by the events' own times."""

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN = 0, 1  # 2: the kernel repeats a key that is held

CTRL_KEYS = frozenset((29, 97))
ENTER_KEYS = frozenset((28, 96))
_SHIFT = frozenset((42, 54))
_CAPS = 58
_SILENT = frozenset((69, 70))  # Num Lock, Scroll Lock

TYPED: dict[int, str] = {
    1: "\x1b\x1b", 2: "1!", 3: "2@", 4: "3#", 5: "4$", 6: "5%", 7: "6^", 8: "7&", 9: "8*",
    10: "9(", 11: "0)", 12: "-_", 13: "=+", 15: "\t\t", 26: "[{", 27: "]}", 39: ";:", 40: "'\"",
    41: "`~", 43: "\\|", 51: ",<", 52: ".>", 53: "/?", 57: "  ",
    16: "qQ", 17: "wW", 18: "eE", 19: "rR", 20: "tT", 21: "yY", 22: "uU", 23: "iI", 24: "oO",
    25: "pP", 30: "aA", 31: "sS", 32: "dD", 33: "fF", 34: "gG", 35: "hH", 36: "jJ", 37: "kK",
    38: "lL", 44: "zZ", 45: "xX", 46: "cC", 47: "vV", 48: "bB", 49: "nN", 50: "mM",
    55: "**", 71: "77", 72: "88", 73: "99", 74: "--", 75: "44", 76: "55", 77: "66", 78: "++",
    79: "11", 80: "22", 81: "33", 82: "00", 83: "..", 98: "//",
}  # fmt: skip
"""Key code to what it types, plain and shifted; the last two lines are the number pad's."""

# What a record can look like: a time of this age, microseconds below a second, a known kind.
_LIKELY = re.compile(
    rb"(?:[\x00-\xff]{5}\x00{3}[\x00-\xff]{2}[\x00-\x0f]\x00{5}"
    rb"[\x00-\x1f]\x00[\x00-\xff][\x00-\x02][\x00-\xff]{4})+"
)
# Digits too few yet for a payment code (scanner protocols, 3).
_PAYMENT_BEGINS = re.compile(
    r"1[0-5][0-9]{0,15}|(?:2[5-9]|30)[0-9]{0,13}|62[0-9]{0,16}|[1236]", re.ASCII
)
_UNREADABLE = Scanned("", kind="unreadable")


class Event(NamedTuple):
    """One input event; `at_s` is in seconds of whatever clock the port chose."""

    at_s: float
    type: int
    code: int
    value: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Bytes that are no event: `length` of them were passed over."""

    length: int


class Events:
    """Cuts a stream into events, split in any way. Never raises; linear time on any input.

    A record has no mark of its own. One whose fields can't be a keyboard's means that bytes were
    lost: the next place where they can be is taken.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """How many bytes of an event that isn't whole are held."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Event | Lost]:
        """Take more bytes; what is whole now, in order."""
        self._buffer += data
        found: list[Event | Lost] = []
        whole = bytes(self._buffer)
        at = 0
        while len(whole) - at >= RECORD.size:
            match = _LIKELY.search(whole, at)
            start = match.start() if match else len(whole) - RECORD.size + 1
            if start > at:
                found.append(Lost(start - at))
            at = start
            if match is None:
                break
            found += [
                Event(seconds + micros / 1e6, kind, code, value)
                for seconds, micros, kind, code, value in RECORD.iter_unpack(match[0])
            ]
            at = match.end()
        del self._buffer[:at]
        return found


class Decoder:
    """Turns a stream of events into codes. Never raises; linear time on any input."""

    def __init__(self) -> None:
        self._events = Events()
        self._typed = bytearray()
        self._presses: dict[int, int] = {}
        """Presses of each key since its last release. A stand-in that never releases is borne."""
        self._caps = False
        self._begun = False
        self._damaged = False
        self._dropping = False
        self._last_s: float | None = None
        self._cut_by_a_pause = False
        """Whether the last code was ended by the events' times: if these go back, it was torn."""
        self._ends_with_enter = False

    @property
    def pending(self) -> bool:
        """Whether a code has begun that has not ended."""
        return self._begun or self._damaged or bool(self._events.pending)

    def feed(self, data: bytes) -> list[Scanned]:
        """Take more bytes; the codes that ended in them, in order."""
        codes: list[Scanned] = []
        for event in self._events.feed(data):
            if isinstance(event, Lost):
                self._damaged = True
                continue
            if event.at_s != self._last_s:
                codes += self._look_at_the_time(event.at_s)
            if event.type == EV_KEY and not self._dropping:
                codes += self._take(event)
            elif event.type == EV_SYN:
                self._hear_of_loss(event.code)
        return codes

    def give_up(self) -> list[Scanned]:
        """Nothing more has come for longer than a pause: half an event is lost with its code."""
        if self._events.pending:
            self._events = Events()
            self._damaged = True
        self._last_s = None
        self._cut_by_a_pause = False
        return self._pause()

    def _look_at_the_time(self, at_s: float) -> list[Scanned]:
        last_s = at_s if self._last_s is None else self._last_s
        if at_s < last_s and not (self._begun or self._cut_by_a_pause):
            self._last_s = at_s
            return []
        self._last_s = max(at_s, last_s)
        if at_s < last_s:
            # A clock that goes back within a code can't tell pauses: there may have been one.
            self._damaged = True
        if at_s - last_s <= GAP_S:
            return []
        codes = self._pause()
        self._cut_by_a_pause = bool(codes)
        return codes

    def _pause(self) -> list[Scanned]:
        codes = self._end(paused=True)
        # Nobody holds a scanner's keys: what seems to be held lost its release.
        self._presses.clear()
        self._caps = self._dropping = False
        return codes

    def _hear_of_loss(self, code: int) -> None:
        if code == SYN_DROPPED:
            self._damaged = self._dropping = True
        elif code == SYN_REPORT:
            self._dropping = False

    def _take(self, event: Event) -> list[Scanned]:
        if event.value == DOWN:
            return self._pressed(event.code)
        if event.value == UP:
            self._released(event.code)
        return []

    def _released(self, key: int) -> None:
        # One that was lost, or came twice, has spoilt what is typed.
        if self._presses.pop(key, 0) != 1:
            self._damaged = True

    def _pressed(self, key: int) -> list[Scanned]:
        self._presses[key] = self._presses.get(key, 0) + 1
        if key in _SHIFT or key in CTRL_KEYS or key in _SILENT:
            return []
        if key == _CAPS:
            self._caps = not self._caps
            return []
        if key in ENTER_KEYS:
            self._ends_with_enter = True
            self._cut_by_a_pause = False
            return self._end()
        typed = self._typed_by(key)
        if typed and typed in "\r\n":
            return self._end()
        self._begun = True
        if not typed or len(self._typed) >= MAX_LINE:
            self._damaged = True
        else:
            self._typed += typed.encode("ascii")
        return []

    def _typed_by(self, key: int) -> str:
        pair = TYPED.get(key, "")
        if not pair:
            return ""
        shifted = any(x in self._presses for x in _SHIFT)
        if pair[0].isalpha():
            shifted ^= self._caps
        typed = pair[shifted]
        if any(x in self._presses for x in CTRL_KEYS):
            return chr(ord(typed.upper()) & 0x1F) if "@" <= typed.upper() <= "_" else ""
        return typed

    def _end(self, paused: bool = False) -> list[Scanned]:
        typed, self._typed = bytes(self._typed), bytearray()
        begun, self._begun = self._begun, False
        damaged, self._damaged = self._damaged, False
        if not begun:
            # Damage alone is no code: a release whose press came before the port was opened.
            return [] if paused or not damaged else [_UNREADABLE]
        if damaged or any(x in self._presses for x in _SHIFT):
            return [_UNREADABLE]
        code = parse(typed)
        half = self._ends_with_enter or _PAYMENT_BEGINS.fullmatch(code.text) is not None
        return [_UNREADABLE if paused and half else code]
