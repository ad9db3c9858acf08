"""For transports without a descriptor to wait for: a thread fetches, a socket carries on.

pyserial's RFC 2217 client and libusb hand out bytes to whoever asks and waits; a worker's selector
wants a descriptor. The thread does the asking, so that the worker never waits in a call.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from devices.port import PortError

_CHUNK = 4096


class Pump:
    """`fetch` waits a moment (well under a second) for bytes and returns b"" if none came.

    It raises PortError when the device has gone, which `read_available` then raises after the
    last bytes.
    """

    def __init__(self, name: str, fetch: Callable[[], bytes]) -> None:
        self._fetch = fetch
        self._out, self._in = socket.socketpair()
        self._out.setblocking(False)
        self._stopping = False
        self._ended: PortError | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Readable when there are bytes, or when there will be none any more."""
        return self._out.fileno()

    def read_available(self) -> bytes:
        """As Port.read_available."""
        try:
            data = self._out.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortError("unplugged", str(error)) from error
        if not data:
            raise self._ended or PortError("unplugged", "the port is closed")
        return data

    def close(self) -> None:
        """Stop fetching. Returns at once; the thread ends with its present call."""
        self._stopping = True
        self._out.close()

    def _run(self) -> None:
        with self._in:
            while not self._stopping:
                try:
                    data = self._fetch()
                except PortError as error:
                    self._ended = error
                    return
                if data and not self._hand_over(data):
                    return

    def _hand_over(self, data: bytes) -> bool:
        try:
            self._in.sendall(data)
        except OSError:
            # Nobody reads any more: the port was closed.
            return False
        return True
