"""The journal's file: schema, durability, the chain and its anchor outside.

SQLite in WAL mode with ``synchronous=FULL``: a commit has reached the disk when it returns. apsw
instead of the standard library's sqlite3, because its file layer can be replaced, which the
power-cut test does.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import apsw

from kiosk.journal.rows import GENESIS, Row, chain_hash, sealed_sha256

_log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE rows (
    seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL, stream TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, sealed BLOB, digest TEXT NOT NULL,
    program TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX rows_by_stream ON rows (stream, seq);
CREATE TRIGGER rows_stay BEFORE UPDATE ON rows BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER rows_last BEFORE DELETE ON rows BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY, opened_at INTEGER NOT NULL, closed_at INTEGER,
    amount_fen INTEGER NOT NULL, charged_fen INTEGER NOT NULL, refunded_fen INTEGER NOT NULL,
    word TEXT NOT NULL, needs_person INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX orders_open ON orders (closed_at);
CREATE INDEX orders_by_day ON orders (opened_at);
CREATE TABLE keys (
    order_id TEXT PRIMARY KEY REFERENCES orders (order_id), key BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL);
"""
VERSION = 1
CACHE_KIB = 256
BUSY_MS = 2000
PROBE_BUSY_MS = 50
_READ_WRITE = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
ANCHOR_SLOT = 128


class JournalBrokenError(Exception):
    """The books don't verify: take no money, keep the file, tell the technician."""


class JournalBusyError(Exception):
    """Another program holds the journal."""


