"""The barcode scanner that types as a keyboard, read beside the window system (evdev).

Sources: scanner protocols, 3; Serial and USB on Linux, "Port names" and "Liveness". Its port is
`input:///dev/input/by-id/…-event-kbd`, which nobody else hears while it is open.
"""

from __future__ import annotations

from typing import ClassVar

from devices.scanner.driver import Scanner
from devices.scanner.hid_codec import Decoder


class HidScanner(Scanner):
    """A scanner that types. Codes are reported as those of a serial one.

    Pauses between events are measured by the events' own times; `gap_s` is only for the last
    event, and longer, so that a thread that was held up takes no half code for a whole one.
    """

    gap_s: ClassVar[float] = 0.3

    def _new_decoder(self) -> Decoder:
        return Decoder()
