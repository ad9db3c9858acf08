"""The document printer's network socket: HTTP on 127.0.0.1, a thread for each connection.

The port stays the same when the cable is pulled and put back: a socket that never listens keeps
it, so that meanwhile connections are refused.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from sim.cabin import Cabin
from sim.devices.document_ipp import Reply
from sim.wire.http_line import HttpLine

PATH = "/ipp/print"
MOST = 256 << 20


class IppServer:
    """Serves `line` while its cable is in. `follow` is called with the cabin's lock held."""

    def __init__(self, cabin: Cabin, line: HttpLine, wake: Callable[[], None]) -> None:
        self._cabin, self._line, self._wake = cabin, line, wake
        self._kept = _bound(0)
        self._port = int(self._kept.getsockname()[1])
        self._server: _Server | None = None
        self.url = f"ipp://127.0.0.1:{self._port}{PATH}"

    def follow(self) -> None:
        """Follow the cable: a pulled one is taken from under whoever speaks."""
        if self._line.plugged and self._server is None:
            self._server = _Server(self._port, self._ask)
        elif not self._line.plugged and self._server is not None:
            server, self._server = self._server, None
            server.stop()

    def stop(self) -> None:
        """Serve no more."""
        with self._cabin.lock:
            self._line.unplug()
            self.follow()
        self._kept.close()

    def _ask(self, body: bytes) -> Reply | None:
        """In the connection's thread: what the printer answers, after its time."""
        done = threading.Event()
        found: list[Reply | None] = []

        def answered(reply: Reply | None) -> None:
            found.append(reply)
            done.set()

        with self._cabin.lock:
            self._cabin.catch_up()
            self._line.post(body, answered)
        self._wake()
        done.wait()
        return found[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, connection: socket.socket, address: object, server: _Server) -> None:
        self._ask = server.ask
        super().__init__(connection, address, server)  # type: ignore[arg-type]

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            return
        reply = Reply(404, "text/plain", b"") if self.path != PATH else self._ask(body)
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut])
        self.close_connection = self.close_connection or reply.cut is not None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base calls it so)
        """Nothing is logged: requests hold the names of jobs."""

    def _body(self) -> bytes | None:
        """The request's body, None when it breaks off."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST:
            return None
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else None

    def _chunks(self) -> bytes | None:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(80).split(b";")[0], 16)
            except ValueError:
                return None
            body += self.rfile.read(size)
            self.rfile.readline(80)
            if size == 0:
                return bytes(body)
            if len(body) > MOST:
                return None


class _Server:
    """Listens until it is stopped; a thread for each connection."""

    def __init__(self, port: int, ask: Callable[[bytes], Reply | None]) -> None:
        self.ask = ask
        self._listener = _bound(port)
        self._listener.listen(16)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, name="ipp", daemon=True).start()

    def stop(self) -> None:
        """Refuse connections, and cut those that stand."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # it was closed a moment ago
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError:
                return  # stopped
            with self._lock:
                self._open.add(connection)
            threading.Thread(
                target=self._serve, args=(connection, address), name="ipp-host", daemon=True
            ).start()

    def _serve(self, connection: socket.socket, address: object) -> None:
        try:
            _Handler(connection, address, self)
        except OSError:
            return  # the client went away in the middle, or the cable did
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()


def _bound(port: int) -> socket.socket:
    """A socket that has the port without listening on it."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", port))
    return found
