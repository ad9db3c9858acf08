"""USB/IP's client side as a backend of pyusb: one exported device over one TCP connection.

The layout is the one that the Linux kernel documents (USB/IP protocol, version 1.1.1): big-endian
headers of 48 bytes, the setup packet as it is, data behind it. Several transfers are under way at
once, so that a pending read holds up no write. A read that times out stays with the device, and the
next one takes it up: nothing that arrives in between is lost. A write that times out is unlinked.

(pyusb-usbip-backend 0.0.1 does one transfer at a time, drops the connection when a read times out
and takes it up anew without a word, so it can't carry a stream.)
"""

from __future__ import annotations

import array
import errno
import itertools
import socket
import struct
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace

import usb.backend
import usb.core

from devices import usb_descriptors as descriptors

_VERSION, _REQUEST_IMPORT, _REPLY_IMPORT = 0x0111, 0x8003, 0x0003
_SUBMIT, _UNLINK, _RET_SUBMIT, _RET_UNLINK = 1, 2, 3, 4
_OPERATION = struct.Struct(">HHI")
_DEVICE = struct.Struct(">256s32sIIIHHHBBBBBB")
_COMMAND = struct.Struct(">IIIIIIiiii8s")
_RETURN = struct.Struct(">IIIIIiiiii8x")
_SETUP = struct.Struct("<BBHHH")
_CONNECT_S, _UNLINK_S, _STANDARD_MS = 3.0, 1.0, 1000
_BUSY = 2


def _error(number: int, text: str) -> usb.core.USBError:
    kind = usb.core.USBTimeoutError if number == errno.ETIMEDOUT else usb.core.USBError
    return kind(text, None, number)


@dataclass(slots=True)
class _Transfer:
    """One transfer under way; `status` is 0 or a negated errno once `done` is set."""

    number: int
    endpoint: int
    length: int
    done: threading.Event = field(default_factory=threading.Event)
    unlinked: threading.Event = field(default_factory=threading.Event)
    status: int = -errno.ENODEV
    actual: int = 0
    data: bytes = b""