class Store:
    """One open journal file. Not for use by more than one thread."""

    def __init__(
        self,
        path: Path,
        vfs: str | None = None,
        *,
        readonly: bool = False,
        epoch: int | None = None,
    ) -> None:
        """Open or create the file; ``epoch`` numbers the rows of one that has none yet.

        Raises JournalBusyError or JournalBrokenError.
        """
        self.path = path
        self._anchor = -1
        self._lock = -1
        try:
            if not readonly:
                self._lock = _take_lock(path.with_suffix(".lock"))
            self._open(vfs, readonly, epoch)
        except (apsw.Error, OSError) as error:
            self._close_handles()
            raise JournalBrokenError(f"{path}: {error}") from error
        except BaseException:
            self._close_handles()
            raise

    def _open(self, vfs: str | None, readonly: bool, epoch: int | None) -> None:
        anchor_path = self.path.with_suffix(".anchor")
        if not readonly:
            self._anchor = os.open(anchor_path, os.O_RDWR | os.O_CREAT, 0o600)
            # Made here and not by SQLite: the log beside it takes over its permissions, and the
            # orders' keys stand in both.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        elif anchor_path.exists():
            self._anchor = os.open(anchor_path, os.O_RDONLY)
        flags = apsw.SQLITE_OPEN_READONLY if readonly else _READ_WRITE
        self.db = apsw.Connection(str(self.path), vfs=vfs, flags=flags)
        try:
            self._prepare(readonly)
            self.head_seq, self.head_hash, self.epoch, self.last_at = self._read_head()
            if not readonly and self.head_seq == 0 and self.anchor() is None:
                self.epoch = epoch or 1
                self._begin_anchor()
        except BaseException:
            self.db.close()
            raise

    def _begin_anchor(self) -> None:
        """Both slots stand on the disk before the first row does, so a missing one is a fault."""
        for slot in (1, 0):
            self._write_slot(slot)
        os.fsync(self._anchor)
        sync_folder(self.path.parent)

    def _prepare(self, readonly: bool) -> None:
        self.db.set_busy_timeout(BUSY_MS)
        if readonly:
            if self.db.pragma("user_version") != VERSION:
                raise JournalBrokenError(f"{self.path} is no journal of this program")
            return
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            # The table of orders is read by its key, rows are only added: pages kept in memory
            # would grow to SQLite's usual 2 MiB and save nothing.
            f"cache_size=-{CACHE_KIB}",
        ):
            self.db.execute(f"PRAGMA {pragma}").fetchall()
        if self.db.pragma("user_version") == 0:
            with self.db:
                self.db.execute(SCHEMA)
                self.db.pragma("user_version", VERSION)
        self._check_file("quick_check")

    def _check_file(self, check: str) -> None:
        found = self.db.execute(f"PRAGMA {check}").fetchall()
        if found != [("ok",)]:
            raise JournalBrokenError(f"{self.path}: {check} says {found[0][0]}")

    def _read_head(self) -> tuple[int, str, int, int]:
        query = "SELECT seq, hash, epoch, at FROM rows ORDER BY seq DESC LIMIT 1"
        found = self.db.execute(query).fetchone()
        if found:
            seq, head, epoch, at = found
            return seq, head, epoch, at
        anchor = self.anchor()
        return 0, GENESIS, anchor[0] if anchor else 1, 0

    def begin(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit; when this returns the rows are on the disk and the anchor names their head.

        An anchor that can't be written is only logged: the rows stand, and saying otherwise
        would let the engine forget what the next start will read.
        """
        self.db.execute("COMMIT")
        try:
            self.write_anchor()
        except OSError:
            _log.exception("%s: the anchor can't be written", self.path)

    def rollback(self) -> None:
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        self.head_seq, self.head_hash, self.epoch, self.last_at = self._read_head()

    def probe(self) -> None:
        """Try whether a row could be written, and write none: take the writers' lock, and put the
        anchor's newest line down once more, synced. Raises apsw.Error, OSError.

        Another writer isn't waited for as long as with a row: there must be none.
        """
        self.db.set_busy_timeout(PROBE_BUSY_MS)
        try:
            self.begin()
            try:
                self.write_anchor()
                os.fdatasync(self._anchor)
            finally:
                self.db.execute("ROLLBACK")
        finally:
            self.db.set_busy_timeout(BUSY_MS)

    def insert(
        self,
        at: int,
        stream: str,
        kind: str,
        body: str,
        sealed: bytes | None,
        digest: str,
        program: str,
    ) -> Row:
        """Append one row inside a transaction and return it with its place in the chain."""
        at = max(at, self.last_at)
        seq, epoch, sealed_hash = self.head_seq + 1, self.epoch, sealed_sha256(sealed)
        place = (seq, epoch, at, stream, kind, body)
        made = chain_hash(self.head_hash, *place, sealed_hash, digest, program)
        fields = (*place, sealed, digest, program, made)
        self.db.execute("INSERT INTO rows VALUES (?,?,?,?,?,?,?,?,?,?)", fields)
        self.head_seq, self.head_hash, self.last_at = seq, made, at
        return Row(*fields)

    def rows(self, stream: str | None = None, after: int = 0) -> Iterator[Row]:
        where, values = ("stream = ? AND", [stream]) if stream is not None else ("", [])
        query = f"SELECT * FROM rows WHERE {where} seq > ? ORDER BY seq"
        for fields in self.db.execute(query, (*values, after)):
            yield Row(*fields)

    def verify(self, *, whole: bool = False) -> int:
        """Check the chain (from the last checkpoint, or all of it) and the anchor.

        Returns how many rows were checked. Raises JournalBrokenError with what differs.
        """
        if self.head_seq == 0 and kept_epochs(self.path):
            raise JournalBrokenError("the last epoch was put aside and the next one not begun")
        try:
            if whole:
                self._check_file("integrity_check")  # an index that hides rows shows only here
            checked = self._verify_rows(whole)
        except apsw.Error as error:
            raise JournalBrokenError(f"{self.path}: {error}") from error
        self._verify_anchor()
        return checked

    def _verify_rows(self, whole: bool) -> int:
        seq, previous = (0, GENESIS) if whole else self._checkpoint()
        checked = 0
        for row in self.rows(after=seq):
            if row.seq != seq + 1:
                raise JournalBrokenError(f"row {seq + 1} is missing before row {row.seq}")
            if row.hash != row.expected_hash(previous):
                raise JournalBrokenError(f"row {row.seq} of {row.stream} was changed")
            seq, previous, checked = row.seq, row.hash, checked + 1
        return checked

    def _checkpoint(self) -> tuple[int, str]:
        query = "SELECT seq, hash FROM checkpoints ORDER BY seq DESC LIMIT 1"
        found = self.db.execute(query).fetchone()
        if not found:
            return 0, GENESIS
        row = self.db.execute("SELECT hash FROM rows WHERE seq = ?", (found[0],)).fetchone()
        if row is None or row[0] != found[1]:
            raise JournalBrokenError(f"row {found[0]} differs from its checkpoint")
        return found[0], found[1]

    def set_checkpoint(self) -> None:
        """Remember that everything up to the head has been verified."""
        if self.head_seq:
            values = (self.head_seq, self.head_hash)
            self.db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?,?)", values)

    def write_anchor(self) -> None:
        """Note the head outside the database, in two slots in turn, each with its check."""
        self._write_slot(self.head_seq % 2)

    def _write_slot(self, slot: int) -> None:
        text = f"{self.epoch} {self.head_seq} {self.head_hash}"
        line = f"{text} {zlib.crc32(text.encode()):08x}\n".encode().ljust(ANCHOR_SLOT)
        os.pwrite(self._anchor, line, slot * ANCHOR_SLOT)

    def anchor(self) -> tuple[int, int, str] | None:
        """Return epoch, row count and hash of the newest whole slot, None if there is none."""
        return read_slots(os.pread(self._anchor, 2 * ANCHOR_SLOT, 0)) if self._anchor >= 0 else None

    def _verify_anchor(self) -> None:
        anchor = self.anchor()
        if anchor is None:
            if self.head_seq:
                raise JournalBrokenError(f"the anchor beside {self.path.name} is missing")
            return
        epoch, seq, expected = anchor
        found = self.db.execute("SELECT hash FROM rows WHERE seq = ?", (seq,)).fetchone()
        if epoch != self.epoch or (seq and (found is None or found[0] != expected)):
            raise JournalBrokenError(
                f"the anchor knows {seq} rows of epoch {epoch}, the file {self.head_seq} "
                f"of epoch {self.epoch}: a tail was cut or an old copy put in its place"
            )

    def empty_log(self) -> bool:
        """Move the log into the file and cut it to nothing, durably; False if a reader holds it."""
        busy, _, _ = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
        if not busy:
            # SQLite doesn't sync this truncation: without it the old pages might come back.
            sync_file(self.path.with_name(self.path.name + "-wal"))
        return not busy

    def close(self) -> None:
        self.db.close()
        if self._lock >= 0:
            os.fsync(self._anchor)
        self._close_handles()

    def _close_handles(self) -> None:
        for handle in (self._lock, self._anchor):
            if handle >= 0:
                os.close(handle)
        self._lock = self._anchor = -1


def read_slots(data: bytes) -> tuple[int, int, str] | None:
    """Return epoch, row count and hash of the newest whole slot of an anchor file's bytes."""
    slots = []
    for start in (0, ANCHOR_SLOT):
        words = data[start : start + ANCHOR_SLOT].decode("ascii", "replace").split()
        if len(words) == 4 and f"{zlib.crc32(' '.join(words[:3]).encode()):08x}" == words[3]:
            slots.append((int(words[0]), int(words[1]), words[2]))
    return max(slots) if slots else None


def kept_epochs(path: Path) -> list[Path]:
    """Return the files of earlier epochs that were put aside beside a journal, oldest first."""
    pattern = re.compile(re.escape(path.stem) + r"\.epoch(\d+)\.(\d+)" + re.escape(path.suffix))
    found = [(m, x) for x in path.parent.iterdir() if (m := pattern.fullmatch(x.name))]
    return [x for _, x in sorted(found, key=lambda pair: (int(pair[0][1]), int(pair[0][2])))]


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    sync_file(folder, os.O_DIRECTORY)


def sync_file(path: Path, flags: int = 0) -> None:
    handle = os.open(path, os.O_RDONLY | flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise JournalBusyError(f"{path}: another kiosk holds this journal") from error
    return handle
