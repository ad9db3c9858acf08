"""Signals as bytes that can be read: nothing is missed, and no handler meets a lock it holds.

A handler written in Python runs between two steps of the main thread: it would wait for ever for
a lock that this very thread was taking, and not run at all while the thread is about to wait.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

END = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def as_bytes(*wanted: signal.Signals) -> Iterator[IO[bytes]]:
    """A file from which the numbers of the signals that come can be read. Main thread only."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)

    def nothing(*_: object) -> None:
        """Stands where the default action would end us; the pipe has the news."""

    before = {number: signal.signal(number, nothing) for number in wanted}
    previous = signal.set_wakeup_fd(writable)
    try:
        with os.fdopen(readable, "rb", buffering=0) as signals:
            yield signals
    finally:
        signal.set_wakeup_fd(previous)
        for number, action in before.items():
            signal.signal(number, action)
        os.close(writable)
