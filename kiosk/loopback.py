"""``kiosk devices loopback PORT``: is it the cable, or the device?

The technician takes the plug out of the device and bridges its pins 2 and 3; what is sent must come
back. One zero byte goes first, which none of our machines takes for a command, and nothing more if
it doesn't come back: perhaps the device is still at the other end.
"""

from __future__ import annotations

import select
import time
from dataclasses import dataclass
from enum import StrEnum

from devices.port import Opener, Port

FIRST_S, LEAST_S = 0.5, 1.0
PATTERN = bytes(range(256))
BITS = 11
"""Of a byte on the line: start, eight, parity, stop."""


class Loop(StrEnum):
    """What came of it."""

    WHOLE = "whole"
    NOTHING = "nothing"
    OTHER = "other"


WORDS = {
    Loop.WHOLE: ("口和线是好的，发出去的都原样回来了", "问题在设备那一头：查设备的电源和设置。"),
    Loop.NOTHING: (
        "什么也没有回来",
        "先看短接的是不是 2、3 两脚；是的话换一根线，再换一个转接头或 USB 口。",
    ),
    Loop.OTHER: (
        "回来的和发出去的不一样",
        "插头没有从设备上拔下来，或者线受干扰、接触不好：拔下来短接再试，还不行换线。",
    ),
}


@dataclass(frozen=True, slots=True)
class Looped:
    """What was sent and what came back."""

    loop: Loop
    sent: int
    back: bytes


def look(opener: Opener, baud: int) -> Looped:
    """Send and listen, for a second or as long as the line takes. Raises PortError."""
    port = opener()
    try:
        first = _through(port, PATTERN[:1], FIRST_S)
        if first != PATTERN[:1]:
            return Looped(Loop.OTHER if first else Loop.NOTHING, 1, first)
        rest = PATTERN[1:]
        back = first + _through(port, rest, max(LEAST_S, 2 * len(rest) * BITS / baud))
        return Looped(Loop.WHOLE if back == PATTERN else Loop.OTHER, len(PATTERN), back)
    finally:
        port.close()


def _through(port: Port, data: bytes, patience_s: float) -> bytes:
    """What has come when as much has come as was sent, or the time is over (seconds)."""
    port.read_available()  # what stood in the line before is no answer
    until, sent, back = time.monotonic() + patience_s, 0, b""
    while len(back) < len(data) and (left := until - time.monotonic()) > 0:
        if sent < len(data):
            sent += port.write(data[sent:])
        writable = [port] if sent < len(data) else []
        if select.select([port], writable, (), left)[0]:
            back += port.read_available()
    return back
