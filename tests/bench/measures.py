"""Every measure of `make bench`.."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.report import Reading, measure


@measure("journal")
def journal() -> list[Reading]:
    """A journal row made durable beside the same insert by bare sqlite3, in turns."""
    from tests.bench import journal_append

    # On the disk the cabin would use: /tmp may be memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        found = journal_append.measure(Path(folder))
    return [
        Reading(
            "journal append with fsync",
            float(str(found["append_ms"])),
            "ms",
            journal_append.ALLOWED_MS,
            "over",
            float(str(found["bare_sqlite3_ms"])),
            "bare sqlite3",
            details=found,
        )
    ]
