"""What may be noted of a blood-pressure meter's traffic: everything but what was measured.

A reading in the standard's own layout is replaced by an invented one of the same length; of any
other report only the length is kept (design, Devices: health ports). Invented times differ where
the real ones did, or a report that came again could not be told from another.
"""

from __future__ import annotations

from devices.bp_meter import ieee_apdu as a
from devices.trace import Direction, Note

_INVENTED = {18: (4, (120, 80, 93)), 10: (0, (70,))}
"""By a value's length: where its SFLOATs begin, and what they become (mmHg; beats a minute)."""
_NO_READING = frozenset((0x07FE, 0x07FF, 0x0800, 0x0802))
"""Values that are none tell of nobody, and much of the meter."""
_TIME_LENGTH = 8
_TIMES_KNOWN = 16
_SCANS = frozenset((a.SCAN_FIXED, a.SCAN_VARIABLE, a.SCAN_PERSONS_FIXED, a.SCAN_PERSONS_VARIABLE))
_OBSERVATIONS_AT = 30
"""Where a fixed report's observations begin in its APDU."""


class IeeeScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoders = {direction: a.Decoder() for direction in Direction}
        self._times: dict[bytes, int] = {}
        self._last_time = 0

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The APDUs complete with these bytes."""
        found = self._decoders[direction].feed(data)
        return [self._note(direction, raw, apdu) for raw, apdu in found]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        return [
            Note(direction, decoder.pending, None, "unfinished")
            for direction, decoder in self._decoders.items()
            if decoder.pending
        ]

    def _note(self, direction: Direction, raw: bytes, apdu: a.Apdu) -> Note:
        choice = int.from_bytes(raw[:2], "big")
        if isinstance(apdu, a.Unreadable) and direction is Direction.IN:
            return Note(direction, apdu.length, None, f"unreadable: {apdu.why}")
        if isinstance(apdu, a.EventReport) and apdu.kind in _SCANS:
            kept = self._invented(raw, apdu)
            return Note(direction, len(raw), kept, "reading (invented values)")
        if isinstance(apdu, a.EventReport):
            return Note(direction, len(raw), raw, f"event {apdu.kind:04X}")
        return Note(direction, len(raw), raw, f"APDU {choice:04X}")

    def _invented(self, raw: bytes, event: a.EventReport) -> bytes | None:
        """A fixed report with invented values in place of the real ones; None if it has others."""
        if event.kind != a.SCAN_FIXED:
            return None
        out = bytearray(raw)
        at = _OBSERVATIONS_AT
        while at + 4 <= len(raw):
            length = int.from_bytes(raw[at + 2 : at + 4], "big")
            end = at + 4 + length
            if length not in _INVENTED or end > len(raw):
                return None
            begin, values = _INVENTED[length]
            for place, value in zip(range(at + 4 + begin, end, 2), values, strict=False):
                if int.from_bytes(raw[place : place + 2], "big") not in _NO_READING:
                    out[place : place + 2] = value.to_bytes(2, "big")
            out[end - _TIME_LENGTH : end] = self._time(raw[end - _TIME_LENGTH : end])
            at = end
        return bytes(out) if at == len(raw) else None

    def _time(self, real: bytes) -> bytes:
        """The same for the same time, another for another, all at the turn of the century."""
        if real not in self._times:
            self._last_time = (self._last_time + 1) % 3600
            self._times[real] = self._last_time
            while len(self._times) > _TIMES_KNOWN:
                del self._times[next(iter(self._times))]
        minute, second = divmod(self._times[real], 60)
        return bytes.fromhex(f"2000010100{minute:02d}{second:02d}00")
