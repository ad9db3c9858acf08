"""A USB device whose messages go through two pipes each way: the head through one, then the body.

ID-card readers of the SAM_V kind are built so: 02 and 06 out, 81 and 85 in ("ID-card reader and
dispenser", 5a, one source). Where a head ends isn't said there, so the port's name says it; it is
taken to end with the length of its body (two bytes, big-endian), since that is what makes a reader
of the body know its end.
"""

from __future__ import annotations

from typing import Any

from devices import usb_device
from devices.usb_device import UsbInterface, bulk_ends

BODY_TRIES = 6
"""So often, half a second each, a body is waited for; then the next head may come."""


class TwoPipes(UsbInterface):
    """`head` bytes of each write go through the first pipe, what is left through the second.

    One write is one message: a driver that has to do with such a device says one at a time. What is
    read keeps the order of the messages, whichever pipe is faster.
    """

    _wanted = "no interface with two bulk pipes each way"

    def __init__(self, device: Any, name: str, head: int) -> None:
        self._head = head
        self._head_left = self._left = 0
        self._heard_head = b""
        self._body_left = self._tries_left = 0
        super().__init__(device, name)

    def _is_usable(self, interface: Any) -> bool:
        return all(len(ends) == 2 for ends in bulk_ends(interface))

    def _choose_ends(self, interface: Any) -> None:
        into, out = bulk_ends(interface)
        self._in, self._in_second = sorted(into)
        self._out, self._out_second = sorted(out)

    def write(self, data: bytes) -> int:
        """As UsbInterface.write; what isn't taken is expected again at the next call."""
        if not self._left:
            self._left = len(data)
            self._head_left = min(self._head, self._left)
        if self._head_left:
            taken = self._write_to(self._out, data[: self._head_left])
            self._head_left -= taken
        else:
            taken = self._write_to(self._out_second, data[: self._left])
        self._left -= taken
        return taken

    def read(self) -> bytes:
        """As UsbInterface.read, from the pipe whose turn it is."""
        if self._body_left:
            return self._read_body()
        data = self._read_from(self._in, usb_device.READ_MS)
        self._heard_head += data
        if len(self._heard_head) >= self._head:
            self._body_left = int.from_bytes(self._heard_head[-2:], "big")
            self._tries_left = BODY_TRIES
            self._heard_head = b""
        return data

    def _read_body(self) -> bytes:
        data = self._read_from(self._in_second, usb_device.READ_MS)
        if data:
            self._body_left = max(0, self._body_left - len(data))
            self._tries_left = BODY_TRIES
        else:
            self._tries_left -= 1
            if not self._tries_left:
                self._body_left = 0
        return data
