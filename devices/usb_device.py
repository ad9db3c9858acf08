"""USB devices through pyusb: found by name, claimed, and spoken to by transfers.

Which of a device's interfaces is meant: the one that speaks both ways in bulk, a bidirectional
printer (class 7, protocol 2) or a health device (class 0F) before any other, IPP over USB (class 7,
protocol 4) never. Sources: receipt printer protocols, 3a; blood-pressure meter, 1a; Serial and USB
on Linux, section 6; requirements R11 and R13.
"""

from __future__ import annotations

import errno
import functools
import logging
import re
import time
from dataclasses import dataclass
from typing import Any

import usb.backend.libusb1
import usb.core
import usb.util

from devices.control import ClassRequest
from devices.port import PortError, reason_of

_log = logging.getLogger(__name__)

READ_MS, WRITE_MS, CONTROL_MS = 500, 1000, 1000
_CHUNK = 4096
_EMPTY_PAUSE_S = 0.02
"""Some devices answer a read with an empty packet instead of making us wait."""
_STALLS = 3
_CLASS_IN = 0xA1
"""bmRequestType: from the device, of the class, to an interface."""
_PRINTER, _HEALTH = 0x07, 0x0F
_PATH = re.compile(r"\d+-\d+(\.\d+)*")


@dataclass(frozen=True, slots=True)
class UsbName:
    """One device: vendor and product, and where several are alike, its serial number or the port
    it is plugged into (`1-1.3`: bus and ports, as the kernel writes it)."""

    vendor: int
    product: int
    which: str = ""

    def __str__(self) -> str:
        return f"{self.vendor:04x}:{self.product:04x}" + (f"/{self.which}" if self.which else "")


@functools.cache
def libusb() -> Any:
    """pyusb's way to libusb-1.0. PortError if there is none."""
    backend = usb.backend.libusb1.get_backend()
    if backend is None:
        raise PortError("port_error", "libusb-1.0 is missing (Debian: libusb-1.0-0)")
    return backend


def find(name: UsbName, backend: Any) -> Any:
    """The one device of that name, as pyusb has it. PortError if there is none, or several."""
    found, hidden = [], None
    for device in usb.core.find(
        find_all=True, backend=backend, idVendor=name.vendor, idProduct=name.product
    ):
        try:
            fits = _is(device, name.which)
        except usb.core.USBError as error:
            hidden, fits = error, False
        if fits:
            found.append(device)
        else:
            usb.util.dispose_resources(device)
    if len(found) == 1:
        return found[0]
    if hidden is not None and not found:
        raise PortError(reason_of(hidden), f"{name}: {hidden}")
    if not found:
        raise PortError("port_missing", f"no USB device {name}")
    places = ", ".join(_path(device) for device in found)
    for device in found:
        usb.util.dispose_resources(device)
    raise PortError("port_error", f"several USB devices {name}: name one of {places}")


def _is(device: Any, which: str) -> bool:
    if not which:
        return True
    if _PATH.fullmatch(which) and _path(device) == which:
        return True
    try:
        return bool(device.serial_number == which)
    except ValueError:
        # It says nothing in words; maybe we may not ask, and that is worth knowing.
        try:
            device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
        return False


def _path(device: Any) -> str:
    ports = device.port_numbers
    return f"{device.bus}-{'.'.join(str(p) for p in ports)}" if ports else str(device.bus)


