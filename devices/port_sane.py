"""`sane:NAME`: a scanner that a program speaks with, one run for each question.

NAME is the device's name in SANE, as `scanimage -L` tells it; it may hold blanks. The port has no
bytes of its own: everything goes through its control channel, and opening it touches nothing. Each
run has a thread of its own and a time limit, so that a program that hangs costs its thread, never
the worker. What it writes goes through here and not straight into a file, so that it can be counted
and ended; nothing of a page stays in this process.
Sources: scanimage(1); sane-backends 1.2, frontend/scanimage.c (`Progress:` on stderr, SIGTERM).
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.control import (
    Answer,
    ProgramAnswer,
    ProgramRequest,
    ProgramSaid,
    Request,
    StopRequest,
)
from devices.port import Opener, PortError, PortUrlError

MOST_AT_ONCE = 2
MOST_BYTES = 96 << 20
"""More than any page: A4 in colour at 600 dots an inch, not packed at all."""
HEAD_BYTES, TAIL_BYTES, WORDS_BYTES = 16 << 10, 16, 2000
TERM_S, KILL_S = 3.0, 2.0
"""So long the program may put the scanner's lamp back, and the kernel take it away."""
_CHUNK = 64 << 10
_PERCENT = re.compile(rb"Progress: +(\d{1,3})(?:\.\d+)?%")


def parse(url: str, default_baud: int) -> Opener:  # noqa: ARG001 (no line, no speed)
    """What opens the scanner that `url` names; PortUrlError if it names none."""
    name = url.removeprefix("sane:")
    if not name.strip() or name.startswith("-") or not name.isprintable():
        raise PortUrlError(f"{url}: a scanner is written sane:NAME, as `scanimage -L` tells it")
    return functools.partial(SanePort, name)


@dataclass(slots=True)
class _Run:
    """One run; ``stop`` becomes readable when it is to end. ``process``: once it has begun."""

    request: ProgramRequest
    stop: int
    head: bytearray = field(default_factory=bytearray)
    tail: bytes = b""
    words: bytes = b""
    size: int = 0
    percent: int = -1
    reason: str = ""
    process: subprocess.Popen[bytes] | None = None


class SanePort:
    """The scanner of that name in SANE."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._quiet = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._closed = False
        self._runs: dict[int, _Run] = {}

    def fileno(self) -> int:
        """A descriptor that never becomes readable."""
        return self._quiet

    def read_available(self) -> bytes:
        return b""

    def write(self, data: bytes) -> int:
        """There is nothing to write to: a driver that does has the wrong port."""
        raise PortError("port_error", f"sane:{self._name} takes requests, not {len(data)} bytes")

    def ask(self, request: Request, answered: Callable[[Answer], None]) -> None:
        """As Askable.ask."""
        if isinstance(request, StopRequest):
            self._stop(request.number)
        elif not isinstance(request, ProgramRequest):
            answered(None)
        elif (run := self._enter(request)) is None:
            answered(ProgramAnswer(None, "too_many"))
        else:
            name = f"sane-{request.number}"
            threading.Thread(
                target=self._carry_out, args=(run, answered), name=name, daemon=True
            ).start()

    def close(self) -> None:
        """Every run is ended; nobody hears of it any more."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            os.close(self._quiet)
            for run in self._runs.values():
                os.eventfd_write(run.stop, 1)
                # Its thread may not come to it any more, if this is the end of the program.
                if run.process is not None and run.process.poll() is None:
                    _signal(run.process, signal.SIGTERM)

    def abandon(self) -> None:
        """Nothing is held that another could want."""

    def _enter(self, request: ProgramRequest) -> _Run | None:
        with self._lock:
            if self._closed or len(self._runs) >= MOST_AT_ONCE:
                return None
            run = _Run(request, os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))
            self._runs[request.number] = run
            return run

    def _stop(self, number: int) -> None:
        with self._lock:
            if number in self._runs:
                os.eventfd_write(self._runs[number].stop, 1)

    def _carry_out(self, run: _Run, answered: Callable[[Answer], None]) -> None:
        def tell(answer: Answer) -> None:
            with self._lock:
                if not self._closed:
                    answered(answer)

        try:
            answer = _answer_of(run, self._name, tell)
        finally:
            with self._lock:
                self._runs.pop(run.request.number, None)
                os.close(run.stop)
        tell(answer)