class _Link:
    """The connection to an imported device. `OSError`s come out as USBError."""

    def __init__(self, host: str, port: int, bus_id: str) -> None:
        try:
            self._socket = socket.create_connection((host, port), _CONNECT_S)
        except OSError as error:
            raise _error(errno.ENODEV, str(error)) from error
        try:
            self._import(bus_id)
        except (OSError, struct.error) as error:
            self._socket.close()
            if isinstance(error, usb.core.USBError):
                raise
            raise _error(errno.ENODEV, f"USB/IP import: {error}") from error
        self._socket.settimeout(None)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._dead = False
        self._waiting: dict[int, _Transfer] = {}
        self._unlinking: dict[int, _Transfer] = {}
        self._reads: dict[int, _Transfer] = {}
        threading.Thread(target=self._listen, name=f"usbip-{bus_id}", daemon=True).start()

    def _import(self, bus_id: str) -> None:
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = bus_id.encode("ascii").ljust(32, b"\0")
        self._socket.sendall(_OPERATION.pack(_VERSION, _REQUEST_IMPORT, 0) + name)
        _, code, status = _OPERATION.unpack(self._exactly(_OPERATION.size))
        if status or code != _REPLY_IMPORT:
            number = errno.EBUSY if status == _BUSY else errno.ENODEV
            raise _error(number, f"not exported (status {status})")
        fields = _DEVICE.unpack(self._exactly(_DEVICE.size))
        self.bus, self.address, self.speed = fields[2:5]

    def close(self) -> None:
        with self._lock:
            self._dead = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was first; the listening thread closes it

    # Transfers.

    def read(self, endpoint: int, length: int, timeout_ms: int) -> bytes:
        transfer = self._reads.pop(endpoint, None) or self._submit(endpoint, bytes(8), length)
        if not transfer.done.wait(timeout_ms / 1000 or None):
            self._reads[endpoint] = transfer
            raise _error(errno.ETIMEDOUT, "nothing to read")
        _check(transfer)
        return transfer.data

    def write(self, endpoint: int, data: bytes, timeout_ms: int) -> int:
        return self._finish(self._submit(endpoint, bytes(8), len(data), data), timeout_ms).actual

    def control(self, setup: bytes, data: bytes | int, timeout_ms: int) -> _Transfer:
        """``data`` is what goes out, or how much may come in (bytes)."""
        if isinstance(data, int):
            transfer = self._submit(0x80, setup, data)
        else:
            transfer = self._submit(0x00, setup, len(data), data)
        return self._finish(transfer, timeout_ms)

    def _submit(self, endpoint: int, setup: bytes, length: int, data: bytes = b"") -> _Transfer:
        transfer = _Transfer(next(self._numbers), endpoint, length)
        device, into = self.bus << 16 | self.address, endpoint >> 7
        head = _COMMAND.pack(
            *(_SUBMIT, transfer.number, device, into, endpoint & 15, 0, length, 0, 0, 0, setup)
        )
        self._send(head + data, transfer, self._waiting)
        return transfer

    def _send(self, message: bytes, transfer: _Transfer, table: dict[int, _Transfer]) -> None:
        number = int.from_bytes(message[4:8], "big")
        with self._lock:
            if self._dead:
                raise _error(errno.ENODEV, "the connection is closed")
            table[number] = transfer
            try:
                self._socket.sendall(message)
            except OSError as error:
                raise _error(errno.ENODEV, str(error)) from error

    def _finish(self, transfer: _Transfer, timeout_ms: int) -> _Transfer:
        if not transfer.done.wait(timeout_ms / 1000 or None):
            head = _COMMAND.pack(
                *(_UNLINK, next(self._numbers), self.bus << 16 | self.address, 0, 0),
                *(transfer.number, 0, 0, 0, 0, bytes(8)),
            )
            self._send(head, transfer, self._unlinking)
            if not transfer.unlinked.wait(_UNLINK_S):
                raise _error(errno.EIO, "the transfer can't be taken back")
            if not transfer.done.is_set():
                raise _error(errno.ETIMEDOUT, "the device doesn't take it")
        _check(transfer)
        return transfer

    # The other side.

    def _listen(self) -> None:
        try:
            while True:
                self._hear(_RETURN.unpack(self._exactly(_RETURN.size)))
        except (OSError, KeyError):
            self._end()

    def _hear(self, head: tuple[int, ...]) -> None:
        command, number, _, _, _, status, actual, *_ = head
        if command == _RET_UNLINK:
            transfer = self._unlinking.pop(number)
            self._waiting.pop(transfer.number, None)
            transfer.unlinked.set()
            return
        transfer = self._waiting[number]
        if actual > transfer.length:
            raise ConnectionError("more than was asked for")
        if transfer.endpoint & 0x80 and actual > 0:
            transfer.data = self._exactly(actual)
        transfer.status, transfer.actual = status, actual
        del self._waiting[number]
        transfer.done.set()

    def _end(self) -> None:
        with self._lock:
            self._dead = True
        self._socket.close()
        for transfer in (*self._waiting.values(), *self._unlinking.values()):
            transfer.done.set()
            transfer.unlinked.set()

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            if not piece:
                raise ConnectionError("the other side closed the connection")
            data += piece
        return data


def _check(transfer: _Transfer) -> None:
    if transfer.status:
        raise _error(-transfer.status, f"status {transfer.status}")


