"""USB: `usb://VID:PID/serial-or-path` through libusb, `usbip://host:port/BUSID` over a network.

Both give the bulk data of one interface as a byte stream, and its class requests beside it. The
second is how simulated devices are reached: libusb's place is taken by the scheme, never by
patching. A personal health device (PHDC, class 0F) sends its APDUs as they are: the metadata in
front of them is sent only to a host that asks for it, which we don't, and would be noise to the
codec. Sources: Serial and USB on Linux, section 6 and "Port names"; blood-pressure meter, 1a;
requirements R11 and R13 (write() or close() hangs for ever).
"""

from __future__ import annotations

import functools
import logging
import queue
import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from devices.control import Answer, ClassRequest, Request
from devices.port import Opener, PortError, PortUrlError, reason_of
from devices.port_pump import Pump
from devices.port_tcp import parse_address

_log = logging.getLogger(__name__)

CLOSE_S = 2.0
"""Closing waits so long for calls on the device to return."""
_HEAD = re.compile(r"head=([1-9]\d?)")
_IDS = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})")

_Question = tuple[ClassRequest, Callable[[Answer], None]]


def parse(url: str, default_baud: int) -> Opener:  # noqa: ARG001 (USB has no line speed)
    """What opens the device that `url` names; PortUrlError if it names none."""
    parts = urlsplit(url)
    ids = _IDS.fullmatch(parts.netloc)
    which = unquote(parts.path.removeprefix("/"))
    if ids is None or "/" in which:
        raise PortUrlError(
            f"{url}: a USB port is written usb://VID:PID, four hexadecimal digits each, "
            "and behind a / its serial number or its place (1-1.3) if there are several"
        )
    return functools.partial(_open_by_name, int(ids[1], 16), int(ids[2], 16), which, _head(parts))


def parse_usbip(url: str, default_baud: int) -> Opener:  # noqa: ARG001
    """What imports the device that `url` names; PortUrlError if it names none."""
    host, number = parse_address(url)
    bus_id = urlsplit(url).path.removeprefix("/")
    if not re.fullmatch(r"[0-9.-]{1,31}", bus_id):
        raise PortUrlError(f"{url}: a USB/IP port is written usbip://host:port/1-1")
    return functools.partial(_import, host, number, bus_id, _head(urlsplit(url)))


def _head(parts: SplitResult) -> int:
    """`?head=7`: so many bytes of a message go through the first of two pipes; 0: there is one."""
    if not parts.query:
        return 0
    found = _HEAD.fullmatch(parts.query)
    if found is None:
        raise PortUrlError(f"{parts.geturl()}: of a USB port only head=1 … head=99 can be set")
    return int(found[1])


def _open_by_name(vendor: int, product: int, which: str, head: int) -> UsbPort:
    from devices import usb_device

    name = usb_device.UsbName(vendor, product, which)
    return open_on(lambda: usb_device.find(name, usb_device.libusb()), str(name), head)


def _import(host: str, number: int, bus_id: str, head: int) -> UsbPort:
    import usb.core

    from devices.usb_ip import UsbIpBackend

    backend = UsbIpBackend(host, number, bus_id)
    return open_on(lambda: usb.core.find(backend=backend), f"{host}:{number}/{bus_id}", head)


def open_on(find: Callable[[], Any], name: str, head: int = 0) -> UsbPort:
    """The port on the device that `find` gets from pyusb; with a `head`, over two pipes each way.

    PortError if it can't be opened.
    """
    from devices.usb_device import UsbInterface
    from devices.usb_pipes import TwoPipes

    try:
        return UsbPort(TwoPipes(find(), name, head) if head else UsbInterface(find(), name))
    except PortError:
        raise
    except OSError as error:
        raise PortError(reason_of(error), f"{name}: {error}") from error
    except Exception as error:
        # The boundary for pyusb: what it makes of a device that describes itself wrongly.
        raise PortError("port_error", f"{name}: {error!r}") from error


class UsbPort:
    """Its interface is used by three threads: reading, writing, and asking once something is asked.

    The last of them to end gives it back. A call that never returns so costs its thread and the
    device, not the worker.
    """

    def __init__(self, interface: Any) -> None:
        self._interface = interface
        self._lock = threading.Lock()
        self._closed = False
        self._users = 1
        self._asking = False
        self._released = threading.Event()
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._pump = Pump(f"usb-{interface.name}", interface.read, self._store, self._leave)

    def fileno(self) -> int:
        return self._pump.fileno()

    def read_available(self) -> bytes:
        return self._pump.read_available()

    def write(self, data: bytes) -> int:
        return self._pump.write(data)

    def ask(self, request: Request, answered: Callable[[Answer], None]) -> None:
        """As Askable.ask: questions are put one after the other."""
        if not isinstance(request, ClassRequest):
            answered(None)
            return
        with self._lock:
            if self._closed or not self._users:
                return
            if not self._asking:
                self._asking = True
                self._users += 1
                name = f"usb-{self._interface.name}-ask"
                threading.Thread(target=self._answer, name=name, daemon=True).start()
        self._questions.put((request, answered))

    def close(self) -> None:
        self._stop()
        if not self._released.wait(CLOSE_S):
            _log.warning("%s: a call on it doesn't return; left to itself", self._interface.name)

    def abandon(self) -> None:
        """As `close`, but without waiting: whoever hangs in a call holds the device until then."""
        self._stop()

    def _stop(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._pump.close()
        self._questions.put(None)

    def _store(self, data: bytes) -> None:
        while data and not self._closed:
            data = data[self._interface.write(data) :]

    def _answer(self) -> None:
        try:
            while (question := self._questions.get()) is not None:
                request, answered = question
                answer = self._interface.ask(request)
                with self._lock:
                    if not self._closed:
                        answered(answer)
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users:
                return
        self._interface.release()
        self._released.set()
