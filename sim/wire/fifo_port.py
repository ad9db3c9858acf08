"""A FIFO with a stable name that stands in for an input device of the kernel.

What is typed while nobody has it open is lost, as on a real device. `unplug` ends it as pulling
the cable does: the host's next read says that it is over, and the name is gone.
"""

from __future__ import annotations

import os
import select
from pathlib import Path


class FifoPort:
    """The writing side of a FIFO, `link` its name while plugged in."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.plugged = False
        self._fd: int | None = None

    @property
    def host_open(self) -> bool:
        return self._fd is not None

    def fileno(self) -> int:
        if self._fd is None:
            raise ValueError("nobody has the FIFO open")
        return self._fd

    def plug(self) -> None:
        """Make the FIFO."""
        if self.plugged:
            return
        # One that a killed simulator left would hang whoever holds it: a fresh one takes its name.
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        os.mkfifo(fresh, 0o600)
        fresh.replace(self.link)
        self.plugged = True

    def unplug(self) -> None:
        """Take the FIFO away from under whoever has it open."""
        if not self.plugged:
            return
        self.look()
        self.link.unlink(missing_ok=True)
        self._hang_up()
        self.plugged = False

    def look(self) -> bool:
        """Find out whether a host has opened the FIFO; returns `host_open`."""
        if self.plugged and self._fd is None:
            try:
                self._fd = os.open(self.link, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:
                return False  # nobody reads, or the name is gone
        return self.host_open

    def read(self) -> bytes:
        """A keyboard hears nothing; called when the host may have closed its side."""
        if self._fd is not None:
            poller = select.poll()
            poller.register(self._fd, 0)
            if any(event & select.POLLERR for _, event in poller.poll(0)):
                self._hang_up()
        return b""

    def write(self, data: bytes) -> bool:
        """Give the host one piece; False when it was lost (nobody reads, or not fast enough)."""
        if not self.look():
            return False
        try:
            return os.write(self.fileno(), data) == len(data)
        except BlockingIOError:
            return False
        except BrokenPipeError:
            self._hang_up()
            return False

    def _hang_up(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
