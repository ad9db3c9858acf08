"""Proof that what moves money leaves only after its cause has reached the disk.

One list takes in, in order, the writes and syncs of the journal's files (seen by SQLite's own file
layer), the rows whose ``append`` returned, and the commands handed out. Use::

    log = Log()
    journal = Journal(path, vfs=watch(log), on_append=log.row)
    ... log.command(command) where commands (or bytes on a wire) leave ...
    assert log.problems(journal) == []
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from kiosk.core.commands import IRREVERSIBLE, Command
from kiosk.core.decide import decide
from kiosk.core.order import Order
from kiosk.journal import Journal
from kiosk.journal.rows import CABIN, Row


@dataclass(frozen=True)
class Happened:
    """``kind``: write, sync, row, command; ``what``: the file's name, the row, the command."""

    kind: str
    what: Any


@dataclass
class Log:
    """What happened, in order. Appending is safe from any thread."""

    happened: list[Happened] = field(default_factory=list)

    def write(self, file: str) -> None:
        self.happened.append(Happened("write", file))

    def sync(self, file: str) -> None:
        self.happened.append(Happened("sync", file))

    def row(self, row: Row) -> None:
        self.happened.append(Happened("row", row))

    def command(self, command: Command) -> None:
        self.happened.append(Happened("command", command))

    def problems(self, journal: Journal) -> list[str]:
        """Return every command that cannot be taken back and left too early, as sentences.

        Too early: while a write to the journal's log was not yet synced, or before the row whose
        event leads ``decide`` to that command. Each row allows its commands once.
        """
        caused = _caused(journal)
        allowed: Counter[Command] = Counter()
        unsynced: set[str] = set()
        found = []
        for place, entry in enumerate(self.happened):
            if entry.kind == "write" and entry.what.endswith("-wal"):
                unsynced.add(entry.what)
            elif entry.kind == "sync":
                unsynced.discard(entry.what)
            elif entry.kind == "row":
                allowed.update(caused.get(entry.what.seq, ()))
            elif entry.kind == "command" and isinstance(entry.what, IRREVERSIBLE):
                if unsynced:
                    found.append(f"{place}: {entry.what} left before a sync of {unsynced}")
                if not allowed[entry.what]:
                    found.append(f"{place}: {entry.what} left before its row")
                allowed[entry.what] -= 1
        return found


def _caused(journal: Journal) -> dict[int, tuple[Command, ...]]:
    """By row: the commands that ``decide`` answers its event with."""
    caused: dict[int, tuple[Command, ...]] = {}
    for stream in {x.stream for x in journal.store.rows()} - {CABIN}:
        order: Order | None = None
        for entry in journal.iterate(stream):
            order, caused[entry.seq] = decide(order, entry.event, entry.at)
    return caused


def watch(log: Log) -> str:
    """Register a file layer that writes into ``log``; returns its name for ``Journal(vfs=…)``."""
    vfs = _WatchingVfs(log)
    _KEPT.append(vfs)
    return vfs.name


_KEPT: list[apsw.VFS] = []
"""SQLite holds registered layers by name only; they must outlive their connections."""


class _WatchingVfs(apsw.VFS):
    def __init__(self, log: Log) -> None:
        self.name = f"watching-{id(log)}"
        self._log = log
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _WatchedFile:  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        return _WatchedFile(self._log, name, Path(path).name, flags)


class _WatchedFile(apsw.VFSFile):
    def __init__(self, log: Log, name: Any, shown: str, flags: list[int]) -> None:
        self._log, self._shown = log, shown
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._log.write(self._shown)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._log.sync(self._shown)
