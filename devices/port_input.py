"""Keyboard-type devices: `input:///dev/input/by-id/…-event-kbd`, read as `input_event` records.

Some scanners have two nodes: `input:///dev/input/by-id/A?second=/dev/input/by-id/B` reads both,
and is there when both are. The grab keeps the keys from everybody else, the window system too. A
FIFO stands in where there are no input devices. Sources: scanner protocols, 3 (EVIOCGRAB);
Serial and USB on Linux, "Port names"; the kernel's `linux/input.h`.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import select
import stat
import struct
import time
from urllib.parse import parse_qsl, unquote, urlsplit

from devices.port import Opener, PortError, PortUrlError, reason_of

RECORD_BYTES = 24
_CHUNK = 64 * RECORD_BYTES  # as many as the kernel keeps for a keyboard
_EVIOCGRAB = 0x40044590
_EVIOCSCLOCKID = 0x400445A0


def parse(url: str, default_baud: int) -> Opener:  # noqa: ARG001 (keys have no speed)
    """What opens and grabs the nodes that `url` names; PortUrlError if it names none."""
    return functools.partial(_open, *parse_paths(url))


def parse_paths(url: str) -> tuple[str, ...]:
    """The nodes that `url` names. Raises PortUrlError."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    second = options.pop("second", "")
    if options:
        raise PortUrlError(f"{url}: unknown option {min(options)}; second is known")
    paths = (unquote(parts.path), *([second] if second else []))
    if parts.netloc or not all(path.startswith("/") and len(path) > 1 for path in paths):
        raise PortUrlError(f"{url}: a keyboard is written input:///dev/input/by-id/name-event-kbd")
    return paths


def _open(*paths: str) -> InputPort:
    port = InputPort(*paths)
    try:
        port.grab()
    except PortError:
        port.close()
        raise
    return port


class InputPort:
    """One or two nodes of one device. Others hear its keys too until it is grabbed."""

    def __init__(self, *paths: str) -> None:
        self._poll = select.epoll()
        self._nodes: dict[int, _Node] = {}
        try:
            for path in paths:
                node = _Node(path)
                self._nodes[node.fd] = node
                self._poll.register(node.fd, select.EPOLLIN)
        except PortError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise PortError("port_error", f"{path} can't be waited for: {error}") from error

    def grab(self) -> None:
        """Keep the keys from everybody else until `close`. Raises PortError ("port_busy")."""
        for node in self._nodes.values():
            node.grab()

    def fileno(self) -> int:
        return self._poll.fileno()

    def read_available(self) -> bytes:
        """Whole records, in order from each node; what is less waits for its rest."""
        if not self._nodes:
            raise PortError("unplugged", "the port is closed")
        return b"".join(self._nodes[fd].read() for fd, _ in self._poll.poll(0))

    def write(self, data: bytes) -> int:  # noqa: ARG002
        """A keyboard takes nothing."""
        return 0

    def close(self) -> None:
        nodes, self._nodes = self._nodes, {}
        for node in nodes.values():
            os.close(node.fd)
        self._poll.close()

    def abandon(self) -> None:
        for node in self._nodes.values():
            node.let_go()


class _Node:
    """An input device, or a FIFO in its place."""

    def __init__(self, path: str) -> None:
        try:
            self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        except OSError as error:
            raise PortError(reason_of(error), str(error)) from error
        mode = os.fstat(self.fd).st_mode
        self._is_fifo = stat.S_ISFIFO(mode)
        self._path = path
        self._rest = b""
        if not (self._is_fifo or stat.S_ISCHR(mode)):
            os.close(self.fd)
            raise PortError("port_error", f"{path} is neither an input device nor a FIFO")

    def grab(self) -> None:
        try:
            if self._is_fifo:
                # Nothing else would hear a FIFO; that it is held shows to the next who asks.
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            fcntl.ioctl(self.fd, _EVIOCGRAB, 1)
            # Pauses are measured between the events' times: the date may be set meanwhile.
            fcntl.ioctl(self.fd, _EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
        except OSError as error:
            raise PortError(reason_of(error), f"{self._path}: {error}") from error

    def let_go(self) -> None:
        # A node that is gone has nothing to give back.
        with contextlib.suppress(OSError):
            if self._is_fifo:
                fcntl.flock(self.fd, fcntl.LOCK_UN)
            else:
                fcntl.ioctl(self.fd, _EVIOCGRAB, 0)

    def read(self) -> bytes:
        try:
            data = os.read(self.fd, _CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortError("unplugged", f"{self._path}: {error}") from error
        if not data:
            raise PortError("unplugged", f"{self._path}: nobody holds its other end any more")
        data = self._rest + data
        whole = len(data) // RECORD_BYTES * RECORD_BYTES
        self._rest = data[whole:]
        return data[:whole]
