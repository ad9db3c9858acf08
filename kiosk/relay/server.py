"""The relay's server: TLS, one request a connection, a thread each, and an end to everything.

Made for strangers: the number of connections is bounded, in all and for each address; the TLS
handshake and the head of a request share one deadline, a body has another, and no read waits
longer than some seconds. A head that is too long, or a client that only connects, costs a thread
for some seconds and nothing else.
"""

from __future__ import annotations

import contextlib
import io
import logging
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, BinaryIO
from wsgiref.handlers import SimpleHandler
from wsgiref.simple_server import WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from kiosk.relay.slots import Slots

_log = logging.getLogger(__name__)
_BACKLOG = 64
_EXPIRE_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Numbers of connections, and seconds: for handshake and head, for a body, without a byte.

    `linger_s` and `linger_max` (bytes): how much of a body that was refused is read away, so that
    the sentence reaches a phone that is still sending.
    """

    connections_max: int = 64
    per_address_max: int = 8
    head_s: float = 15.0
    body_s: float = 300.0
    idle_s: float = 20.0
    linger_s: float = 20.0
    linger_max: int = 64 << 20


class _Timed(io.RawIOBase):
    """Reads from a socket until a deadline; TimeoutError (an OSError) afterwards."""

    def __init__(self, connection: socket.socket, limits: ServerLimits, deadline: float) -> None:
        super().__init__()
        self._connection, self._limits = connection, limits
        self.deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(min(left, self._limits.idle_s))
        return self._connection.recv_into(buffer)


class _Body:
    """What of a request's body is still to come; never more than it said itself."""

    def __init__(self, file: io.BufferedIOBase | BinaryIO, length: str) -> None:
        self._file = file
        self.left = int(length) if length.isascii() and length.isdigit() else 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end. OSError when they don't come."""
        data = self._file.read(min(size, self.left))
        self.left = self.left - len(data) if data else 0
        return data


class _Handler(WSGIRequestHandler):
    """One request. The head must come before the deadline set at the connection's start."""

    server: RelayServer
    server_version = "relay"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        deadline = time.monotonic() + self.server.limits.head_s
        self._timed = _Timed(self.connection, self.server.limits, deadline)
        self.rfile = io.BufferedReader(self._timed, 64 << 10)

    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return
        if not self.parse_request():  # which has answered
            return
        self._timed.deadline = time.monotonic() + self.server.limits.body_s
        environ = self.get_environ()
        environ["REMOTE_ADDR"] = str(self.client_address[0])
        body = _Body(self.rfile, environ.get("CONTENT_LENGTH") or "")
        # SimpleHandler never looks into the body; the application reads what it wants of it.
        handler = _Answering(body, self.wfile, io.StringIO(), environ)  # type: ignore[arg-type]
        handler.run(self.server.application)
        self._linger(body)

    def _linger(self, body: _Body) -> None:
        """Read away what a phone still sends: closing now would reset the connection."""
        limits = self.server.limits
        self._timed.deadline = time.monotonic() + limits.linger_s
        end = body.left - limits.linger_max
        with contextlib.suppress(OSError):  # gone, or too slow: both end it
            self.wfile.flush()
            while body.left > max(0, end) and body.read(64 << 10):
                pass

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Requests hold addresses of slots: none is logged."""


class _Answering(SimpleHandler):
    """What the application raises ends the connection, with a line in the log."""

    server_software = "relay"

    def log_exception(self, exc_info: Any) -> None:
        _log.error("a request came to nothing: %s", getattr(exc_info[0], "__name__", "?"))


class RelayServer(ThreadingMixIn, HTTPServer):
    """`application` behind TLS. OSError when the address is taken; port 0 picks a free one.

    `listener`: a socket that listens already, given by a parent.
    """

    daemon_threads = True
    request_queue_size = _BACKLOG

    def __init__(
        self,
        application: WSGIApplication,
        slots: Slots,
        context: ssl.SSLContext,
        address: tuple[str, int],
        limits: ServerLimits | None = None,
        listener: socket.socket | None = None,
    ) -> None:
        self.application = application
        self.limits = limits or ServerLimits()
        self._slots, self._context = slots, context
        self.base_environ: dict[str, str] = {}  # which the handler copies
        self._open: Counter[str] = Counter()
        self._open_lock = threading.Lock()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler, bind_and_activate=listener is None)
        if listener is not None:
            self.socket.close()
            self.socket = listener
            self.server_address = listener.getsockname()
        self._expired = time.monotonic()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def server_bind(self) -> None:
        """Without asking the DNS for our name, as the base does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = str(self.server_address[0]), self.port

    def service_actions(self) -> None:
        """Between connections: what is too old is forgotten, though nobody asks."""
        if time.monotonic() - self._expired > _EXPIRE_EVERY_S:
            self._expired = time.monotonic()
            self._slots.expire()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        del request
        with self._open_lock:
            if self._open.total() >= self.limits.connections_max:
                return False
            if self._open[client_address[0]] >= self.limits.per_address_max:
                return False
            self._open[client_address[0]] += 1
            return True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._open[client_address[0]] -= 1
                self._open += Counter()  # without those that have none

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(self.limits.head_s)
        try:
            secure = self._context.wrap_socket(request, server_side=True)
        except OSError:
            return  # no TLS, or gone: its business
        with secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away or was too slow; anything else is told by its name."""
        del request, client_address
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            _log.error("a connection came to nothing: %s", type(error).__name__)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer. Raises OSError (ssl.SSLError is one)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


Stop = Callable[[], None]


def serve(server: RelayServer) -> Stop:
    """Serve in a thread; call what is returned to end it."""
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), name="relay", daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return stop
