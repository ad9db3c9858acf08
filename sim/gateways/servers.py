"""A gateway behind HTTPS on the loopback interface, one thread for each connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from sim.gateways.transport import DELAY_KEY, Gateway, LostAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HANDSHAKE_S = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Handler(WSGIRequestHandler):
    timeout = 30  # a client that stops talking in the middle doesn't keep its thread for ever

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Requests hold account numbers: they aren't logged."""

    def connection_dropped(
        self, error: BaseException, environ: WSGIEnvironment | None = None
    ) -> None:
        """End the connection too: HTTP/1.1 would wait for the next request on it."""
        del error, environ
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    """TLS is spoken in the connection's own thread, so a silent client hinders nobody."""

    daemon_threads = False  # so that closing the server waits for them
    block_on_close = True

    def __init__(
        self, listener: socket.socket, gateway: Gateway, good: ssl.SSLContext, wrong: ssl.SSLContext
    ) -> None:
        host, port = listener.getsockname()[:2]
        self._gateway = gateway
        self._good = good
        self._wrong = wrong
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(host, port, self._app, handler=_Handler, fd=listener.fileno())

    def _app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = self._gateway(environ, start_response)
        except LostAnswer as lost:
            self._stopping.wait(lost.hold_s)
            # Werkzeug takes this for a client that went away: it closes without a reply.
            raise ConnectionAbortedError from lost
        delay = environ.get(DELAY_KEY, 0.0)
        if delay:
            self._stopping.wait(delay)
        return body

    def finish_request(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        assert isinstance(request, socket.socket)
        fault = self._gateway.connection_fault()
        if fault == "unreachable":
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            request.close()
            return
        context = self._wrong if fault == "tls_wrong" else self._good
        request.settimeout(_HANDSHAKE_S)
        secure = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        with self._open_lock:
            self._open.add(secure)
        try:
            try:
                secure.do_handshake()
            except OSError:
                return  # the client went away or didn't accept our certificate: its business
            super().finish_request(secure, client_address)
        finally:
            with self._open_lock:
                self._open.discard(secure)
            secure.close()

    def handle_error(self, request: object, client_address: tuple[str, int] | str) -> None:
        """While stopping, broken connections are what was asked for; else they are shown."""
        if not self._stopping.is_set():
            super().handle_error(request, client_address)

    def release(self) -> None:
        """Let answers that are held back go, and take broken connections for wanted."""
        self._stopping.set()

    def abort_connections(self) -> None:
        """Wake every thread that waits for its client."""
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # it was closed a moment ago
                    connection.shutdown(socket.SHUT_RDWR)


class HttpsServer:
    """`gateway` behind https://host:port. OSError when the port is taken; port 0 picks one."""

    def __init__(
        self,
        gateway: Gateway,
        good: ssl.SSLContext,
        wrong: ssl.SSLContext,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        with socket.create_server((host, port)) as listener:
            self._server = _Server(listener, gateway, good, wrong)
        self.url = f"https://{host}:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            name=f"sim-{gateway.name}",
        )
        self._thread.start()

    def stop(self) -> None:
        """Close; returns when every thread has ended."""
        self._server.release()
        self._server.shutdown()
        self._server.abort_connections()
        self._thread.join()
