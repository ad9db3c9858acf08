"""Opening a file: the parent's side.

Every call blocks until the child has answered or its time is over, so it is made on a lane of its
own; `cancel` may come from any thread. Whatever becomes of the child, the caller hears one of the
codes in `codes.Trouble`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kiosk.documents import frames
from kiosk.documents.codes import BadDocumentError, Kind, Trouble
from kiosk.documents.limits import Limits

_log = logging.getLogger(__name__)
_CHUNK = 64 << 10
_HELLO_S = 10.0
_REWRITE_PAGE_S = 1.0  # a page sent as a picture takes a third of that
_OURS = frozenset({Trouble.PULLED, Trouble.CANCELLED})
_warned: set[str] = set()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file is. `sizes`: width and height of each page in whole millimetres.

    `restricted`: it is encrypted, but opens without a password and may be printed.
    """

    kind: Kind
    sizes: tuple[tuple[int, int], ...]
    restricted: bool = False

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self.sizes)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as pixels: RGB, 3 bytes each, rows from the top."""

    width: int
    height: int
    rgb: bytes


class OpenDocument:
    """One file in one child. Use it from one thread, `cancel` from any; `close` it in the end."""

    def __init__(self, path: Path, folder: Path, limits: Limits | None = None) -> None:
        """Start the child. `folder`: where its empty working folder is made.

        Raises BadDocumentError: the file can't be read, or no child could be started.
        """
        self.limits = limits or Limits()
        self._cancelled = threading.Event()
        self._life = threading.Lock()  # a number is never killed after it was reaped
        self._resident_kb = 0
        self._trouble: Trouble | None = None
        self._folder = folder / f"child-{os.urandom(8).hex()}"
        self._process = self._start(path)
        self._output = self._process.stdout
        assert self._output is not None and self._process.stdin is not None  # made with pipes
        os.set_blocking(self._output.fileno(), False)
        try:
            self._welcome()
        except BadDocumentError:
            self.close()
            raise

    def __enter__(self) -> OpenDocument:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def facts(self) -> Facts:
        """What the file is. Raises BadDocumentError."""
        with self._asking(frames.question(do="facts")) as end:
            body = self._frame(frames.FACTS, frames.JSON_MAX, end)
            return self._believed(body)

    def picture(self, page: int, width: int) -> Picture:
        """Page `page` (from 0), at most `width` pixels wide. Raises BadDocumentError."""
        most = self.limits.picture_pixels_max
        with self._asking(frames.question(do="picture", page=page, width=width)) as end:
            # A rounding up of each side may pass the limit by a row.
            longest = frames.SIZE.size + 3 * (most + 0xFFFF)
            body = self._frame(frames.PICTURE, longest, end)
            if len(body) < frames.SIZE.size:
                raise _Hostile
            across, down = frames.SIZE.unpack_from(body)
            pixels = body[frames.SIZE.size :]
            if not (0 < across <= width and down > 0) or len(pixels) != 3 * across * down:
                raise _Hostile
            return Picture(across, down, pixels)

    def rewrite(self, pages: Sequence[int], to: Path) -> int:
        """Write a new PDF of these pages (from 0, in this order) to `to`; its size in bytes.

        The file is whole or not there. Only such a file is ever printed. Raises BadDocumentError.
        """
        question = frames.question(do="rewrite", pages=list(pages))
        with self._asking(question, _REWRITE_PAGE_S * len(pages)) as end:
            length = self._header(frames.FILE, self.limits.written_max, end)
            try:
                with to.open("xb") as file:
                    os.fchmod(file.fileno(), 0o600)
                    self._take(length, end, file.write)
            except OSError as error:
                to.unlink(missing_ok=True)
                raise BadDocumentError(Trouble.UNOPENED) from error
            except BadDocumentError:
                to.unlink(missing_ok=True)
                raise
            return length

    def cancel(self) -> None:
        """End the child at once; a call that waits for it ends with `CANCELLED`."""
        self._cancelled.set()
        self._kill()

    def close(self) -> None:
        """End the child and remove its folder. May be called twice."""
        self._kill()
        self._reap()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # a question that nobody will read
                    pipe.close()
        with contextlib.suppress(FileNotFoundError):
            self._folder.rmdir()

    # --- the child's life

    def _start(self, path: Path) -> subprocess.Popen[bytes]:
        try:
            source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise BadDocumentError(Trouble.UNOPENED) from error
        try:
            self._folder.mkdir(mode=0o700)
            return subprocess.Popen(
                # The descriptor gets its number from a shell-free trampoline of our own.
                [sys.executable, "-I", "-c", _TRAMPOLINE, str(source), self._settings()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(source,),
                cwd=self._folder,
                env={},
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise BadDocumentError(Trouble.UNOPENED) from error
        finally:
            os.close(source)

    def _settings(self) -> str:
        return json.dumps(asdict(self.limits))

    def _welcome(self) -> None:
        try:
            body = self._frame(frames.HELLO, frames.JSON_MAX, time.monotonic() + _HELLO_S)
            walls = json.loads(body)
        except (_Hostile, ValueError, BadDocumentError) as error:
            cancelled = self._cancelled.is_set()
            raise BadDocumentError(Trouble.CANCELLED if cancelled else Trouble.UNOPENED) from error
        for wall in ("network", "files"):
            if walls.get(wall) is not True and wall not in _warned:
                _warned.add(wall)
                _log.warning("documents are opened WITHOUT a wall: %s; %s", wall, _ADVICE[wall])

    def _kill(self) -> None:
        with self._life:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._process.pid, signal.SIGKILL)

    def _reap(self) -> tuple[int, int]:
        """Exit code (negative: a signal) and the largest resident memory in KiB, once killed."""
        with self._life:
            if self._process.returncode is None:
                _, status, usage = os.wait4(self._process.pid, 0)
                self._process.returncode = os.waitstatus_to_exitcode(status)
                self._resident_kb = usage.ru_maxrss
            return self._process.returncode, self._resident_kb

    # --- question and answer

    @contextlib.contextmanager
    def _asking(self, question: bytes, more_s: float = 0.0) -> Iterator[float]:
        """Ask; gives the moment at which patience ends. What goes wrong gets its code."""
        if self._trouble is not None:
            raise BadDocumentError(self._trouble)
        assert self._process.stdin is not None
        try:
            try:
                self._process.stdin.write(question)
            except BrokenPipeError as error:
                raise BadDocumentError(self._why_dead()) from error
            yield time.monotonic() + self.limits.answer_s + more_s
        except _Hostile as error:
            _log.warning("the child that opens documents said what it must not")
            self._kill()
            self._trouble = Trouble.BROKEN
            raise BadDocumentError(Trouble.BROKEN) from error
        except BadDocumentError as error:
            self._trouble = error.trouble
            raise

    def _frame(self, letter: bytes, longest: int, end: float) -> bytes:
        parts = bytearray()
        self._take(self._header(letter, longest, end), end, parts.extend)
        return bytes(parts)

    def _header(self, letter: bytes, longest: int, end: float) -> int:
        """The length of the frame that comes, if it is the one awaited."""
        head = bytearray()
        self._take(frames.HEADER.size, end, head.extend)
        came, length = frames.HEADER.unpack(head)
        if came == frames.TROUBLE and length <= frames.WORD_MAX:
            word = bytearray()
            self._take(length, end, word.extend)
            raise BadDocumentError(_trouble_of(bytes(word)))
        if came != letter or length > longest:
            raise _Hostile
        return int(length)

    def _take(self, count: int, end: float, put: Callable[[bytes], object]) -> None:
        """Hand on exactly `count` bytes of the child's."""
        assert self._output is not None
        fd = self._output.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(fd, selectors.EVENT_READ)
            while count:
                left = end - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self._kill()
                    cancelled = self._cancelled.is_set()
                    raise BadDocumentError(Trouble.CANCELLED if cancelled else Trouble.TOO_SLOW)
                data = os.read(fd, min(count, _CHUNK))
                if not data:
                    raise BadDocumentError(self._why_dead())
                count -= len(data)
                put(data)

    def _why_dead(self) -> Trouble:
        if self._cancelled.is_set():
            return Trouble.CANCELLED
        self._kill()  # it has closed its pipe: it may say nothing more
        code, resident_kb = self._reap()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return Trouble.TOO_SLOW
        if resident_kb >> 10 >= self.limits.memory_mb // 2:
            return Trouble.BOMB
        return Trouble.BROKEN

    def _believed(self, body: bytes) -> Facts:
        try:
            told = json.loads(body)
            sizes = tuple((width, height) for width, height in told["sizes"])
            facts = Facts(Kind(told["kind"]), sizes, told["restricted"] is True)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise _Hostile from error
        sides = [side for size in sizes for side in size]
        if not all(type(side) is int and 0 < side <= self.limits.page_mm_max for side in sides):
            raise _Hostile
        if not 0 < facts.pages <= self.limits.pages_max:
            raise _Hostile
        return facts


class _Hostile(Exception):  # noqa: N818 - not an error of ours
    """The child said something that a whole one never says."""


def _trouble_of(word: bytes) -> Trouble:
    try:
        trouble = Trouble(word.decode("ascii"))
    except ValueError as error:
        raise _Hostile from error
    if trouble in _OURS:
        raise _Hostile
    return trouble


_ADVICE = {
    "network": "unshare(CLONE_NEWUSER|CLONE_NEWNET) is not allowed here"
    " (see kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)",
    "files": "this kernel has no Landlock (5.13 or newer, lsm=landlock,…)",
}
_TRAMPOLINE = (
    "import os, sys; fd = int(sys.argv.pop(1)); fd == 3 or (os.dup2(fd, 3), os.close(fd));"
    "from kiosk.documents.child import main; sys.exit(main())"
)