class UsbIpBackend(usb.backend.IBackend):  # type: ignore[misc]
    """Knows the one device that it was made for; it is imported when pyusb looks for it.

    The methods are pyusb's (`usb.backend.IBackend`); times are milliseconds, 0 is for ever.
    """

    def __init__(self, host: str, port: int, bus_id: str) -> None:
        self._where = (host, port, bus_id)
        self._configurations: dict[int, descriptors.Configuration] = {}

    def enumerate_devices(self) -> Iterable[_Link]:
        yield _Link(*self._where)

    def get_parent(self, dev: _Link) -> None:  # noqa: ARG002
        return None

    def open_device(self, dev: _Link) -> _Link:
        return dev

    def close_device(self, dev_handle: _Link) -> None:
        dev_handle.close()

    def get_device_descriptor(self, dev: _Link) -> SimpleNamespace:
        where = {"bus": dev.bus, "address": dev.address, "speed": dev.speed}
        data = self._descriptor(dev, 1, 0, 18)
        return descriptors.device(data, **where, port_number=None, port_numbers=None)

    def get_configuration_descriptor(self, dev: _Link, config: int) -> SimpleNamespace:
        return self._configuration(dev, config).descriptor

    def get_interface_descriptor(
        self, dev: _Link, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        return self._configuration(dev, config).interfaces[intf][alt][0]

    def get_endpoint_descriptor(
        self, dev: _Link, ep: int, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        return self._configuration(dev, config).interfaces[intf][alt][1][ep]

    def set_configuration(self, dev_handle: _Link, config_value: int) -> None:
        dev_handle.control(_SETUP.pack(0x00, 9, config_value, 0, 0), b"", _STANDARD_MS)

    def get_configuration(self, dev_handle: _Link) -> int:
        return dev_handle.control(_SETUP.pack(0x80, 8, 0, 0, 1), 1, _STANDARD_MS).data[0]

    def set_interface_altsetting(self, dev_handle: _Link, intf: int, altsetting: int) -> None:
        dev_handle.control(_SETUP.pack(0x01, 11, altsetting, intf, 0), b"", _STANDARD_MS)

    def clear_halt(self, dev_handle: _Link, ep: int) -> None:
        dev_handle.control(_SETUP.pack(0x02, 1, 0, ep, 0), b"", _STANDARD_MS)

    def claim_interface(self, dev_handle: _Link, intf: int) -> None:
        """The whole device is ours with its import."""

    def release_interface(self, dev_handle: _Link, intf: int) -> None:
        """It goes back with the connection."""

    def is_kernel_driver_active(self, dev_handle: _Link, intf: int) -> bool:  # noqa: ARG002
        return False

    def bulk_write(
        self,
        dev_handle: _Link,
        ep: int,
        intf: int,  # noqa: ARG002
        data: array.array[int],
        timeout: int,
    ) -> int:
        return dev_handle.write(ep, data.tobytes(), timeout)

    def bulk_read(
        self,
        dev_handle: _Link,
        ep: int,
        intf: int,  # noqa: ARG002
        buff: array.array[int],
        timeout: int,
    ) -> int:
        return _fill(buff, dev_handle.read(ep, len(buff), timeout))

    def ctrl_transfer(
        self,
        dev_handle: _Link,
        bmRequestType: int,  # noqa: N803 (pyusb's names)
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: array.array[int],
        timeout: int,
    ) -> int:
        setup = _SETUP.pack(bmRequestType, bRequest, wValue, wIndex, len(data))
        if bmRequestType & 0x80:
            return _fill(data, dev_handle.control(setup, len(data), timeout).data)
        return dev_handle.control(setup, data.tobytes(), timeout).actual

    def _descriptor(self, link: _Link, kind: int, index: int, length: int) -> bytes:
        setup = _SETUP.pack(0x80, 6, kind << 8 | index, 0, length)
        data = link.control(setup, length, _STANDARD_MS).data
        if len(data) < length:
            raise _error(errno.EIO, f"a descriptor of {len(data)} bytes instead of {length}")
        return data

    def _configuration(self, link: _Link, index: int) -> descriptors.Configuration:
        if index not in self._configurations:
            length = int.from_bytes(self._descriptor(link, 2, index, 9)[2:4], "little")
            self._configurations[index] = descriptors.parse(
                self._descriptor(link, 2, index, length)
            )
        return self._configurations[index]


def _fill(buffer: array.array[int], data: bytes) -> int:
    if len(data) > len(buffer):
        raise _error(errno.EOVERFLOW, "more than was asked for")
    buffer[: len(data)] = array.array("B", data)
    return len(data)
