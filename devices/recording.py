"""A port's traffic and what was made of it, as lines of JSON that anybody may read.

The first line says what is recorded; each other line is one thing with its time `t` in seconds:

- `{"t", "in" | "out": hex, "means"}`: a frame, seen from this machine. Where nothing may be kept
  of it, hex is null and `length` says how many bytes there were.
- `{"t", "event": "opened" | "lost" | "asked" | "cancelled" | "answered" | "ticked", ...}`; behind
  an `opened` with `ticks` each moment is written down at which time passed for the driver.
- `{"t", "told": ...}`: what the driver reported, without the values.

Sources: Design, "Devices" (codecs name the sensitive spans); `devices.trace` for what is replaced.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from devices import registry
from devices.control import (
    Answer,
    HttpAnswer,
    HttpRequest,
    ProgramAnswer,
    ProgramSaid,
    Request,
)
from devices.driver import Completed, Driver, Notice, Progress, Report, StatusChanged, Tap
from devices.plain import PlainError, to_plain
from devices.status import Failed, OutcomeUnknown
from devices.trace import Direction, Note, Scribe

_log = logging.getLogger(__name__)

VERSION = 1
_SECRET = frozenset(("password",))
"""Settings that stand in no recording but by their length, in zeros."""
LIMIT_BYTES = 4 * 1024 * 1024
"""A recording that has grown so long is put aside as `FILE.1` and begun anew."""


class Recorder(Tap):
    """Writes a recording of one device to ``path``, which is begun anew.

    A disc that takes no more ends the recording, never the device's work. ``head`` says what is
    recorded: the driver's name and its settings.
    """

    def __init__(
        self,
        path: Path,
        scribe: Scribe,
        head: Mapping[str, object],
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        self._path = path
        self._scribe = scribe
        self._head = {"recording": VERSION, **head}
        self._limit_bytes = limit_bytes
        self._now = 0.0
        self._file: BinaryIO | None = None
        self._size = 0
        self._begin()

    def close(self) -> None:
        """Write what is left and end."""
        self._notes(self._scribe.flush())
        self._end()

    # What the driver hears and says.

    def opened(self, now: float) -> None:
        self._event(now, "opened", ticks=True)

    def lost(self, now: float, reason: str) -> None:
        self._now = now
        self._notes(self._scribe.flush())
        self._event(now, "lost", reason=reason)

    def received(self, data: bytes, now: float) -> None:
        self._now = now
        self._notes(self._scribe.feed(Direction.IN, data))

    def requested(self, request: Request) -> None:
        if isinstance(request, HttpRequest):
            self._notes(self._scribe.feed(Direction.OUT, request.body))

    def answered(self, request: Request, answer: Answer, now: float) -> None:
        if isinstance(answer, HttpAnswer):
            self._event(now, "answered", request=to_plain(request), **self._posted(answer))
            return
        if isinstance(answer, ProgramAnswer | ProgramSaid):
            self._event(now, "answered", request=to_plain(request), program=program_line(answer))
            return
        told = None if answer is None else answer.hex()
        self._event(now, "answered", request=to_plain(request), answer=told)

    def _posted(self, answer: HttpAnswer) -> dict[str, object]:
        """What came of a POST: the body as the scribe has it, whole."""
        http = {
            "status": answer.status,
            "type": answer.content_type,
            "reason": answer.reason,
            "sent": answer.sent,
        }
        notes = self._scribe.feed(Direction.IN, answer.body) if answer.body else []
        kept = [note.data for note in notes if note.data is not None]
        body = b"".join(kept).hex() if len(kept) == len(notes) else None
        means = "; ".join(note.meaning for note in notes if note.meaning)
        return {"http": http, "body": body, "length": len(answer.body), "means": means}

    def submitted(self, command_id: int, command: object, now: float) -> None:
        try:
            plain = to_plain(command)
        except PlainError as error:
            plain = {"is": type(command).__name__, "unwritten": str(error)}
        self._event(now, "asked", id=command_id, command=plain)

    def cancelled(self, command_id: int, now: float) -> None:
        self._event(now, "cancelled", id=command_id)

    def ticked(self, now: float) -> None:
        # Whether a deadline or an answer came first isn't in their times: a thread wakes late.
        self._event(now, "ticked")

    def sent(self, data: bytes) -> None:
        self._notes(self._scribe.feed(Direction.OUT, data))

    def reported(self, report: Report) -> None:
        self._write({"told": told(report)})

    # The file.

    def _event(self, now: float, event: str, **more: object) -> None:
        self._now = now
        self._write({"event": event, **more})

    def _notes(self, notes: list[Note]) -> None:
        for note in notes:
            self._write(line_of(note))

    def _write(self, line: Mapping[str, object]) -> None:
        if self._file is None:
            return
        text = msgspec.json.encode({"t": round(self._now, 4), **line}) + b"\n"
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            self._give_up(error)
            return
        self._size += len(text)
        if self._size > self._limit_bytes:
            self._turn_over()

    def _begin(self) -> None:
        text = msgspec.json.encode(self._head) + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Traffic without names is still nobody's business but the cabin's.
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._file = os.fdopen(fd, "wb")
            self._file.write(text)
        except OSError as error:
            self._give_up(error)
        self._size = len(text)

    def _turn_over(self) -> None:
        self._end()
        try:
            self._path.replace(self._path.with_name(self._path.name + ".1"))
        except OSError as error:
            self._give_up(error)
        else:
            self._begin()

    def _give_up(self, error: OSError) -> None:
        _log.warning("recording to %s ends: %s", self._path.name, error)
        file, self._file = self._file, None
        if file is not None:
            # Closing flushes, which fails again on a full disc: the descriptor goes all the same.
            try:
                file.close()
            except OSError as again:
                _log.debug("closing it: %s", again)

    def _end(self) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                self._give_up(error)
            self._file = None


def recorder(path: Path, driver: str, settings: Mapping[str, object]) -> Recorder:
    """A recorder for the driver of that name with those settings."""
    kept = {key: "0" * len(str(x)) if key in _SECRET else x for key, x in settings.items()}
    head = {"driver": driver, "settings": kept}
    return Recorder(path, registry.scribe(driver), head)


def recorded(factory: Callable[[], Driver], tap: Tap) -> Callable[[], Driver]:
    """Makes the drivers of ``factory``, with ``tap`` listening."""

    def make() -> Driver:
        driver = factory()
        driver.tap = tap
        return driver

    return make


def line_of(note: Note) -> dict[str, object]:
    """A note as its line has it, without the time."""
    if note.data is None:
        return {note.direction.value: None, "length": note.length, "means": note.meaning}
    return {note.direction.value: note.data.hex(), "means": note.meaning}


HEADER_BYTES = 33
"""So much of a picture says how large it is, and nothing of what is on it."""


def program_line(answer: ProgramAnswer | ProgramSaid) -> dict[str, object]:
    """What a run of a program came to, without what it wrote but for a picture's header."""
    if isinstance(answer, ProgramSaid):
        return {"percent": answer.percent}
    return {
        "code": answer.code,
        "reason": answer.reason,
        "size": answer.size,
        "head": answer.head[:HEADER_BYTES].hex(),
        "whole": answer.tail[-8:-4] == b"IEND",
        "words": answer.words,
    }


def told(report: Report) -> dict[str, Any]:
    """What a driver said, as far as it holds nothing of anybody's."""
    match report:
        case StatusChanged(status):
            return {"status": status.level.value, "reason": status.reason}
        case Completed(command_id, completion):
            end: dict[str, Any] = {"end": type(completion).__name__, "id": command_id}
            if isinstance(completion, Failed):
                end["why"] = completion.code
            if isinstance(completion, OutcomeUnknown):
                end["why"] = completion.reason
            return end
        case Progress(command_id, what):
            return {"progress": type(what).__name__, "id": command_id}
        case Notice(what):
            return {"notice": type(what).__name__}
