"""One thread for all ports: carries bytes between ptys and machines in real time.

It sleeps until a byte comes, a machine's next event is due, or somebody calls `wake`.
"""

from __future__ import annotations

import importlib.util
import os
import selectors
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cabin import Cabin
from sim.clock import RealClock
from sim.wire.fifo_port import FifoPort
from sim.wire.ipp_server import IppServer
from sim.wire.line import Line
from sim.wire.pty_port import PtyPort
from sim.wire.tcp_port import TcpPort

if TYPE_CHECKING:
    from sim.wire.usb_bus import UsbBus, UsbSocket

HAS_USBIP = importlib.util.find_spec("usbip") is not None
FIFOS = frozenset({"scanner_hid", "scanner_hid_second"})  # input nodes of the kernel, not lines
SOCKETS = frozenset({"terminal_zvt_tcp", "document_scanner"})  # machines on the network
CLOSED_LOOK_S = 0.05  # how often a closed port is looked at: nothing announces an opening


def _kind_of(name: str) -> type[PtyPort | FifoPort | TcpPort]:
    if name in SOCKETS:
        return TcpPort
    return FifoPort if name in FIFOS else PtyPort


class Wire:
    """The ports of `cabin` in `directory`, one link for each device id.

    What has a network plug instead is named with its address in the file `network`.
    """

    def __init__(self, cabin: Cabin, clock: RealClock, directory: Path) -> None:
        self._cabin, self._clock = cabin, clock
        self._ports: dict[str, PtyPort | FifoPort | TcpPort] = {
            name: _kind_of(name)(directory / name)
            for name, line in cabin.lines.items()
            if line is not cabin.documents
        }
        self._network = directory / "network"
        self.ipp = IppServer(cabin, cabin.documents, self.wake)
        self.usb = self._usb_bus(directory)
        self._selector = selectors.DefaultSelector()
        self._registered: dict[str, int] = {}
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self.failed = threading.Event()
        self._on_failure: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Make the ports of the cables that are plugged in, then carry bytes."""
        for name, port in self._ports.items():
            if self._cabin.lines[name].plugged:
                port.plug()
        self.ipp.follow()
        self._network.write_text(f"document_printer {self.ipp.url}\n", encoding="ascii")
        if self.usb is not None:
            self.usb.start()
        self._thread.start()

    def on_failure(self, call: Callable[[], None]) -> None:
        """Have `call` made when the thread breaks (now, if it has already)."""
        self._on_failure = call
        if self.failed.is_set():
            call()

    def wake(self) -> None:
        """Something was done to the cabin: look at it now."""
        try:
            os.write(self._wake_write, b"\0")
        except BlockingIOError:
            return  # the pipe is full of wakes already

    def stop(self) -> None:
        """End the thread and take the ports and their links away."""
        self._stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(5.0)
        if self.usb is not None:
            self.usb.stop()
        self.ipp.stop()
        self._network.unlink(missing_ok=True)
        for port in self._ports.values():
            port.unplug()
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _run(self) -> None:
        try:
            while not self._stopping:
                with self._cabin.lock:
                    self._cabin.catch_up()
                    for name, line in self._cabin.lines.items():
                        self._carry(name, line)
                    timeout = self._timeout()
                for key, _ in self._selector.select(timeout):
                    if key.fileobj == self._wake_read:
                        self._drain_wakes()
                    else:
                        self._read(key.data)
        except Exception:  # noqa: BLE001 - the thread's last words; the process then ends
            traceback.print_exc(file=sys.stderr)
            self.failed.set()
            self._on_failure()

    def _timeout(self) -> float | None:
        event = self._cabin.seconds_to_event()
        timeout = None if event is None else event / self._clock.speed
        if any(p.plugged and not p.host_open for p in self._ports.values()):
            timeout = CLOSED_LOOK_S if timeout is None else min(timeout, CLOSED_LOOK_S)
        return timeout

    def _drain_wakes(self) -> None:
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            return

    def _carry(self, name: str, line: Line) -> None:
        """Follow the cable's state, write what has arrived, listen if the machine has room."""
        if name not in self._ports:
            self.ipp.follow()
            return
        port = self._ports[name]
        if line.plugged != port.plugged:
            self._listen(name, False)
            if line.plugged:
                port.plug()
            else:
                port.unplug()
        if self.usb is not None and name in self.usb.sockets:
            self._carry_usb(self.usb.sockets[name], line)
        for piece in line.to_host():
            port.write(piece)
        self._listen(name, port.plugged and port.look() and not line.waiting())

    def _usb_bus(self, directory: Path) -> UsbBus | None:
        if not HAS_USBIP:
            print("the package usbip is not installed: no machine has USB", file=sys.stderr)
            return None
        from sim.wire.usb_bus import UsbBus

        cabin = self._cabin
        return UsbBus(cabin.lines, cabin.faults, cabin.lock, self.wake, directory / "usb")

    @staticmethod
    def _carry_usb(socket: UsbSocket, line: Line) -> None:
        """The same for the USB cable; whoever has it gets what has arrived."""
        socket.follow()
        if socket.attached:
            socket.take()
            for piece in line.to_host():
                socket.say(piece)

    def _listen(self, name: str, wanted: bool) -> None:
        if wanted and name not in self._registered:
            self._registered[name] = self._ports[name].fileno()
            self._selector.register(self._registered[name], selectors.EVENT_READ, name)
        elif not wanted and name in self._registered:
            self._selector.unregister(self._registered.pop(name))

    def _read(self, name: str) -> None:
        with self._cabin.lock:
            if name not in self._registered:
                return
            data = self._ports[name].read()
            if data:
                self._cabin.catch_up()
                self._cabin.lines[name].from_host(data)
