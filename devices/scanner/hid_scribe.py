"""What may be noted of a scanner that types: as of a serial one, key by key.

Each key that types a digit or a letter becomes another's, as `scribe.CodeMask` says; the usage
that the kernel tells beside each key is left empty. Times, the other keys and what the kernel says
of lost events stay. Of bytes that are no event only the length is kept.
"""

from __future__ import annotations

from devices.scanner.hid_codec import (
    CTRL_KEYS,
    DOWN,
    ENTER_KEYS,
    EV_KEY,
    EV_SYN,
    GAP_S,
    RECORD,
    SYN_DROPPED,
    TYPED,
    UP,
    Event,
    Events,
    Lost,
)
from devices.scanner.scribe import CodeMask
from devices.trace import Direction, Note

_EV_MSC = 4
_KEYS = {pair[0]: key for key, pair in reversed(TYPED.items())}


class HidScribe:
    """A scribe of a keyboard-type scanner (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._events = Events()
        self._mask = CodeMask()
        self._stand_ins: dict[int, int] = {}
        """What each key that is down was noted as."""
        self._last_s: float | None = None

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The events that are whole with these bytes, in one note."""
        if direction is Direction.OUT:
            return [Note(direction, len(data), None, "a keyboard hears nothing")]
        notes: list[Note] = []
        safe, words = bytearray(), list[str]()
        for event in self._events.feed(data):
            if isinstance(event, Lost):
                notes += _note(safe, words)
                notes.append(Note(direction, event.length, None, "no event"))
                safe, words = bytearray(), []
            else:
                safe += self._safe(event, words)
        return notes + _note(safe, words)

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        held = self._events.pending
        self._begin()
        return [Note(Direction.IN, held, None, "unfinished")] if held else []

    def _safe(self, event: Event, words: list[str]) -> bytes:
        if self._last_s is not None and event.at_s - self._last_s > GAP_S:
            self._end(words)
        self._last_s = event.at_s
        code, value = event.code, event.value
        if event.type == EV_KEY:
            code = self._key(code, value, words)
        elif event.type == _EV_MSC:
            value = 0
        elif event.type == EV_SYN and code == SYN_DROPPED:
            words.append("the kernel dropped events")
        seconds, micros = divmod(round(event.at_s * 1_000_000), 1_000_000)
        return RECORD.pack(seconds, micros, event.type, code, value)

    def _key(self, key: int, value: int, words: list[str]) -> int:
        if value == UP:
            return self._stand_ins.pop(key, key if key not in TYPED else _KEYS["0"])
        if value != DOWN:
            return self._stand_ins.get(key, key if key not in TYPED else _KEYS["0"])
        if key in ENTER_KEYS:
            self._end(words)
        stand_in = key
        # A control code says nothing of anybody, and would be another one.
        if key in TYPED and not CTRL_KEYS & self._stand_ins.keys():
            stand_in = _KEYS.get(chr(self._mask.take(ord(TYPED[key][0]))), key)
        self._stand_ins[key] = stand_in
        return stand_in

    def _end(self, words: list[str]) -> None:
        if self._mask.length:
            words.append(self._mask.kind())
        self._mask = CodeMask()


def _note(safe: bytearray, words: list[str]) -> list[Note]:
    told = "; ".join(words) or "keys"
    return [Note(Direction.IN, len(safe), bytes(safe), told)] if safe else []
