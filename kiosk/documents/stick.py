"""A USB stick: what is on it, and the one file that is wanted.

`Stick` finds a folder (`UsbStick` mounts a device, `FolderStick` stands in for it); everything
that is read goes through here and takes the stick for hostile: bounded in depth, number and size,
no link is followed, and names are only ever shown cleaned. A stick may be pulled at any moment:
that is `Trouble.PULLED`, never an exception of another kind.
"""

from __future__ import annotations

import os
import stat
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.documents import names
from kiosk.documents.codes import BadDocumentError, Trouble

ENDINGS = frozenset({".pdf", ".jpg", ".jpeg", ".png"})
DEPTH_MAX = 4
LISTED_MAX = 100
LOOKED_AT_MAX = 5_000
_CHUNK = 256 << 10
_HIDDEN = frozenset({"System Volume Information", "$RECYCLE.BIN", "RECYCLER", "LOST.DIR"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file that can perhaps be printed. `parts`: its path on the stick; never shown or logged.

    `name` and `folder` are cleaned for the screen; `size` in bytes; `changed`: seconds of the
    stick's own clock, for the order alone.
    """

    parts: tuple[str, ...]
    name: str
    folder: str
    size: int
    changed: float


@dataclass(frozen=True, slots=True)
class Listing:
    """What is on a stick, newest first. `more`: there is more than was looked at or is listed."""

    files: tuple[Found, ...]
    more: bool = False


class Stick(ABC):
    """The place where sticks are plugged in. Calls block: they belong on a lane of their own."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    @abstractmethod
    def present(self) -> bool:
        """Whether a stick is plugged in. Quick: it is asked every second or so."""

    @abstractmethod
    def close(self) -> None:
        """The visit is over: let the stick go, so that it may be pulled."""

    @abstractmethod
    def _root(self) -> Path:
        """The folder to read; raises BadDocumentError (PULLED)."""

    def cancel(self) -> None:
        """End a copy that goes on, from any thread."""
        self._stop.set()

    def listing(self) -> Listing:
        """The files that can perhaps be printed, by their endings. Raises BadDocumentError."""
        self._stop.clear()
        with _pulled_if_unreadable():
            return _list(self._root())

    def copy(self, found: Found, to: Path, bytes_max: int) -> int:
        """Copy a file into the visit's folder; its size. `to` is whole or not there.

        Raises BadDocumentError: TOO_BIG, EMPTY, PULLED, CANCELLED, or UNOPENED (no room here).
        """
        self._stop.clear()
        with ExitStack() as stack:
            with _pulled_if_unreadable():
                source = _open_beneath(self._root(), found.parts, stack)
            try:
                target = stack.enter_context(to.open("xb"))
                os.fchmod(target.fileno(), 0o600)
                size = self._pour(source, target.fileno(), bytes_max)
            except OSError as error:
                to.unlink(missing_ok=True)
                raise BadDocumentError(Trouble.UNOPENED) from error
            except BadDocumentError:
                to.unlink(missing_ok=True)
                raise
        return size

    def _pour(self, source: int, target: int, bytes_max: int) -> int:
        size = 0
        while True:
            if self._stop.is_set():
                raise BadDocumentError(Trouble.CANCELLED)
            with _pulled_if_unreadable():
                data = os.read(source, _CHUNK)
                if not data:
                    self._root()  # what ends here may have been pulled
            if not data:
                break
            size += len(data)
            if size > bytes_max:
                raise BadDocumentError(Trouble.TOO_BIG)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(target, rest) :]
        if not size:
            raise BadDocumentError(Trouble.EMPTY)
        return size


class FolderStick(Stick):
    """A folder that stands in for a stick: there while the folder is (simulation, tests)."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def present(self) -> bool:
        return self._folder.is_dir()

    def close(self) -> None:
        self._stop.set()

    def _root(self) -> Path:
        if not self._folder.is_dir():
            raise BadDocumentError(Trouble.PULLED)
        return self._folder


@contextmanager
def _pulled_if_unreadable() -> Iterator[None]:
    """A stick that can't be read is as good as pulled: EIO, ENODEV, ESTALE, ENOENT and others."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        raise BadDocumentError(Trouble.PULLED) from error


def _list(root: Path) -> Listing:
    found: list[Found] = []
    looked = 0
    folders: list[tuple[str, ...]] = [()]
    more = False
    while folders:
        parts = folders.pop()
        with os.scandir(root.joinpath(*parts)) as entries:
            for entry in entries:
                looked += 1
                if looked > LOOKED_AT_MAX:
                    return _sorted(found, True)
                if entry.name.startswith(".") or entry.name in _HIDDEN:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if len(parts) + 1 < DEPTH_MAX:
                        folders.append((*parts, entry.name))
                    else:
                        more = True
                elif Path(entry.name).suffix.lower() in ENDINGS and entry.is_file(
                    follow_symlinks=False
                ):
                    found.append(_found((*parts, entry.name), entry.stat(follow_symlinks=False)))
    return _sorted(found, more)


def _found(parts: tuple[str, ...], about: os.stat_result) -> Found:
    folder = names.shown(parts[-2], 20) if len(parts) > 1 else ""
    return Found(parts, names.shown(parts[-1]), folder, about.st_size, about.st_mtime)


def _sorted(found: list[Found], more: bool) -> Listing:
    found.sort(key=lambda file: (-file.changed, file.parts))
    return Listing(tuple(found[:LISTED_MAX]), more or len(found) > LISTED_MAX)


def _open_beneath(root: Path, parts: tuple[str, ...], stack: ExitStack) -> int:
    """A descriptor of a plain file, reached step by step; no step may be a link or go up."""
    if not parts or any(part in ("", ".", "..") or "/" in part for part in parts):
        raise BadDocumentError(Trouble.UNOPENED)
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    stack.callback(os.close, fd)
    for part in parts[:-1]:
        fd = os.open(part, flags | os.O_DIRECTORY, dir_fd=fd)
        stack.callback(os.close, fd)
    fd = os.open(parts[-1], flags, dir_fd=fd)
    stack.callback(os.close, fd)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise BadDocumentError(Trouble.UNOPENED)
    return fd
