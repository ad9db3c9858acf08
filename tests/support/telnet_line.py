"""A network box with one serial line (RFC 2217), made of pyserial's server side."""

from __future__ import annotations

import contextlib
import socket
import threading

import serial
import serial.rfc2217


class TelnetLine:
    """Serves ``line`` on loopback to one caller; ``number`` is the TCP port."""

    def __init__(self, line: serial.SerialBase) -> None:
        self.line = line
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.number = self._listener.getsockname()[1]
        self._caller: socket.socket | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """To the caller, as it is (the server side of pyserial calls this)."""
        assert self._caller is not None
        with self._lock:
            self._caller.sendall(data)

    def hang_up(self) -> None:
        """The box loses its network."""
        self._listener.close()
        if self._caller is not None:
            with contextlib.suppress(OSError):
                self._caller.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        if self._caller is not None:
            self._caller.close()

    def _serve(self) -> None:
        try:
            self._caller, _ = self._listener.accept()
        except OSError:
            return
        manager = serial.rfc2217.PortManager(self.line, self)
        forth = threading.Thread(target=self._forth, args=(manager,), daemon=True)
        forth.start()
        try:
            while data := self._caller.recv(1024):
                for byte in manager.filter(data):
                    self.line.write(byte)
        except OSError:
            pass  # hung up: the loop's other end
        self.line.close()
        forth.join(5)

    def _forth(self, manager: serial.rfc2217.PortManager) -> None:
        with contextlib.suppress(serial.SerialException, OSError):
            while self.line.is_open:
                data = self.line.read(1)
                if data:
                    self.write(b"".join(manager.escape(data)))