def _answer_of(run: _Run, name: str, tell: Callable[[Answer], None]) -> ProgramAnswer:
    """Run it to its end, whichever that is."""
    request, out = run.request, None
    if request.path:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            out = os.open(request.path, flags, 0o600)
        except OSError as error:
            return ProgramAnswer(None, "no_place", words=error.strerror or "")
    try:
        process = subprocess.Popen(
            [request.program, "-d", name, *request.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
        )
    except OSError as error:
        return ProgramAnswer(None, "no_program", words=f"{request.program}: {error.strerror}")
    else:
        run.process = process
        code = _followed(process, run, out, tell)
    finally:
        if out is not None:
            os.close(out)
    words = re.sub(rb"(Progress: +[\d.]+%\s*)+", b"", run.words).decode("utf-8", "replace").strip()
    head = bytes(run.head)
    return ProgramAnswer(code, run.reason, run.size, head, run.tail, words)


def _followed(
    process: subprocess.Popen[bytes], run: _Run, out: int | None, tell: Callable[[Answer], None]
) -> int | None:
    """Take what it writes and says until it has ended; its exit code, None if it doesn't end."""
    assert process.stdout is not None and process.stderr is not None
    give_up, kill_at = time.monotonic() + run.request.patience_s, None
    ending = False
    with (
        contextlib.closing(selectors.DefaultSelector()) as selector,
        process.stdout,
        process.stderr,
    ):
        for pipe in (process.stdout, process.stderr, run.stop):
            selector.register(pipe, selectors.EVENT_READ)
        while len(selector.get_map()) > (0 if ending else 1):
            now = time.monotonic()
            if not ending and now >= give_up:
                run.reason = run.reason or "no_answer"
            if not ending and run.reason:
                ending, kill_at = True, now + TERM_S
                _signal(process, signal.SIGTERM)
                selector.unregister(run.stop)
            if kill_at is not None and now >= kill_at:
                break
            until = kill_at if kill_at is not None else give_up
            for key, _ in selector.select(max(0.0, until - now)):
                if key.fileobj == run.stop:
                    ending, kill_at = True, time.monotonic() + TERM_S
                    _signal(process, signal.SIGTERM)
                    selector.unregister(run.stop)
                    continue
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    _took(run, data, out)
                else:
                    _heard(run, data, tell)
    # A program that has closed its pipes has little left to do.
    return _ended(process, run, kill_at is not None)


def _ended(process: subprocess.Popen[bytes], run: _Run, hurry: bool) -> int | None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(0.2 if hurry else TERM_S)
    _signal(process, signal.SIGKILL)
    try:
        return process.wait(KILL_S)
    except subprocess.TimeoutExpired:
        run.reason = "stuck"
        return None


def _took(run: _Run, data: bytes, out: int | None) -> None:
    run.size += len(data)
    if run.size > MOST_BYTES:
        run.reason = run.reason or "too_long"
        return
    run.head += data[: max(0, HEAD_BYTES - len(run.head))]
    run.tail = (run.tail + data)[-TAIL_BYTES:]
    try:
        view = memoryview(data)
        while out is not None and view:
            view = view[os.write(out, view) :]
    except OSError as error:
        run.reason = run.reason or "no_place"
        run.words += f"\n{error.strerror}".encode()


def _heard(run: _Run, data: bytes, tell: Callable[[Answer], None]) -> None:
    run.words = (run.words + data)[-WORDS_BYTES:]
    found = _PERCENT.findall(data)
    if found and (percent := min(int(found[-1]), 100)) > run.percent:
        run.percent = percent
        tell(ProgramSaid(percent))


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """To the program and whatever it has started; one that has ended by itself needs none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
