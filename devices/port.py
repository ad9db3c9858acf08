"""Byte streams to devices behind one small interface: serial lines, TCP, and memory.

A port never blocks in reading or writing: `read_available` and `write` take what is there to
take, and the worker's selector waits. Sources: Serial and USB on Linux, "Port names"; Design,
"Devices" (stable path, exclusive, write time-out); requirements R11 and R13.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import termios
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import serial

_CHUNK = 4096
_CONNECT_TIMEOUT_S = 3.0


class PortError(OSError):
    """The port is gone or can't be opened.

    `reason` is a stable code: "port_missing", "port_busy", "port_forbidden", "port_error" or
    "unplugged"; the text is the system's own words.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class PortUrlError(ValueError):
    """The text doesn't name a port; the message says what is allowed."""


class Port(Protocol):
    """One open byte stream. Every method may raise PortError but `close` and `abandon`."""

    def fileno(self) -> int:
        """The descriptor a selector can wait for."""
        ...

    def read_available(self) -> bytes:
        """What has arrived, b"" if nothing has."""
        ...

    def write(self, data: bytes) -> int:
        """Hand over as much of `data` as is taken without waiting; how many bytes that was."""
        ...

    def close(self) -> None:
        """Close. Idempotent; can hang in the kernel, so a watchdog looks on."""
        ...

    def abandon(self) -> None:
        """Let others open the same device although this port's owner hangs in a call on it."""
        ...


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How a line is set: `parity` is one of N, E, O."""

    path: str
    baud: int = 9600
    parity: str = "N"
    stop_bits: int = 1


@dataclass(frozen=True, slots=True)
class TcpSettings:
    """Where a TCP port listens."""

    host: str
    port: int


def parse_url(url: str, default_baud: int = 9600) -> SerialSettings | TcpSettings:
    """`serial:///dev/x?baud=9600&parity=E&stop=2`, a bare absolute path, or `tcp://host:port`.

    Raises PortUrlError with the reason.
    """
    if url.startswith("/"):
        return SerialSettings(url, default_baud)
    try:
        parts = urlsplit(url)
        tcp_port = parts.port
    except ValueError as error:
        raise PortUrlError(f"{url}: {error}") from error
    if parts.scheme == "tcp":
        if not parts.hostname or not tcp_port:
            raise PortUrlError(f"{url}: a TCP port is written tcp://host:port")
        return TcpSettings(parts.hostname, tcp_port)
    if parts.scheme != "serial":
        raise PortUrlError(f"{url}: a port is an absolute path, serial:///path or tcp://host:port")
    path = "" if parts.netloc else parts.path
    return _parse_serial(url, path, dict(parse_qsl(parts.query)), default_baud)


def _parse_serial(
    url: str, path: str, options: dict[str, str], default_baud: int
) -> SerialSettings:
    if not path.startswith("/"):
        raise PortUrlError(f"{url}: a serial port is written serial:///dev/name?baud=9600")
    unknown = sorted(set(options) - {"baud", "parity", "stop"})
    if unknown:
        raise PortUrlError(f"{url}: unknown option {unknown[0]}; baud, parity and stop are known")
    baud, stop = options.get("baud", str(default_baud)), options.get("stop", "1")
    parity = options.get("parity", "N")
    if not (baud.isascii() and baud.isdecimal() and 50 <= int(baud) <= 4_000_000):
        raise PortUrlError(f"{url}: baud is a number from 50 to 4000000")
    if parity not in ("N", "E", "O"):
        raise PortUrlError(f"{url}: parity is N, E or O")
    if stop not in ("1", "2"):
        raise PortUrlError(f"{url}: stop is 1 or 2")
    return SerialSettings(path, int(baud), parity, int(stop))


def open_port(url: str, default_baud: int = 9600) -> Port:
    """Open the port that `url` names; PortError if that fails, PortUrlError for a bad name."""
    settings = parse_url(url, default_baud)
    if isinstance(settings, TcpSettings):
        return _open_tcp(settings)
    return SerialPort(settings)


_REASONS = {
    errno.ENOENT: "port_missing",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
    errno.EBUSY: "port_busy",
    errno.EAGAIN: "port_busy",
}


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, "port_error")


class SerialPort:
    """A serial line through pyserial: exclusive, and never waiting."""

    def __init__(self, settings: SerialSettings) -> None:
        try:
            self._serial = serial.Serial(
                settings.path,
                settings.baud,
                parity=settings.parity,
                stopbits=settings.stop_bits,
                timeout=0,
                write_timeout=1.0,
                exclusive=True,
            )
        except OSError as error:
            raise PortError(_reason(error), str(error)) from error
        except (termios.error, ValueError) as error:
            # The line went while it was being set, or it can't do that speed.
            raise PortError("port_error", str(error)) from error

    def fileno(self) -> int:
        return int(self._serial.fileno())

    def read_available(self) -> bytes:
        try:
            return bytes(self._serial.read(_CHUNK))
        except OSError as error:
            raise PortError("unplugged", str(error)) from error

    def write(self, data: bytes) -> int:
        # pyserial's own write spins on EAGAIN when its time-out is zero, and with a longer one
        # doesn't say how much was taken when it expires: the descriptor is asked directly. It
        # doesn't wait; the time-out for the whole is the worker's.
        try:
            return os.write(self.fileno(), data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortError("unplugged", str(error)) from error

    def close(self) -> None:
        self._serial.close()

    def abandon(self) -> None:
        # The lock lies on the open file, not on the thread: given back, another open succeeds
        # while this one still hangs.
        fcntl.flock(self.fileno(), fcntl.LOCK_UN)


class SocketPort:
    """A connected stream socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        connected.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def read_available(self) -> bytes:
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortError("unplugged", str(error)) from error
        if not data:
            raise PortError("unplugged", "the other side closed the connection")
        return data

    def write(self, data: bytes) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortError("unplugged", str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def abandon(self) -> None:
        """A TCP listener decides for itself how many it serves: nothing to give back."""


def _open_tcp(settings: TcpSettings) -> SocketPort:
    try:
        connected = socket.create_connection((settings.host, settings.port), _CONNECT_TIMEOUT_S)
    except OSError as error:
        raise PortError("port_missing", str(error)) from error
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return SocketPort(connected)


def memory_ports() -> tuple[SocketPort, SocketPort]:
    """Two ports joined in memory: what one writes the other reads."""
    one, other = socket.socketpair()
    return SocketPort(one), SocketPort(other)
