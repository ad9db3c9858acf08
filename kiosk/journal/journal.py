"""The journal as the engine uses it: append an order's event, find orders, forget keys."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from kiosk.core.events import OrderEvent
from kiosk.core.order import Order, PaymentState
from kiosk.journal.rows import CABIN, Row, decode, digest, encode
from kiosk.journal.store import JournalBrokenError, Store, sync_folder
from kiosk.version import PROGRAM

CHECKPOINT_EVERY = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of an order as read back: when, what, and the digest of the state after it."""

    seq: int
    at: int
    event: OrderEvent
    digest: str
    program: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One order in the list of the books; amounts in fen, times in milliseconds."""

    order_id: str
    opened_at: int
    last_at: int
    closed_at: int | None
    amount_fen: int
    charged_fen: int
    refunded_fen: int
    word: str
    needs_person: bool


class Journal:
    """The books of one cabin. One writer, one thread."""

    def __init__(
        self,
        path: Path,
        *,
        vfs: str | None = None,
        wall: Callable[[], float] = time.time,
        on_append: Callable[[Row], None] | None = None,
        readonly: bool = False,
    ) -> None:
        """Open, verify from the last checkpoint and take the lock (``readonly`` needs none).

        Raises JournalBusyError if another process holds it, JournalBrokenError if it is bad.
        """
        if not readonly:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.store = Store(path, vfs, readonly=readonly)
        try:
            self.verified = self.store.verify()
        except JournalBrokenError:
            self.store.close()
            raise
        self._wall = wall
        self._on_append = on_append
        self._keys: dict[str, bytes] = {}
        if not readonly:
            self.store.set_checkpoint()

    def now(self) -> int:
        """Wall time in milliseconds, never earlier than the last row (design, Time)."""
        return max(int(self._wall() * 1000), self.store.last_at)

    def append(self, event: OrderEvent, order: Order, at: int) -> int:
        """Write one event and the digest of the state it led to; durable when this returns."""
        store = self.store
        store.begin()
        try:
            key = self._key(order)
            kind, body, sealed = encode(event, key)
            row = store.insert(at, order.id, kind, body, sealed, digest(order, key), PROGRAM)
            self._index(order, row.at)
            if row.seq % CHECKPOINT_EVERY == 0:
                store.set_checkpoint()
            store.commit()
        except BaseException:
            store.rollback()
            self._keys.pop(order.id, None)
            raise
        if self._on_append:
            self._on_append(row)
        return row.seq

    def note(self, kind: str, body: object, at: int) -> int:
        """Write a row that belongs to no order (a call for help, an operator's act)."""
        self.store.begin()
        try:
            text = msgspec.json.encode(body).decode()
            row = self.store.insert(at, CABIN, kind, text, None, "", PROGRAM)
            self.store.commit()
        except BaseException:
            self.store.rollback()
            raise
        if self._on_append:
            self._on_append(row)
        return row.seq

    def _key(self, order: Order) -> bytes:
        key = self._keys.get(order.id) or self._stored_key(order.id)
        if key is None:
            key = secrets.token_bytes(32)
            self._index(order, order.opened_at)
            self.store.db.execute("INSERT INTO keys VALUES (?,?)", (order.id, key))
        self._keys[order.id] = key
        return key

    def _stored_key(self, order_id: str) -> bytes | None:
        query = "SELECT key FROM keys WHERE order_id = ?"
        found = self.store.db.execute(query, (order_id,)).fetchone()
        return bytes(found[0]) if found else None

    def _index(self, order: Order, at: int) -> None:
        charged = order.amount_fen if order.payment.state is PaymentState.PAID else 0
        self.store.db.execute(
            "INSERT INTO orders VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (order_id) DO UPDATE SET "
            "last_at=excluded.last_at, closed_at=excluded.closed_at, "
            "charged_fen=excluded.charged_fen, refunded_fen=excluded.refunded_fen, "
            "word=excluded.word, needs_person=excluded.needs_person",
            (
                order.id,
                order.opened_at,
                at,
                at if order.closed else None,
                order.amount_fen,
                charged,
                order.refunded_fen,
                order.payment_word,
                order.needs_person,
            ),
        )

    def open_orders(self) -> list[str]:
        """Return the numbers of all orders that are not closed, oldest first."""
        query = "SELECT order_id FROM orders WHERE closed_at IS NULL ORDER BY opened_at, order_id"
        return [x[0] for x in self.store.db.execute(query)]

    def summaries(self) -> Iterator[Summary]:
        for fields in self.store.db.execute("SELECT * FROM orders ORDER BY opened_at, order_id"):
            order_id, opened, last, closed, amount, charged, refunded, word, person = fields
            yield Summary(
                order_id, opened, last, closed, amount, charged, refunded, word, bool(person)
            )

    def entries(self, order_id: str) -> list[Entry]:
        """Return an order's events in order. Raises ValueError if a row can't be read."""
        key = self._stored_key(order_id)
        return [
            Entry(x.seq, x.at, decode(x, key), x.digest, x.program)
            for x in self.store.rows(order_id)
        ]

    def digest_of(self, order: Order) -> str | None:
        """Return the digest of a state under its order's key, None once the key is gone."""
        key = self._stored_key(order.id)
        return digest(order, key) if key else None

    def charged_since(self, at: int) -> int:
        """Return what was charged, less refunds, by orders opened at ``at`` (ms) or later."""
        query = "SELECT SUM(charged_fen - refunded_fen) FROM orders WHERE opened_at >= ?"
        found = self.store.db.execute(query, (at,)).fetchone()
        return int(found[0] or 0) if found else 0

    def counter(self, prefix: str) -> int:
        """Return how many orders begin with ``prefix`` (cabin and day): the next number's base."""
        query = "SELECT COUNT(*) FROM orders WHERE order_id >= ? AND order_id < ?"
        found = self.store.db.execute(query, (prefix, prefix + "~")).fetchone()
        return int(found[0]) if found else 0

    def forget(self, before: int) -> int:
        """Delete the keys of orders closed before ``before`` (ms); their personal fields are gone.

        Returns how many. The write-ahead log is emptied so that no old page keeps a key.
        """
        db = self.store.db
        db.execute(
            "DELETE FROM keys WHERE order_id IN "
            "(SELECT order_id FROM orders WHERE closed_at IS NOT NULL AND closed_at < ?)",
            (before,),
        )
        gone = db.changes()
        if gone:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._keys.clear()
        return gone

    def free_bytes(self) -> int:
        """Return how much room the journal's disk has left."""
        return shutil.disk_usage(self.store.path.parent).free

    def close(self) -> None:
        self.store.close()


def new_epoch(path: Path, reason: str, operator: str, at: int) -> Path:
    """Put a journal that doesn't verify aside and begin the next epoch in its place.

    Returns where the old file is kept. The first row of the new one names it, its head, and the
    orders that were open there, so that nothing is forgotten silently.
    """
    old = _set_aside(path, at)
    store = Store(path)
    try:
        store.epoch = old.epoch + 1
        store.begin()
        body = {
            "reason": reason,
            "operator": operator,
            "kept": old.kept.name,
            "rows": old.rows,
            "head": old.head,
            "open_orders": old.open_orders,
        }
        text = msgspec.json.encode(body).decode()
        store.insert(at, CABIN, "EpochOpened", text, None, "", PROGRAM)
        store.commit()
    finally:
        store.close()
    return old.kept


@dataclass(frozen=True, slots=True)
class _SetAside:
    kept: Path
    epoch: int
    rows: int
    head: str
    open_orders: list[str]


def _set_aside(path: Path, at: int) -> _SetAside:
    """Move the file with its log and anchor out of the way; what can be read of it is noted."""
    old = _describe(path)
    kept = path.with_name(f"{path.stem}.epoch{old.epoch}.{at}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    anchor_file = path.with_suffix(".anchor")
    if anchor_file.exists():
        anchor_file.rename(kept.with_suffix(".anchor"))
    sync_folder(path.parent)
    return replace(old, kept=kept)


def _describe(path: Path) -> _SetAside:
    try:
        store = Store(path)
    except JournalBrokenError as error:
        return _SetAside(path, 1, 0, f"unreadable: {error}", ["unreadable"])
    try:
        anchor = store.anchor()
        epoch = max(store.epoch, anchor[0] if anchor else 1)
        query = "SELECT order_id FROM orders WHERE closed_at IS NULL"
        left_open = [x[0] for x in store.db.execute(query)]
        return _SetAside(path, epoch, store.head_seq, store.head_hash, left_open)
    finally:
        store.close()
