"""The inspect socket: what is on the screen, for tests and screen readers. Read only.

A line ``{"get":"screen"}`` is answered by one line of JSON (design, --inspect). Touches can't be
injected here: tests touch through the display server, as a finger would.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST_LINE = 1024


class Inspection:
    """A Unix socket (mode 0600) with a thread of its own; ``describe`` is called from it."""

    def __init__(self, path: Path, describe: Callable[[], dict[str, Any]]) -> None:
        self._path = path
        self._describe = describe
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen(8)
        threading.Thread(target=self._accept, name="inspect", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            try:
                while line := stream.readline(LONGEST_LINE):
                    stream.write(json.dumps(self._reply(line), ensure_ascii=False).encode() + b"\n")
                    stream.flush()
            except (BrokenPipeError, ConnectionResetError):
                return  # whoever asked has gone

    def _reply(self, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
        except ValueError:
            return {"error": "not JSON"}
        if question != {"get": "screen"}:
            return {"error": 'only {"get":"screen"} is answered'}
        return self._describe()

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)
