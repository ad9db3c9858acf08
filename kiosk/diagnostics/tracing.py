"""A port's traffic as it passes, in the lines of a recording (`devices.recording`).

What the codec's scribe has replaced is replaced here too: nobody sees more than a recording has.
The tap waits for nobody: lines that nobody takes in time are lost, and counted.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

from devices.control import (
    Answer,
    HttpAnswer,
    HttpRequest,
    ProgramAnswer,
    ProgramRequest,
    Request,
)
from devices.driver import Report, Tap
from devices.recording import line_of, program_line, told
from devices.trace import Direction, Note, Scribe

MOST_LINES = 2000
QUIET_S = 0.05
"""A listener that comes in the middle of a frame hears nothing until the line has paused."""


class Trace(Tap):
    """Lines of one device's traffic. ``get`` is called by the listener, the rest by the driver."""

    def __init__(self, scribe: Scribe, wall: Callable[[], float] = time.time) -> None:
        self._scribe = scribe
        self._wall = wall
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue(MOST_LINES)
        self._last = time.monotonic()
        self._whole = False
        self.lost_lines = 0

    def get(self, timeout: float) -> dict[str, Any] | None:
        """The next line, None if none comes in time (seconds)."""
        try:
            return self._lines.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None

    def opened(self, now: float) -> None:
        self._whole = True
        self._put({"event": "opened"})
        self._last = now

    def lost(self, now: float, reason: str) -> None:
        self._last = now
        if self._whole:
            self._notes(self._scribe.flush())
        self._put({"event": "lost", "reason": reason})

    def received(self, data: bytes, now: float) -> None:
        self._feed(Direction.IN, data, now)

    def sent(self, data: bytes) -> None:
        self._feed(Direction.OUT, data, time.monotonic())

    def requested(self, request: Request) -> None:
        if isinstance(request, HttpRequest):
            self._notes(self._scribe.feed(Direction.OUT, request.body))
        if isinstance(request, ProgramRequest):
            self._put({"event": "ran", "words": " ".join((request.program, *request.arguments))})

    def answered(self, request: Request, answer: Answer, now: float) -> None:  # noqa: ARG002
        if isinstance(answer, HttpAnswer):
            self._put({"event": "answered", "status": answer.status, "reason": answer.reason})
            self._notes(self._scribe.feed(Direction.IN, answer.body))
        if isinstance(answer, ProgramAnswer):
            self._put({"event": "answered", **program_line(answer)})

    def reported(self, report: Report) -> None:
        self._put({"told": told(report)})

    def _feed(self, direction: Direction, data: bytes, now: float) -> None:
        """Nothing is decoded that didn't begin while we listened: its fields wouldn't be known."""
        if not self._whole:
            paused = now - self._last >= QUIET_S
            self._last = now
            if not paused:
                return
            self._whole = True
        self._notes(self._scribe.feed(direction, data))

    def _notes(self, notes: list[Note]) -> None:
        for note in notes:
            self._put(line_of(note))

    def _put(self, line: dict[str, Any]) -> None:
        try:
            self._lines.put_nowait({"t": round(self._wall(), 3), **line})
        except queue.Full:
            self.lost_lines += 1
