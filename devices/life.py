"""One life of a worker's thread, and how others wake it from its selector."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable

from devices.port import Port


class Life:
    """One thread's life: abandoned means that it must touch nothing any more when it wakes."""

    def __init__(
        self, live: Callable[[Life], None], name: str, first_pause_s: float, backoff_s: float
    ) -> None:
        self.abandoned = False
        self.in_call_since: float | None = None
        self.port: Port | None = None
        self.pause_s = first_pause_s
        self.backoff_s = backoff_s
        self._wake_r, self._wake_w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.thread = threading.Thread(target=live, args=(self,), name=name, daemon=True)

    @property
    def wake_fd(self) -> int:
        return self._wake_r

    def wake(self) -> None:
        # A full pipe has woken the thread already.
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_w, b"\0")

    def hear_wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_r, 4096)

    def close_wake(self) -> None:
        os.close(self._wake_r)
        os.close(self._wake_w)
