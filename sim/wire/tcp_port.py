"""A machine on the network: a listener on loopback that serves one host at a time.

The file `link` says where it is while the cable is plugged in, as `tcp://127.0.0.1:port`.
`unplug` hangs up on whoever is connected. What a machine says to nobody is lost.
"""

from __future__ import annotations

import socket
from pathlib import Path


class TcpPort:
    """The machine's side."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.host_open = False
        self._number = 0
        self._server: socket.socket | None = None
        self._host: socket.socket | None = None
        self._is_over = False

    def fileno(self) -> int:
        if self._host is None:
            raise ValueError("nobody is connected")
        return self._host.fileno()

    @property
    def plugged(self) -> bool:
        return self._server is not None

    def plug(self) -> None:
        """Listen, and say where."""
        if self._server is not None:
            return
        # Its address stays the same for as long as it lives, as a real machine's does.
        self._server = socket.create_server(("127.0.0.1", self._number))
        self._server.setblocking(False)
        self._number = self._server.getsockname()[1]
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.write_text(f"tcp://127.0.0.1:{self._number}\n", encoding="ascii")
        fresh.replace(self.link)

    def unplug(self) -> None:
        """Hang up and listen no more."""
        if self._server is None:
            return
        self.link.unlink(missing_ok=True)
        self._server.close()
        self._server = None
        self._hang_up()

    def look(self) -> bool:
        """Find out whether a host has connected; returns `host_open`.

        A connection that is over is closed here and answered with False once, so that whoever
        waits for its descriptor lets go of it before there is another one.
        """
        if self._is_over:
            self._hang_up()
            return False
        if self._server is not None and self._host is None:
            try:
                self._host, _ = self._server.accept()
            except BlockingIOError:
                return False
            self._host.setblocking(False)
            self._host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.host_open = True
        return self.host_open

    def read(self) -> bytes:
        """What the host has said; empty when nothing, or when it has hung up."""
        if self._host is None or self._is_over:
            return b""
        try:
            data = self._host.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self.host_open, self._is_over = False, True
        return data

    def write(self, data: bytes) -> bool:
        """Give the host one piece; False when it was lost."""
        if self._host is None or self._is_over:
            return False
        try:
            return self._host.send(data) == len(data)
        except BlockingIOError:
            return False
        except OSError:
            self.host_open, self._is_over = False, True
            return False

    def _hang_up(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host = None
        self.host_open = self._is_over = False
