"""USB sockets of simulated machines, served over USB/IP on 127.0.0.1 with the `usbip` package.

A machine has its serial cable and its USB cable at once and speaks to whoever has it open, USB
first. A device that takes no data now (its buffer is full) leaves the host waiting, as a real one
does by NAK. Written from "Receipt printer", 3a, "Blood-pressure meter", 1a, and "Serial and USB on
Linux", 6; PHDC's class descriptors are left out, since those sources don't say what stands in them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbip import In, Interface, Out, Setup, Stall, USBDevice, protocol

from sim.devices.receipt_printer import ReceiptPrinter
from sim.faults import Faults
from sim.wire.line import Line
from sim.wire.usb_pipes import HEAD, HeadAndBody, OnePipe

GET_DEVICE_ID, GET_PORT_STATUS, SOFT_RESET = 0, 1, 2
DEVICE_ID = "MFG:Example;MDL:Simulated receipt printer;CMD:ESC/POS;CLS:PRINTER;SN:SIM3801;"


@dataclass(frozen=True)
class Form:
    """What a machine says of itself: ids, serial number, its interface's class and protocol."""

    vendor: int
    product: int
    serial: str
    name: str
    kind: tuple[int, int, int]
    pipes: type[OnePipe | HeadAndBody] = OnePipe


FORMS = {
    "receipt_printer": Form(0x0416, 0x5011, "SIM3801", "Simulated receipt printer", (7, 1, 2)),
    # Ids that pid.codes keeps free for experiments.
    "bp_meter_standard": Form(0x1209, 0x0001, "SIM3802", "Simulated meter", (0x0F, 0, 0)),
    "id_reader": Form(0x0400, 0xC35A, "SIM3803", "Simulated reader", (0xFF, 0, 0), HeadAndBody),
}


class _Bulk(Interface):  # type: ignore[misc]
    """One interface with bulk data both ways, over one pipe or two."""

    def __init__(
        self,
        kind: tuple[int, int, int],
        pipes: OnePipe | HeadAndBody,
        answer: Callable[[Setup], bytes],
    ) -> None:
        super().__init__()
        self.bInterfaceClass, self.bInterfaceSubClass, self.bInterfaceProtocol = kind
        for address in pipes.OUT:
            self._add_endpoint(Out(address))
        self._into = {address: self._add_endpoint(In(address)) for address in pipes.IN}
        self._pipes, self._answer = pipes, answer

    def say(self, data: bytes) -> None:
        """One piece of the machine's for the host."""
        for address, part in self._pipes.to_host(data):
            self._into[address].write(part)

    def on_control(self, setup: Setup, data: bytes = b"") -> bytes:  # noqa: ARG002
        return self._answer(setup)


