"""Where a visit's files are while it lasts: in memory, for us alone, gone when it ends.

Files of other people never lie on a disk if that can be helped: the folder is on the kernel's
shared memory (`/dev/shm`, a tmpfs). Where there is none, it is in the data folder, and what is
deleted there may be read off the disk by somebody with tools; `in_memory` says which it is, and
the log says it loudly. A tmpfs may be swapped out: a cabin has no swap, or an encrypted one.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import stat
from pathlib import Path

_log = logging.getLogger(__name__)
SHARED_MEMORY = Path("/dev/shm")
LAID = "laid"
"""A file of this name says that something may lie on the scanner's glass."""
_TMPFS = "tmpfs"


class VisitFolder:
    """Folders for one visit after the other. Not for two kiosks with one data folder at once."""

    def __init__(self, data_dir: Path, memory: Path = SHARED_MEMORY) -> None:
        """Whatever an earlier run has left behind is wiped; ``left_behind`` are its names.
        Raises OSError.

        The name is that of the data folder, hashed: two cabins on one machine don't meet.
        """
        mark = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
        self.in_memory, self._base = True, memory / f"cabin-visit-{os.getuid()}-{mark}"
        if not (_is_tmpfs(memory) and _claim(self._base)):
            self.in_memory, self._base = False, data_dir / "visit"
            _log.warning("files of a visit lie on the disk: %s is no memory of ours", memory)
            if not _claim(self._base):
                raise PermissionError(f"{self._base} belongs to somebody else")
        self.left_behind = frozenset(x.name for x in self._base.iterdir())
        self.wipe()

    @property
    def path(self) -> Path:
        """The folder of the present visit, mode 0700."""
        return self._base

    def claim(self) -> None:
        """Make the folder again after `remove` or `leave`. Raises OSError if it isn't ours now."""
        if not _claim(self._base):
            raise PermissionError(f"{self._base} belongs to somebody else")

    def leave(self) -> None:
        """Between visits there is no folder, unless something is still in it."""
        with contextlib.suppress(OSError):
            self._base.rmdir()

    def new_file(self, ending: str = "") -> Path:
        """A path in it that no file has; the name says nothing of the file."""
        return self._base / f"{os.urandom(8).hex()}{ending}"

    def wipe(self) -> None:
        """The visit is over: nothing of it stays. Raises OSError if something can't be removed."""
        for entry in list(self._base.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)

    def remove(self) -> None:
        """Wipe, and leave not even the folder. May be called twice."""
        with contextlib.suppress(FileNotFoundError):
            self.wipe()
            self._base.rmdir()


def _claim(folder: Path) -> bool:
    """Make the folder, or take an old one of ours; never somebody else's."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return False
    except OSError:
        return False
    folder.chmod(0o700)
    return True


def _is_tmpfs(folder: Path) -> bool:
    """Whether the folder lies in memory, by the table of mounts (proc(5), /proc/self/mounts)."""
    if not folder.is_dir():
        return False
    best, kind = -1, ""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").split("\n"):
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = Path(fields[1].encode().decode("unicode_escape"))
        if folder.resolve().is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), fields[2]
    return kind == _TMPFS