class UsbInterface:
    """A claimed interface. `read` and `write` wait a moment at most; from one thread each.

    Made of a device of pyusb's, whose USBErrors come out as they are when it can't be claimed.
    """

    _wanted = "no interface with bulk data both ways"

    def __init__(self, device: Any, name: str) -> None:
        self.name = name
        self._device = device
        self._detached = False
        self._stalls = {0x00: 0, 0x80: 0}
        try:
            self._claim()
        except Exception:
            usb.util.dispose_resources(device)
            raise

    def _claim(self) -> None:
        try:
            configuration = self._device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
            self._device.set_configuration()  # it had none
            configuration = self._device.get_active_configuration()
        chosen = min(filter(self._is_usable, configuration), key=_rank, default=None)
        if chosen is None:
            raise PortError("port_error", f"{self.name}: {self._wanted}")
        self._number = int(chosen.bInterfaceNumber)
        self._alternate = int(chosen.bAlternateSetting)
        self._choose_ends(chosen)
        self._take_from_kernel()
        usb.util.claim_interface(self._device, self._number)
        if self._alternate:
            self._device.set_interface_altsetting(self._number, self._alternate)

    def _is_usable(self, interface: Any) -> bool:
        ipp = (interface.bInterfaceClass, interface.bInterfaceProtocol) == (_PRINTER, 4)
        return all(map(len, bulk_ends(interface))) and not ipp

    def _choose_ends(self, interface: Any) -> None:
        into, out = bulk_ends(interface)
        self._in, self._out = into[0], out[0]

    def _take_from_kernel(self) -> None:
        """The kernel's own driver (usblp) lets go until we do."""
        try:
            if self._device.is_kernel_driver_active(self._number):
                self._device.detach_kernel_driver(self._number)
                self._detached = True
        except NotImplementedError:
            return  # a system without such drivers

    def read(self) -> bytes:
        """What the device says, b"" if nothing within half a second. PortError: gone."""
        return self._read_from(self._in, READ_MS)

    def _read_from(self, endpoint: int, wait_ms: int) -> bytes:
        try:
            data = bytes(self._device.read(endpoint, _CHUNK, wait_ms))
        except usb.core.USBError as error:
            self._recover(error, endpoint)
            return b""
        self._stalls[0x80] = 0
        if not data:
            time.sleep(_EMPTY_PAUSE_S)
        return data

    def write(self, data: bytes) -> int:
        """How many bytes the device took within a second. PortError: it is gone."""
        return self._write_to(self._out, data)

    def _write_to(self, endpoint: int, data: bytes) -> int:
        try:
            taken = int(self._device.write(endpoint, data, WRITE_MS))
        except usb.core.USBError as error:
            self._recover(error, endpoint)
            return 0
        self._stalls[0x00] = 0
        return taken

    def _recover(self, error: usb.core.USBError, endpoint: int) -> None:
        """A time-out is nothing, a stall is lifted a few times, anything else is the end."""
        if error.errno == errno.ETIMEDOUT:
            return
        side = endpoint & 0x80
        self._stalls[side] += 1
        if error.errno != errno.EPIPE or self._stalls[side] > _STALLS:
            raise PortError("unplugged", f"{self.name}: {error}") from error
        try:
            self._device.clear_halt(endpoint)
        except usb.core.USBError as second:
            raise PortError("unplugged", f"{self.name}: {second}") from second

    def ask(self, request: ClassRequest) -> bytes | None:
        """The answer to a class request, None if the device refuses it or is silent."""
        index = self._number << 8 | self._alternate if request.index_high else self._number
        try:
            return bytes(
                self._device.ctrl_transfer(
                    _CLASS_IN, request.request, request.value, index, request.length, CONTROL_MS
                )
            )
        except (usb.core.USBError, NotImplementedError) as error:
            _log.debug("%s: request %d: %s", self.name, request.request, error)
            return None

    def release(self) -> None:
        """Give the interface back, to the kernel's driver if it was that one's."""
        try:
            usb.util.release_interface(self._device, self._number)
            if self._detached:
                self._device.attach_kernel_driver(self._number)
        except (usb.core.USBError, NotImplementedError) as error:
            _log.info("%s: not given back: %s", self.name, error)  # as a rule it is unplugged
        usb.util.dispose_resources(self._device)


def bulk_ends(interface: Any) -> tuple[list[int], list[int]]:
    """The addresses of its bulk endpoints, in and out, as its descriptor has them in order."""
    into: list[int] = []
    out: list[int] = []
    for endpoint in interface:
        if usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK:
            address = int(endpoint.bEndpointAddress)
            (into if address & 0x80 else out).append(address)
    return into, out


def _rank(interface: Any) -> tuple[int, int, int]:
    """Which of several usable interfaces is meant: the least."""
    kind, protocol = int(interface.bInterfaceClass), int(interface.bInterfaceProtocol)
    rank = {(_PRINTER, 2): 0, (_PRINTER, 1): 1, (_HEALTH, 0): 0}.get((kind, protocol), 2)
    return rank, int(interface.bInterfaceNumber), int(interface.bAlternateSetting)
