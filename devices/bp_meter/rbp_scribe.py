"""What may be noted of the kiosk-type meter's traffic: everything but what was measured.

Results are replaced by an invented one of the same length, with the check byte made good; of the
pressure in the cuff only the course is kept, in steps of 40 mmHg (design, Devices: health ports).
Of bytes that are no frame only the length is kept.
"""

from __future__ import annotations

import functools
import operator

from devices.bp_meter import rbp_codec as c
from devices.trace import Direction, Note

_RESULT = bytes((1, 0, 1, 1, 0, 0, 0, 0, 120, 0, 80, 0, 70))
"""120/80 mmHg and pulse 70 at the turn of the century."""
_STEP_MMHG = 40
_NOBODYS_MMHG = 300
"""From here on it is a fault and no cuff's pressure."""


class RbpScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoders = {
            Direction.IN: c.Decoder(c.DEVICE),
            Direction.OUT: c.Decoder(c.HOST),
        }

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The frames complete with these bytes."""
        return [_note(direction, raw, said) for raw, said in self._decoders[direction].feed(data)]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        return [
            Note(direction, decoder.pending, None, "unfinished")
            for direction, decoder in self._decoders.items()
            if decoder.pending
        ]


def _note(direction: Direction, raw: bytes, said: c.Message) -> Note:
    match said:
        case c.Noise(length):
            return Note(direction, length, None, "no frame")
        case c.CuffPressure(mmhg):
            return Note(direction, len(raw), _with(raw, _live(mmhg)), "cuff pressure (rounded)")
        case c.Result():
            return Note(direction, len(raw), _with(raw, _RESULT), "result (invented)")
        case c.Unknown(kind, sub):
            return Note(direction, len(raw), None, f"frame {kind:02X}/{sub:02X}")
        case c.Acknowledged(command):
            names = {c.CONNECT: "connect", c.START: "start", c.STOP: "stop"}
            return Note(direction, len(raw), raw, names[command])
        case c.MeterError(code, meaning):
            return Note(direction, len(raw), raw, f"error {code:02X} {meaning}".rstrip())
        case c.Key(elbow):
            return Note(direction, len(raw), raw, "elbow key" if elbow else "panel key")


def _live(mmhg: int) -> bytes:
    """The data of a live pressure: empty stays empty, impossible stays impossible."""
    if 0 < mmhg < _NOBODYS_MMHG:
        mmhg = min(280, max(_STEP_MMHG, round(mmhg / _STEP_MMHG) * _STEP_MMHG))
    high, low = divmod(mmhg, 256)
    return bytes((0, high, 0, 0, low ^ high, 0))


def _with(raw: bytes, data: bytes) -> bytes:
    """The frame with other data; what it has beyond what is known of it becomes zeros."""
    body = raw[2:6] + data.ljust(len(raw) - 7, b"\0")
    return raw[:2] + body + bytes((functools.reduce(operator.xor, body),))
