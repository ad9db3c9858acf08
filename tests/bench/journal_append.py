"""What an append to the journal costs beside the same insert by bare sqlite3 (both durable).

Run alone: ``python -m tests.bench.journal_append``. The two take turns row by row on the same
disk, so that whatever else the machine does hits both.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.journal import Journal
from kiosk.journal.rows import Row
from tests.crash.lives import number, opened

ALLOWED_MS = 0.15
_COLUMNS = (
    "seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL, stream TEXT NOT NULL, "
    "kind TEXT NOT NULL, body TEXT NOT NULL, sealed BLOB, digest TEXT NOT NULL, "
    "program TEXT NOT NULL, hash TEXT NOT NULL"
)


def measure(folder: Path, appends: int = 500) -> dict[str, object]:
    """Time ``appends`` appends and bare inserts in ``folder``; medians and p95 in milliseconds.

    The event is one without personal fields, as most are: an answer of the biller.
    """
    rows: list[Row] = []
    journal = Journal(folder / "journal.sqlite", on_append=rows.append)
    bare = _bare(folder / "bare.sqlite")
    no = number(1)
    at = journal.now()
    order, _ = decide(None, opened(no), at)
    journal.append(opened(no), order, at)
    event = e.PostAnswered(no, 0, e.Posting.POSTED, "S202611220001")
    ours, theirs = _Times(), _Times()

    def append() -> None:
        at = journal.now()
        with ours:
            journal.append(event, order, at)

    def insert() -> None:
        row = rows[-1]
        place = (None, row.epoch, row.at, row.stream, row.kind, row.body, row.sealed)
        with theirs:
            bare.execute(
                "INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?,?)",
                (*place, row.digest, row.program, row.hash),
            )

    for turn in range(appends):
        for one in (append, insert) if turn % 2 else (insert, append):
            one()
    bare.close()
    journal.close()
    return _report(ours, theirs)


class _Times:
    """Takes the times of a ``with`` block: on the wall, and of this thread's processor alone."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.processor: list[float] = []

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.thread_time()

    def __exit__(self, *_: object) -> None:
        processor, wall = time.thread_time(), time.perf_counter()
        self.wall.append(wall - self._began[0])
        self.processor.append(processor - self._began[1])


def _bare(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute(f"CREATE TABLE rows ({_COLUMNS})")
    return bare


def _report(ours: _Times, theirs: _Times) -> dict[str, object]:
    """``processor_more_ms`` tells a slow journal from a disk that others were busy with."""
    append, insert = (statistics.median(x.wall) * 1000 for x in (ours, theirs))
    work, bare_work = (statistics.median(x.processor) * 1000 for x in (ours, theirs))
    return {
        "append_ms": round(append, 4),
        "bare_sqlite3_ms": round(insert, 4),
        "more_ms": round(append - insert, 4),
        "append_p95_ms": round(statistics.quantiles(ours.wall, n=20)[-1] * 1000, 4),
        "bare_sqlite3_p95_ms": round(statistics.quantiles(theirs.wall, n=20)[-1] * 1000, 4),
        "processor_more_ms": round(work - bare_work, 4),
        "appends": len(ours.wall),
        "allowed_more_ms": ALLOWED_MS,
        "reached": append <= insert + ALLOWED_MS,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        print(json.dumps(measure(Path(folder)), indent=1))


if __name__ == "__main__":
    main()
