"""After a failed verification: the file is kept, and the next epoch begins in its place.

The old file goes aside piece by piece, and a power cut may come between any two pieces. Until the
new file's first row stands, it doesn't verify, and ``new_epoch`` is run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import apsw
import msgspec

from kiosk.journal.rows import CABIN
from kiosk.journal.store import JournalBrokenError, Store, kept_epochs, read_slots, sync_folder
from kiosk.version import PROGRAM


@dataclass(frozen=True, slots=True)
class _Old:
    """What can be read of the epoch that ends."""

    epoch: int
    rows: int
    head: str
    last_at: int
    open_orders: list[str]


def new_epoch(path: Path, reason: str, operator: str, at: int) -> Path:
    """Put a journal that doesn't verify aside and begin the next epoch in its place.

    ``at``: wall time in milliseconds. Returns where the old file is kept. The first row of the
    new one names it, its head, and the orders that were open there, so that nothing is forgotten
    silently. Raises JournalBusyError if a kiosk holds the journal.
    """
    old = _describe(path)
    kept = kept_epochs(path)
    if old.rows == 0 and kept:
        # Cut off between putting aside and the first row: what stands here holds nothing.
        _parts(path)[-1].unlink(missing_ok=True)
        path.with_suffix(".anchor").unlink(missing_ok=True)
        old_file, old = kept[-1], _describe(kept[-1])
    else:
        old_file = _set_aside(path, old.epoch, at)
    store = Store(path, epoch=old.epoch + 1)
    try:
        body = {
            "reason": reason,
            "operator": operator,
            "kept": old_file.name,
            "rows": old.rows,
            "head": old.head,
            "open_orders": old.open_orders,
        }
        store.begin()
        text = msgspec.json.encode(body).decode()
        store.insert(max(at, old.last_at), CABIN, "EpochOpened", text, None, "", PROGRAM)
        store.commit()
    finally:
        store.close()
    return old_file


def _parts(path: Path) -> list[Path]:
    """A journal's files, the one that makes it a journal last."""
    log = [path.with_name(path.name + x) for x in ("-wal", "-shm")]
    return [path.with_suffix(".anchor"), *log, path]


def _set_aside(path: Path, epoch: int, at: int) -> Path:
    """Rename the file with its log and anchor; while the main file stays, it can be repeated."""
    kept = path.with_name(f"{path.stem}.epoch{epoch}.{at}{path.suffix}")
    for part, new_name in zip(_parts(path), _parts(kept), strict=True):
        if part.exists():
            part.rename(new_name)
    sync_folder(path.parent)
    return kept


def _describe(path: Path) -> _Old:
    """Read what can be read; of a file that can't be opened the anchor still knows the length."""
    anchor_file = path.with_suffix(".anchor")
    data = anchor_file.read_bytes() if anchor_file.exists() else b""
    epoch, rows, _ = read_slots(data) or (1, 0, "")
    try:
        store = Store(path)
    except JournalBrokenError as error:
        return _Old(epoch, rows, f"unreadable: {error}", 0, ["unreadable"])
    try:
        query = "SELECT order_id FROM orders WHERE closed_at IS NULL ORDER BY opened_at"
        left_open = [x[0] for x in store.db.execute(query)]
        length = max(rows, store.head_seq)
        epoch = max(epoch, store.epoch)
        return _Old(epoch, length, store.head_hash, store.last_at, left_open)
    except apsw.Error as error:
        return _Old(epoch, rows, f"unreadable: {error}", 0, ["unreadable"])
    finally:
        store.close()
