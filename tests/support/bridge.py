"""Joins a serial line and a TCP connection: a device with a network instead of a cable."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import tty
from pathlib import Path


class Bridge:
    """Opens ``line`` and calls 127.0.0.1:``number``; carries bytes until ``hang_up``."""

    def __init__(self, line: Path, number: int) -> None:
        self._line = os.open(line, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._line)
        self._call = socket.create_connection(("127.0.0.1", number))
        self._wake_r, self._wake_w = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def hang_up(self) -> None:
        os.write(self._wake_w, b"\0")
        self._thread.join(5)
        self._call.close()
        for fd in (self._line, self._wake_r, self._wake_w):
            os.close(fd)

    def _carry(self) -> None:
        with selectors.DefaultSelector() as selector:
            for fd in (self._line, self._call.fileno(), self._wake_r):
                selector.register(fd, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd == self._wake_r:
                        return
                    if key.fd == self._line:
                        self._call.sendall(os.read(self._line, 4096))
                    elif data := self._call.recv(4096):
                        os.write(self._line, data)
                    else:
                        return
