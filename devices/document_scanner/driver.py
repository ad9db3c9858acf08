"""The document scanner: it is asked whether it is there, and takes one picture at a time.

The driver does no I/O: what it wants goes to the port's control channel as `ProgramRequest` and
comes back by number, or doesn't. Alive is a scanner that SANE can open: asked every minute, every
ten seconds while it can't, never while it scans.
Sources: scanimage(1); Serial and USB on Linux, "Liveness"; requirements R9, R15, R18.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from devices.control import (
    Answer,
    ProgramAnswer,
    ProgramRequest,
    ProgramSaid,
    Request,
    StopRequest,
)
from devices.document_scanner import codec
from devices.document_scanner import commands as c
from devices.driver import Driver, Progress, SettingsError
from devices.operations import Operation
from devices.status import Cancelled, Completion, Failed, Level, Status, Success, TimedOut

PROGRAM = "scanimage"
IDLE_S, AGAIN_S = 60.0, 10.0
ASK_S = 10.0
"""So long an answer to whether it is there may take."""
STEP_PERCENT = 5
"""Progress is told in steps of so much: some programs speak of every line."""
GRACE_S = 8.0
"""The port ends a run by itself; the driver gives it up so much later."""


class SaneScanner(Driver):
    """``program``: what speaks with it, by name or absolute path. ``source``: where it takes the
    original from, in the backend's words; "" leaves that to the backend. ``idle_s``: how often it
    is asked (seconds)."""

    operations: ClassVar[Mapping[str, Operation]] = c.OPERATIONS
    queue_patience_s: ClassVar[float] = 20.0

    def __init__(self, program: str = PROGRAM, source: str = "", idle_s: float = IDLE_S) -> None:
        super().__init__()
        self._program, self._source, self._idle_s = program, source, idle_s
        self._number = 0
        self._asked = 0
        """The question whether it is there that waits for its answer, else 0."""
        self._ask_by = self._ask_at = 0.0
        self._run: ProgramRequest | None = None
        self._run_id, self._run_by = 0, 0.0
        self._command: c.Scan | c.Identify | None = None
        self._is_unwanted = False
        self._percent = 0

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`program`: a name or an absolute path; `source`: up to 64 characters."""
        unknown = sorted(set(settings) - {"program", "source"})
        if unknown:
            raise SettingsError(f"unknown setting: {', '.join(unknown)}")
        program, source = settings.get("program", PROGRAM), settings.get("source", "")
        named = isinstance(program, str) and program.isprintable() and program.strip() == program
        if not isinstance(program, str) or not named or not program:
            raise SettingsError("program: a program's name or absolute path")
        if "/" in program and not program.startswith("/"):
            raise SettingsError("program: a program's name or absolute path")
        if not isinstance(source, str) or not source.isprintable() or len(source) > 64:
            raise SettingsError("source: up to 64 characters, as Flatbed")
        return cls(program, source)

    # Runs of the program

    def _begin(self, arguments: tuple[str, ...], patience_s: float, path: str = "") -> int:
        self._number += 1
        request = ProgramRequest(self._number, self._program, arguments, path, patience_s)
        self._request(request)
        return self._number

    def _ask(self, now: float) -> None:
        self._asked = self._begin(codec.ask(), ASK_S)
        self._ask_by = now + ASK_S + GRACE_S

    def _on_answered(self, request: Request, answer: Answer, now: float) -> None:
        if not isinstance(request, ProgramRequest):
            return
        if answer is None:
            detail = "its port must be sane:NAME"
            self._set_status(Status(Level.UNAVAILABLE, "port_error", detail))
        elif request.number == self._asked:
            if isinstance(answer, ProgramAnswer):
                self._told(answer, now)
        elif self._run_id and self._run is not None and request.number == self._run.number:
            if isinstance(answer, ProgramSaid):
                is_end = answer.percent == 100 and self._percent < 100
                if is_end or answer.percent >= self._percent + STEP_PERCENT:
                    self._percent = answer.percent
                    self._report(Progress(self._run_id, c.Scanning(answer.percent)))
            elif isinstance(answer, ProgramAnswer):
                self._ran(answer, now)

    def _told(self, answer: ProgramAnswer, now: float) -> None:
        """How it is, by a run that only opened it. What waited for that begins."""
        self._asked = 0
        if self._run_id and self._run is None:
            self._start(now)
        why = codec.failure(answer)
        self._ask_at = now + (self._idle_s if not why else min(AGAIN_S, self._idle_s))
        detail = " ".join(x for x in (self._program, answer.words[-200:]) if x)
        match why:
            case "":
                self._set_status(Status(Level.READY))
            case "busy":
                self._set_status(Status(Level.BUSY, "busy", detail))
            case "no_program":
                self._set_status(Status(Level.UNAVAILABLE, "port_error", answer.words))
            case "access_denied":
                self._set_status(Status(Level.UNAVAILABLE, "port_forbidden", detail))
            case "cover_open" | "jammed":
                self._set_status(Status(Level.UNAVAILABLE, why, detail))
            case _:
                self._set_status(Status(Level.UNAVAILABLE, "no_answer", f"{why} {detail}"))

    def _ran(self, answer: ProgramAnswer, now: float) -> None:
        """The command's own run has ended."""
        end = self._end_of(answer)
        self._complete(self._run_id, end, now)
        if isinstance(end, Failed | TimedOut):
            self._ask_at = now  # whether it is still there is worth knowing

    def _end_of(self, answer: ProgramAnswer) -> Completion:
        why, command = codec.failure(answer), self._command
        if self._is_unwanted:
            return Cancelled()
        if answer.reason == "no_answer":
            return TimedOut()
        if why:
            return Failed(why, answer.words[-200:])
        if not isinstance(command, c.Scan):
            return Success(codec.glass(answer))
        found = codec.picture(answer, command.area, command.dpi)
        return Success(found) if isinstance(found, c.Scanned) else Failed(found)

    # Hooks of the base

    def _on_opened(self, now: float) -> None:
        self._forget()
        self._asked = 0
        self._set_status(Status(Level.UNKNOWN, "asking"))
        self._ask(now)

    def _on_received(self, data: bytes, now: float) -> None:
        """This port has no bytes of its own; another port's say nothing."""

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._asked = 0

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if not isinstance(command, c.Scan | c.Identify):
            name = type(command).__name__
            self._complete(command_id, Failed("not_supported", f"no {name} here"), now)
            return
        self._command, self._run_id, self._is_unwanted = command, command_id, False
        self._run_by = now + ASK_S + 2 * GRACE_S
        if not self._asked:  # it can't be opened twice at once
            self._start(now)

    def _start(self, now: float) -> None:
        path, self._percent = "", 0
        if isinstance(self._command, c.Scan):
            path = self._command.path
            arguments = codec.scan(self._command.area, self._command.dpi, self._source)
            patience_s = c.PATIENCE_S
        else:
            arguments, patience_s = codec.list_options(), ASK_S
        number = self._begin(arguments, patience_s, path)
        self._run = ProgramRequest(number, self._program)
        self._run_by = now + patience_s + GRACE_S

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if command_id != self._run_id or self._is_unwanted:
            return
        if self._run is None:
            self._complete(command_id, Cancelled(), now)
        else:
            self._is_unwanted = True
            self._run_by = now + GRACE_S
            self._request(StopRequest(self._run.number))

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:  # noqa: ARG002
        return Failed("not_connected", "the scanner's port is gone")

    def _on_completed(self, command_id: int, now: float) -> None:
        if command_id == self._run_id:
            self._forget()
            self._ask_at = max(self._ask_at, now + 1.0)

    def _forget(self) -> None:
        """The run is over; an answer to it that comes later is nobody's."""
        self._run = self._command = None
        self._run_id = 0

    def _on_ticked(self, now: float) -> None:
        if self._run_id and now >= self._run_by:
            self._complete(self._run_id, Cancelled() if self._is_unwanted else TimedOut(), now)
            self._ask_at = now
        if self._asked and now >= self._ask_by:
            self._told(ProgramAnswer(None, "stuck"), now)
        if not self._asked and not self._run_id and now >= self._ask_at:
            self._ask(now)

    def _next_tick(self) -> float | None:
        times = [self._run_by] if self._run_id else []
        if self._asked:
            times.append(self._ask_by)
        elif not self._run_id:
            times.append(self._ask_at)
        return min(times, default=None)
