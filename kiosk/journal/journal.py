"""The journal as the engine uses it: append an order's event, find orders, forget keys."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import msgspec

from kiosk.core.events import OrderEvent, OrderOpened
from kiosk.core.order import Order, PaymentState
from kiosk.journal.rows import CABIN, Row, decode, digest, encode
from kiosk.journal.store import Store
from kiosk.version import PROGRAM

_log = logging.getLogger(__name__)

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
        check: bool = True,
    ) -> None:
        """Open, verify from the last checkpoint and take the lock (``readonly`` needs none).

        ``check=False`` leaves the verifying to the caller and is for reading only. Raises
        JournalBusyError if another process holds it, JournalBrokenError if it is bad.
        """
        if not readonly:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.store = Store(path, vfs, readonly=readonly)
        try:
            self.verified = self.store.verify() if check or not readonly else 0
        except BaseException:
            self.store.close()
            raise
        self._wall = wall
        self._on_append = on_append
        self._keys: dict[str, bytes] = {}
        self._indexed: dict[str, tuple[object, ...]] = {}
        if not readonly:
            self._remember_verified()

    def _remember_verified(self) -> None:
        """A checkpoint saves the next start some work, and a full disk may not have it."""
        try:
            self.store.set_checkpoint()
        except apsw.Error as error:
            _log.warning("%s: no checkpoint: %s", self.store.path, error)

    def now(self) -> int:
        """Wall time in milliseconds, never earlier than the last row (design, Time)."""
        return max(int(self._wall() * 1000), self.store.last_at)

    def append(self, event: OrderEvent, order: Order, at: int) -> int:
        """Write one event and the digest of the state it led to; durable when this returns.

        ``at`` is what ``decide`` was given, from ``now()``. Raises ValueError if it is earlier
        than the last row: the row would say another time, and its replay come out differently.
        """
        store = self.store
        if at < store.last_at:
            raise ValueError(f"{at} is before the last row's {store.last_at}")
        store.begin()
        try:
            key = self._key(order, new=isinstance(event, OrderOpened))
            kind, body, sealed = encode(event, key)
            state = digest(order, key) if key else ""
            row = store.insert(at, order.id, kind, body, sealed, state, PROGRAM)
            self._index(order, row.at)
            if row.seq % CHECKPOINT_EVERY == 0:
                store.set_checkpoint()
            store.commit()
        except BaseException:
            store.rollback()
            self._keys.pop(order.id, None)
            self._indexed.pop(order.id, None)
            raise
        if self._on_append:
            self._on_append(row)
        return row.seq

    def note(self, kind: str, body: object, at: int, order: Order | None = None) -> int:
        """Write a row that belongs to no order's rows (a call for help, an operator's act).

        ``order``: how one stands after it, for the list of the books.
        """
        self.store.begin()
        try:
            text = msgspec.json.encode(body).decode()
            row = self.store.insert(at, CABIN, kind, text, None, "", PROGRAM)
            if order is not None:
                self._index(order, row.at)
            self.store.commit()
        except BaseException:
            self.store.rollback()
            if order is not None:
                self._indexed.pop(order.id, None)
            raise
        if self._on_append:
            self._on_append(row)
        return row.seq

    def _key(self, order: Order, *, new: bool) -> bytes | None:
        """The order's key. One that was forgotten stays so: a second one would open no older row,
        and make every digest differ.
        """
        key = self._keys.get(order.id) or self._stored_key(order.id)
        if key is None and new:
            key = secrets.token_bytes(32)
            self._index(order, order.opened_at)
            self.store.db.execute("INSERT INTO keys VALUES (?,?)", (order.id, key))
        if key is not None:
            self._keys[order.id] = key
        return key

    def _stored_key(self, order_id: str) -> bytes | None:
        query = "SELECT key FROM keys WHERE order_id = ?"
        found = self.store.db.execute(query, (order_id,)).fetchone()
        return bytes(found[0]) if found else None

    def _index(self, order: Order, at: int) -> None:
        """Keep the order's line in the list; most events change nothing there."""
        payment = order.payment.state
        charged = order.amount_fen if payment is PaymentState.PAID else 0
        shown = (charged, order.refunded_fen, order.payment_word, order.needs_person)
        if self._indexed.get(order.id) == (order.closed, *shown):
            return
        self.store.db.execute(
            "INSERT INTO orders VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (order_id) DO UPDATE SET "
            "closed_at=CASE WHEN excluded.closed_at IS NULL THEN NULL "
            "ELSE ifnull(closed_at, excluded.closed_at) END, "
            "charged_fen=excluded.charged_fen, refunded_fen=excluded.refunded_fen, "
            "word=excluded.word, needs_person=excluded.needs_person",
            (order.id, order.opened_at, at if order.closed else None, order.amount_fen, *shown),
        )
        if order.closed:
            self._indexed.pop(order.id, None)
            self._keys.pop(order.id, None)
        else:
            self._indexed[order.id] = (order.closed, *shown)

    def open_orders(self) -> list[str]:
        """Return the numbers of all orders that are not closed, oldest first."""
        query = "SELECT order_id FROM orders WHERE closed_at IS NULL ORDER BY opened_at, order_id"
        return [x[0] for x in self.store.db.execute(query)]

    def last_at(self, order_id: str) -> int:
        """Return when the last event of an order was written, 0 if there is no such order."""
        query = "SELECT at FROM rows WHERE stream = ? ORDER BY seq DESC LIMIT 1"
        found = self.store.db.execute(query, (order_id,)).fetchone()
        return int(found[0]) if found else 0

    def last_kind(self, order_id: str) -> str:
        """Return the kind of an order's last row, empty if there is no such order."""
        query = "SELECT kind FROM rows WHERE stream = ? ORDER BY seq DESC LIMIT 1"
        found = self.store.db.execute(query, (order_id,)).fetchone()
        return str(found[0]) if found else ""

    def summaries(self) -> Iterator[Summary]:
        """Yield what the list of the books says of each order, oldest first."""
        query = (
            "SELECT order_id, opened_at, (SELECT at FROM rows WHERE stream = order_id "
            "ORDER BY seq DESC LIMIT 1), closed_at, amount_fen, charged_fen, refunded_fen, word, "
            "needs_person FROM orders ORDER BY opened_at, order_id"
        )
        for fields in self.store.db.execute(query):
            order_id, opened, last, closed, amount, charged, refunded, word, person = fields
            yield Summary(
                order_id, opened, last, closed, amount, charged, refunded, word, bool(person)
            )

    def search(self, where: str, values: tuple[object, ...], most: int) -> Iterator[Summary]:
        """Yield the ``most`` newest orders of the list for which a condition in SQL holds."""
        query = (
            "SELECT order_id, opened_at, (SELECT at FROM rows WHERE stream = order_id "
            "ORDER BY seq DESC LIMIT 1), closed_at, amount_fen, charged_fen, refunded_fen, word, "
            f"needs_person FROM orders WHERE {where} ORDER BY opened_at DESC, order_id LIMIT ?"
        )
        for fields in self.store.db.execute(query, (*values, most)):
            order_id, opened, last, closed, amount, charged, refunded, word, person = fields
            yield Summary(
                order_id, opened, last, closed, amount, charged, refunded, word, bool(person)
            )

    def notes(self) -> Iterator[Row]:
        """Yield the rows that belong to no order, oldest first."""
        return self.store.rows(CABIN)

    def notes_of(self, *kinds: str) -> list[tuple[int, str, dict[str, Any]]]:
        """Return the rows of these kinds that belong to no order: when (ms), kind, body."""
        return [
            (x.at, x.kind, msgspec.json.decode(x.body, type=dict[str, Any]))
            for x in self.notes()
            if x.kind in kinds
        ]

    def entries(self, order_id: str) -> list[Entry]:
        """Return an order's events in order. Raises ValueError if a row can't be read."""
        return list(self.iterate(order_id))

    def iterate(self, order_id: str) -> Iterator[Entry]:
        """Yield an order's events one by one. Raises ValueError at a row that can't be read."""
        key = self._stored_key(order_id)
        for row in self.store.rows(order_id):
            yield Entry(row.seq, row.at, decode(row, key), row.digest, row.program)

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

        Returns how many. The write-ahead log is emptied so that no old page keeps a key; if a
        reader holds it just then, the next call does that.
        """
        db = self.store.db
        db.execute(
            "DELETE FROM keys WHERE order_id IN "
            "(SELECT order_id FROM orders WHERE closed_at IS NOT NULL AND closed_at < ?)",
            (before,),
        )
        gone = db.changes()
        self._keys.clear()
        self.store.empty_log()
        return gone

    def keys_of_closed(self, before: int) -> list[str]:
        """Return the orders closed before ``before`` (ms) whose keys are there still."""
        query = "SELECT order_id FROM keys JOIN orders USING (order_id) WHERE closed_at < ?"
        return [x[0] for x in self.store.db.execute(query, (before,))]

    def has_key(self, order_id: str) -> bool:
        """Whether an order's personal fields can still be read."""
        return self._stored_key(order_id) is not None

    def free_bytes(self) -> int:
        """Return how much room the journal's disk has left."""
        return shutil.disk_usage(self.store.path.parent).free

    def close(self) -> None:
        self.store.close()
