"""Several listeners at one driver, which may come and go while it works."""

from __future__ import annotations

import threading

from devices.control import Answer, Request
from devices.driver import Report, Tap


class Taps(Tap):
    """Passes everything on, in the order in which they came. ``add`` and ``remove`` in any thread.

    The listeners are a tuple that is exchanged whole: whoever is passing something on goes on with
    the old one.
    """

    def __init__(self, *taps: Tap) -> None:
        self._taps = taps
        self._changing = threading.Lock()

    def add(self, tap: Tap) -> None:
        """Let another one listen."""
        with self._changing:
            self._taps = (*self._taps, tap)

    def remove(self, tap: Tap) -> None:
        """Let one go; nothing happens if it isn't there."""
        with self._changing:
            self._taps = tuple(x for x in self._taps if x is not tap)

    def opened(self, now: float) -> None:
        for tap in self._taps:
            tap.opened(now)

    def lost(self, now: float, reason: str) -> None:
        for tap in self._taps:
            tap.lost(now, reason)

    def received(self, data: bytes, now: float) -> None:
        for tap in self._taps:
            tap.received(data, now)

    def answered(self, request: Request, answer: Answer, now: float) -> None:
        for tap in self._taps:
            tap.answered(request, answer, now)

    def requested(self, request: Request) -> None:
        for tap in self._taps:
            tap.requested(request)

    def submitted(self, command_id: int, command: object, now: float) -> None:
        for tap in self._taps:
            tap.submitted(command_id, command, now)

    def cancelled(self, command_id: int, now: float) -> None:
        for tap in self._taps:
            tap.cancelled(command_id, now)

    def ticked(self, now: float) -> None:
        for tap in self._taps:
            tap.ticked(now)

    def sent(self, data: bytes) -> None:
        for tap in self._taps:
            tap.sent(data)

    def reported(self, report: Report) -> None:
        for tap in self._taps:
            tap.reported(report)
