"""TCP: `tcp://host:port` calls, `tcp-listen://host:port` is called (one caller at a time).

Source: Serial and USB on Linux, "Port names".
"""

from __future__ import annotations

import functools
import socket
from urllib.parse import urlsplit

from devices.port import Opener, PortError, PortUrlError, reason_of

_CHUNK = 4096
_CONNECT_TIMEOUT_S = 3.0
_IDLE_S, _BETWEEN_S, _PROBES = 10, 5, 3
"""A connection on which nothing comes is probed after so long; unanswered, it is over in 25 s.
The kernel's own two hours would keep a meter that lost its network from calling again.
"""


def parse(url: str, default_baud: int) -> Opener:  # noqa: ARG001 (a socket has no speed)
    """What calls the address that `url` names; PortUrlError if it names none."""
    return functools.partial(_call, *parse_address(url))


def parse_listen(url: str, default_baud: int) -> Opener:  # noqa: ARG001
    """What listens at the address that `url` names; PortUrlError if it names none."""
    return functools.partial(ListenPort, *parse_address(url))


def parse_address(url: str) -> tuple[str, int]:
    """The host and the port of `url`. Raises PortUrlError."""
    try:
        parts = urlsplit(url)
        number = parts.port
    except ValueError as error:
        raise PortUrlError(f"{url}: {error}") from error
    if not parts.hostname or not number:
        raise PortUrlError(f"{url}: a TCP port is written {parts.scheme}://host:port")
    return parts.hostname, number


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


class ListenPort:
    """Waits for a device that calls; open while it waits.

    The first caller is the device, and nobody else is let in until it has gone: then the port
    counts as unplugged, and whoever opens it anew waits for the next.
    """

    def __init__(self, host: str, number: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._listener: socket.socket | None = socket.create_server(
                (host, number), family=family, backlog=1
            )
        except OSError as error:
            raise PortError(reason_of(error), str(error)) from error
        self._listener.setblocking(False)
        self._caller: SocketPort | None = None

    def fileno(self) -> int:
        if self._caller is not None:
            return self._caller.fileno()
        return self._listener.fileno() if self._listener is not None else -1

    def read_available(self) -> bytes:
        if self._caller is None:
            self._answer()
        return self._caller.read_available() if self._caller is not None else b""

    def write(self, data: bytes) -> int:
        """As Port.write; while nobody has called nothing is taken."""
        return self._caller.write(data) if self._caller is not None else 0

    def close(self) -> None:
        if self._caller is not None:
            self._caller.close()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def abandon(self) -> None:
        """As `close`: a listener that hangs would keep the address from its successor."""
        self.close()

    def _answer(self) -> None:
        if self._listener is None:
            raise PortError("unplugged", "the port is closed")
        try:
            connected, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            raise PortError("unplugged", str(error)) from error
        _keep_alive(connected)
        self._caller = SocketPort(connected)
        self._listener.close()
        self._listener = None


def _call(host: str, number: int) -> SocketPort:
    try:
        connected = socket.create_connection((host, number), _CONNECT_TIMEOUT_S)
    except OSError as error:
        raise PortError("port_missing", str(error)) from error
    _keep_alive(connected)
    return SocketPort(connected)


def _keep_alive(connected: socket.socket) -> None:
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE_S)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _BETWEEN_S)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
    # What was written and isn't acknowledged stops the probes: it has its own end.
    over_ms = 1000 * (_IDLE_S + _PROBES * _BETWEEN_S)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, over_ms)


def memory_ports() -> tuple[SocketPort, SocketPort]:
    """Two ports joined in memory: what one writes the other reads."""
    one, other = socket.socketpair()
    return SocketPort(one), SocketPort(other)
