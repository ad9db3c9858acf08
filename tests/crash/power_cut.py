"""A disk that remembers in which order it was written, and can be cut off after any operation.

What was synced before the cut is there. Of the rest each 512-byte sector of each write survives
by chance, on its own; a new size, a new name, a deletion likewise. SQLite's own file calls are
recorded through its VFS, those of ``kiosk.journal.store`` (anchor, folder) through a stand-in
for its ``os``. The shared-memory index (-shm) is memory and never survives.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
_LOGS = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL


@dataclass(frozen=True)
class Op:
    """One thing that reached the operating system. ``kind``: create, write, truncate, sync,
    delete, sync_folder, or mark (something that the program was told, with its ``note``)."""

    kind: str
    file: str = ""
    offset: int = 0
    data: bytes = b""
    note: object = None


@dataclass
class Recording:
    """The operations in order. ``mark`` notes what the program relies on from here on."""

    ops: list[Op] = field(default_factory=list)

    def add(self, kind: str, file: str = "", offset: int = 0, data: bytes = b"") -> None:
        self.ops.append(Op(kind, Path(file).name, offset, data))

    def mark(self, note: object) -> None:
        self.ops.append(Op("mark", note=note))

    def marks(self, cut: int) -> list[Any]:
        return [x.note for x in self.ops[:cut] if x.kind == "mark"]


class RecordingVfs(apsw.VFS):
    """SQLite's usual file layer, with every change written down. Use ``name`` to open with it."""

    def __init__(self, recording: Recording) -> None:
        self.name = f"recording-{id(self)}"
        self.recording = recording
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _RecordingFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if flags[0] & apsw.SQLITE_OPEN_CREATE and not Path(path).exists():
            self.recording.add("create", path)
        return _RecordingFile(self.recording, name, path, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.recording.add("delete", filename)
        if syncdir:
            self.recording.add("sync_folder")


class _RecordingFile(apsw.VFSFile):
    def __init__(self, recording: Recording, name: Any, path: str, flags: list[int]) -> None:
        self._recording, self._path = recording, path
        # The unix VFS syncs the folder with the first sync of a log or journal that it made.
        self._names_folder = bool(flags[0] & _LOGS)
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._recording.add("write", self._path, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._recording.add("truncate", self._path, newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._recording.add("sync", self._path)
        if self._names_folder:
            self._names_folder = False
            self._recording.add("sync_folder")


class RecordingOs:
    """Stands in for the module ``os`` in ``kiosk.journal.store``."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._paths: dict[int, Path] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT and not path.exists():
            self._recording.add("create", str(path))
        handle = os.open(path, flags, mode)
        self._paths[handle] = path
        return handle

    def pwrite(self, handle: int, data: bytes, offset: int) -> int:
        written = os.pwrite(handle, data, offset)
        self._recording.add("write", str(self._paths[handle]), offset, data[:written])
        return written

    def fsync(self, handle: int) -> None:
        os.fsync(handle)
        path = self._paths[handle]
        self._recording.add(*(("sync_folder",) if path.is_dir() else ("sync", str(path))))


class _File:
    """One file on the disk: what is surely there, and what may be."""

    def __init__(self) -> None:
        self.durable = bytearray()
        self.pending: list[Op] = []

    def sync(self) -> None:
        self.durable = self._with(self.pending)
        self.pending = []

    def _with(self, ops: Iterable[Op]) -> bytearray:
        content = bytearray(self.durable)
        for op in ops:
            if op.kind == "truncate":
                del content[op.offset :]
                content.extend(bytes(op.offset - len(content)))
            else:
                content.extend(bytes(max(0, op.offset + len(op.data) - len(content))))
                content[op.offset : op.offset + len(op.data)] = op.data
        return content

    def after_cut(self, chance: random.Random, survive: float) -> bytes:
        """A later write of the same sector may be lost while an earlier one survived."""
        kept: list[Op] = []
        for op in self.pending:
            pieces = [op] if op.kind == "truncate" else _sectors(op)
            kept += [x for x in pieces if chance.random() < survive]
        return bytes(self._with(kept))


def _sectors(op: Op) -> list[Op]:
    pieces, at, end = [], op.offset, op.offset + len(op.data)
    while at < end:
        stop = min(end, (at // SECTOR + 1) * SECTOR)
        pieces.append(Op("write", op.file, at, op.data[at - op.offset : stop - op.offset]))
        at = stop
    return pieces


class Disk:
    """Plays a recording forward; ``cut`` says what a power cut would leave right now."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._durable_names: dict[str, _File] = {}
        self._names: dict[str, _File] = {}

    def play(self, op: Op) -> None:
        if op.kind == "create":
            self._names[op.file] = _File()
        elif op.kind == "delete":
            self._names.pop(op.file, None)
        elif op.kind == "sync_folder":
            self._durable_names = dict(self._names)
        elif op.kind == "sync":
            self._names[op.file].sync()
        elif op.kind != "mark":
            self._names[op.file].pending.append(op)

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files that a start after the cut finds; each call is one roll of the dice."""
        survive = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        found = {}
        for name in sorted(self._names.keys() | self._durable_names.keys()):
            before, now = self._durable_names.get(name), self._names.get(name)
            file = now if before is now or chance.random() < survive else before
            if file is not None:
                found[name] = file.after_cut(chance, survive)
        return found


def put(files: dict[str, bytes], folder: Path) -> None:
    """Write what a cut has left into an empty folder, for the next start."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
