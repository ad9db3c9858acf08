"""What may be noted of a blood-pressure meter's traffic: everything but what was measured.

A reading in the standard's own layout is replaced by an invented one of the same length; of any
other report only the length is kept (design, Devices: health ports).
"""

from __future__ import annotations

from devices.bp_meter import ieee_apdu as a
from devices.trace import Direction, Note

_INVENTED = {
    18: bytes.fromhex("000300060078 0050005d 2000010100000000"),
    10: bytes.fromhex("0046 2000010100000000"),
}
"""120/80 mmHg, mean 93, pulse 70, at the turn of the century."""
_SCANS = frozenset((a.SCAN_FIXED, a.SCAN_VARIABLE, a.SCAN_PERSONS_FIXED, a.SCAN_PERSONS_VARIABLE))
_OBSERVATIONS_AT = 30
"""Where a fixed report's observations begin in its APDU."""


class IeeeScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoders = {direction: a.Decoder() for direction in Direction}

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The APDUs complete with these bytes."""
        return [_note(direction, raw, apdu) for raw, apdu in self._decoders[direction].feed(data)]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        return [
            Note(direction, decoder.pending, None, "unfinished")
            for direction, decoder in self._decoders.items()
            if decoder.pending
        ]


def _note(direction: Direction, raw: bytes, apdu: a.Apdu) -> Note:
    choice = int.from_bytes(raw[:2], "big")
    if isinstance(apdu, a.Unreadable) and direction is Direction.IN:
        return Note(direction, apdu.length, None, f"unreadable: {apdu.why}")
    if isinstance(apdu, a.EventReport) and apdu.kind in _SCANS:
        return Note(direction, len(raw), _invented(raw, apdu), "reading (invented values)")
    if isinstance(apdu, a.EventReport):
        return Note(direction, len(raw), raw, f"event {apdu.kind:04X}")
    return Note(direction, len(raw), raw, f"APDU {choice:04X}")


def _invented(raw: bytes, event: a.EventReport) -> bytes | None:
    """A fixed report with invented values in the places of the real ones; None if it has others."""
    if event.kind != a.SCAN_FIXED:
        return None
    out = bytearray(raw)
    at = _OBSERVATIONS_AT
    while at + 4 <= len(raw):
        length = int.from_bytes(raw[at + 2 : at + 4], "big")
        if length not in _INVENTED or at + 4 + length > len(raw):
            return None
        out[at + 4 : at + 4 + length] = _INVENTED[length]
        at += 4 + length
    return bytes(out) if at == len(raw) else None
