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
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(appends):
        at = journal.now()
        began = time.perf_counter()
        journal.append(event, order, at)
        ours.append(time.perf_counter() - began)
        row = rows[-1]
        fields = (row.seq, row.epoch, row.at, row.stream, row.kind, row.body, row.sealed)
        began = time.perf_counter()
        bare.execute(
            "INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?,?)",
            (*fields, row.digest, row.program, row.hash),
        )
        theirs.append(time.perf_counter() - began)
    bare.close()
    journal.close()
    return _report(ours, theirs)


def _bare(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute(f"CREATE TABLE rows ({_COLUMNS})")
    return bare


def _report(ours: list[float], theirs: list[float]) -> dict[str, object]:
    append, insert = (statistics.median(x) * 1000 for x in (ours, theirs))
    return {
        "append_ms": round(append, 4),
        "bare_sqlite3_ms": round(insert, 4),
        "more_ms": round(append - insert, 4),
        "append_p95_ms": round(statistics.quantiles(ours, n=20)[-1] * 1000, 4),
        "bare_sqlite3_p95_ms": round(statistics.quantiles(theirs, n=20)[-1] * 1000, 4),
        "appends": len(ours),
        "allowed_more_ms": ALLOWED_MS,
        "reached": append <= insert + ALLOWED_MS,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        print(json.dumps(measure(Path(folder)), indent=1))


if __name__ == "__main__":
    main()
