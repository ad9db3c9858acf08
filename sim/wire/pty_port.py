"""A pseudo-terminal with a stable name: the port that the host opens.

`unplug` takes the port away as pulling a USB adapter does: the host's next read or write fails
and the name is gone. What a machine says while nobody has the port open is lost, as on a real
line. Baud rate, parity and modem lines don't exist on a pty.
"""

from __future__ import annotations

import errno
import os
import select
import termios
import tty
from pathlib import Path


class PtyPort:
    """The master side of a pty, `link` pointing at its slave while plugged in."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self._master: int | None = None
        self._name = ""
        self.host_open = False

    def fileno(self) -> int:
        if self._master is None:
            raise ValueError("the port is unplugged")
        return self._master

    @property
    def plugged(self) -> bool:
        return self._master is not None

    def plug(self) -> None:
        """Make the pty and its name."""
        if self._master is not None:
            return
        master, slave = os.openpty()
        # Raw mode stays with the pair after the slave is closed, until the master is.
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._name = os.ttyname(slave)
        os.close(slave)
        self._master = master
        self.host_open = False
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._name)
        fresh.replace(self.link)

    def unplug(self) -> None:
        """Take the port away from under whoever has it open."""
        if self._master is None:
            return
        if self.link.is_symlink() and str(self.link.readlink()) == self._name:
            self.link.unlink()
        os.close(self._master)
        self._master = None
        self.host_open = False

    def look(self) -> bool:
        """Find out whether a host has opened the port; returns `host_open`."""
        if not self.host_open:
            self.host_open = self._held()
        return self.host_open

    def read(self) -> bytes:
        """What the host has written; empty when nothing, or when it has closed the port."""
        if self._master is None:
            return b""
        try:
            return os.read(self._master, 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._host_closed()
            return b""

    def write(self, data: bytes) -> bool:
        """Give the host one piece; False when it was lost (port closed, or host not reading)."""
        # Asked anew each time: a host that has just closed the port must not leave it to the next.
        if self._master is None or not self._held():
            return False
        self.host_open = True
        try:
            return os.write(self._master, data) == len(data)
        except BlockingIOError:
            return False

    def _held(self) -> bool:
        """Whether somebody has the slave open now."""
        if self._master is None:
            return False
        poller = select.poll()
        poller.register(self._master, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in poller.poll(0))

    def _host_closed(self) -> None:
        self.host_open = False
        slave = os.open(self._name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            # The next host must not read what the last one left.
            termios.tcflush(slave, termios.TCIOFLUSH)
        finally:
            os.close(slave)
