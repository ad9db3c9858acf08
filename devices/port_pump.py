"""For transports without a descriptor to wait for: a thread fetches, a socket carries on.

pyserial's RFC 2217 client and libusb hand out bytes to whoever asks and waits; a worker's selector
wants a descriptor. The threads do the asking, so that the worker never waits in a call.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable

from devices.port import PortError

_log = logging.getLogger(__name__)

_CHUNK = 4096
_SLICE = 1024
_ROOM = 4096
"""What may wait between the worker and a device that takes its time (bytes): little, so that the
worker sees soon that nothing is taken."""


class Pump:
    """`fetch` waits a moment (well under a second) for at most 4096 bytes; b"" if none came.

    `store`, if given, waits until the device has taken what it is handed. Both raise PortError when
    the device has gone, which `read_available` then raises after the last bytes. `ended` is called
    once, when neither is called any more: a thread that hangs in a call puts it off, and nothing
    else.
    """

    def __init__(
        self,
        name: str,
        fetch: Callable[[], bytes],
        store: Callable[[bytes], None] | None = None,
        ended: Callable[[], None] | None = None,
    ) -> None:
        self._fetch, self._store, self._at_end = fetch, store, ended
        # With packets, what was written in one call is one transfer to the device.
        self._out, self._in = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._out.setblocking(False)
        self._out.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        self._lock = threading.Lock()
        self._stopping = False
        self._ended: PortError | None = None
        works = [("in", self._carry_in), *([("out", self._carry_out)] if store else [])]
        self._running = len(works)
        for suffix, work in works:
            threading.Thread(
                target=self._run, args=(work,), name=f"{name}-{suffix}", daemon=True
            ).start()

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
            raise self._ended or PortError("unplugged", str(error)) from error
        if not data:
            raise self._ended or PortError("unplugged", "the port is closed")
        return data

    def write(self, data: bytes) -> int:
        """As Port.write, for a pump with `store`."""
        try:
            return self._out.send(data[:_SLICE])
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._ended or PortError("unplugged", str(error)) from error

    def close(self) -> None:
        """Stop. Returns at once; the threads end with their present calls."""
        self._stopping = True
        self._out.close()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PortError as error:
            self._ended = self._ended or error
        except Exception as error:  # noqa: BLE001
            # The boundary for mistakes in a library: the port is lost, the worker goes on.
            _log.exception("the port failed")
            self._ended = self._ended or PortError("port_error", repr(error))
        with self._lock:
            self._running -= 1
            last = not self._running
            if last:
                self._in.close()
            else:
                self._in.shutdown(socket.SHUT_RDWR)
        if last and self._at_end is not None:
            self._at_end()

    def _carry_in(self) -> None:
        while not self._stopping:
            data = self._fetch()
            if not data:
                continue
            try:
                self._in.sendall(data)
            except OSError:
                # Nobody reads any more: the port was closed.
                return

    def _carry_out(self) -> None:
        while self._store is not None:
            try:
                data = self._in.recv(_CHUNK)
            except OSError:
                # The peer was closed with bytes on their way.
                return
            if not data or self._stopping:
                return
            self._store(data)