class UsbSocket(USBDevice):  # type: ignore[misc]
    """A machine's USB socket. `carry` is called with the cabin's lock held."""

    def __init__(
        self,
        form: Form,
        line: Line,
        faults: Faults,
        lock: threading.RLock,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(
            form.vendor,
            form.product,
            manufacturer="Example",
            product=form.name,
            serial=form.serial,
        )
        self._line, self._faults, self._cabin_lock, self._wake = line, faults, lock, wake
        self._pipes = form.pipes()
        self._bulk = self.add(_Bulk(form.kind, self._pipes, self._control))
        self._parking = threading.Lock()
        self._parked: deque[tuple[Any, Callable[[Any], None]]] = deque()
        self.plugged = False
        self.connection: socket.socket | None = None

    # ---- the host's requests, in the connection's thread ----

    def handle_urb(self, urb: Any, respond: Any = None) -> Any:
        if urb.ep_addr not in self._pipes.OUT:
            return super().handle_urb(urb, respond)
        with self._parking:
            self._parked.append((urb, respond))
        self._wake()
        return None

    def cancel_urb(self, seqnum: int) -> None:
        with self._parking:
            kept = [entry for entry in self._parked if entry[0].seqnum != seqnum]
            self._parked = deque(kept)
        super().cancel_urb(seqnum)

    def reset_io(self) -> None:
        super().reset_io()
        self._pipes.reset()
        with self._parking:
            self._parked.clear()

    def _control(self, setup: Setup) -> bytes:
        with self._cabin_lock:
            model = self._line.model
            if not isinstance(model, ReceiptPrinter):
                raise Stall
            if self._faults.waiting(model.device_id, "no_port_status"):
                raise Stall
            if setup.bRequest == GET_DEVICE_ID:
                text = DEVICE_ID.encode("ascii")
                return (len(text) + 2).to_bytes(2, "big") + text
            if setup.bRequest == GET_PORT_STATUS:
                return bytes((model.port_status(),))
            if setup.bRequest == SOFT_RESET:
                model.soft_reset()
                return b""
        raise Stall

    # ---- the machine's side ----

    @property
    def attached(self) -> bool:
        """Whether a host has it."""
        return self.connection is not None

    def take(self) -> None:
        """Take what the host wants to write, as long as the machine has room."""
        while not self._line.waiting():
            if self._faults.waiting(self._line.model.device_id, "usb_hang"):
                return
            with self._parking:
                if not self._parked:
                    return
                urb, respond = self._parked.popleft()
                urb.actual, urb.status = len(urb.buffer), 0
                respond(urb)
            if heard := self._pipes.from_host(urb.ep_addr, urb.buffer):
                self._line.from_host(heard)

    def say(self, data: bytes) -> None:
        """One piece of the machine's for the host."""
        self._bulk.say(data)

    def follow(self) -> None:
        """Follow the cable: a pulled one is taken from under whoever has it."""
        if self.plugged and not self._line.plugged and self.connection is not None:
            _hang_up(self.connection)
        self.plugged = self._line.plugged

    def leave(self, connection: socket.socket) -> None:
        """The host's connection has ended."""
        if self.connection is connection:
            self.connection = None
            self.reset_io()


class UsbBus:
    """The USB sockets of a cabin's machines, each for one host at a time.

    `file` says where they are while it runs: a line for each, its name and its port.
    """

    def __init__(
        self,
        lines: dict[str, Line],
        faults: Faults,
        lock: threading.RLock,
        wake: Callable[[], None],
        file: Path,
    ) -> None:
        self._file = file
        self.sockets = {
            name: UsbSocket(form, lines[name], faults, lock, wake)
            for name, form in FORMS.items()
            if name in lines
        }
        for number, device in enumerate(self.sockets.values(), start=1):
            device.set_busid(f"1-{number}")
            device.busnum, device.devnum = 1, number + 1
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._accepting = threading.Thread(target=self._accept, name="usb", daemon=True)
        self._connections: dict[socket.socket, threading.Thread] = {}

    def url(self, name: str) -> str:
        """How the host opens the machine."""
        place = f"127.0.0.1:{self._server.getsockname()[1]}/{self.sockets[name].busid}"
        head = f"?head={HEAD}" if FORMS[name].pipes is HeadAndBody else ""
        return f"usbip://{place}{head}"

    def start(self) -> None:
        """Serve the sockets of the cables that are plugged in."""
        for device in self.sockets.values():
            device.follow()
        lines = [f"{name} {self.url(name)}\n" for name in self.sockets]
        self._file.write_text("".join(lines), encoding="ascii")
        self._accepting.start()

    def stop(self) -> None:
        """Hang up and serve no more."""
        self._file.unlink(missing_ok=True)
        self._server.shutdown(socket.SHUT_RDWR)
        if self._accepting.is_alive():
            self._accepting.join(2.0)
        self._server.close()
        with self._lock:
            connections = dict(self._connections)
        for connection, thread in connections.items():
            _hang_up(connection)
            thread.join(2.0)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return  # stopped
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(
                target=self._serve, args=(connection,), name="usb-host", daemon=True
            )
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        offers = [_Offer(device, connection) for device in self._free()]
        try:
            protocol.serve_connection(connection, offers)
        finally:
            with self._lock:
                del self._connections[connection]
            for device in self.sockets.values():
                device.leave(connection)

    def _free(self) -> list[UsbSocket]:
        return [x for x in self.sockets.values() if x.plugged and not x.attached]


class _Offer:
    """A free device as one connection sees it: whoever imports it has it."""

    def __init__(self, device: UsbSocket, connection: socket.socket) -> None:
        self._device, self._connection = device, connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._device, name)

    def reset_io(self) -> None:
        """The package calls it first of all when the device has been imported."""
        self._device.connection = self._connection
        self._device.reset_io()


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the host was first
        connection.shutdown(socket.SHUT_RDWR)
