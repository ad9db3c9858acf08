"""Earlier epochs beside the journal: their orders aren't forgotten with them, but their keys are.

A file that was put aside doesn't verify, so no machine goes on with an order of it: one that was
open there is a person's matter, and its bills stay locked until somebody has settled it. What a
person settles is written into the journal in use, as a note (``kiosk.journal.aside``). Only the
keys of orders closed long enough are deleted there; rows, chain and anchor stay as they were found.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import apsw

from kiosk.core.events import PersonSettled
from kiosk.core.order import Order
from kiosk.journal.aside import for_a_person, verdicts_in
from kiosk.journal.journal import Journal, Summary
from kiosk.journal.replay import ReplayDiffersError, replay
from kiosk.journal.store import BUSY_MS, JournalBrokenError, kept_epochs, sync_file
from kiosk.journal.telling import summary_of

_log = logging.getLogger(__name__)
T = TypeVar("T")

OLD_EPOCH = "old_epoch"
"""What an open order of an earlier epoch is poisoned with."""


class KeptEpochs:
    """The orders of the epochs that were put aside beside ``current``. No row is written there."""

    def __init__(self, current: Journal) -> None:
        self._current = current
        self._paths = kept_epochs(current.store.path)
        self._counters: dict[str, int] = {}
        self._charged: dict[int, int] = {}
        self._known: set[str] = set()

    def holds(self, order_id: str) -> bool:
        """Whether an order that was given out here belongs to an earlier epoch."""
        return order_id in self._known

    def open_orders(self) -> list[Order]:
        """Return what was open there and hasn't been settled by a person, oldest epoch first."""
        nothing: list[Order] = []
        found = [x for path in self._paths for x in self._read(path, self._open_in, nothing)]
        return [x for x in found if not x.closed]

    def find(self, order_id: str) -> tuple[Order | None, bool]:
        """Return an order of an earlier epoch as it was, None if there is none that can be read.

        The second is true if that is certain: every file, and every row of the order, was read.
        """
        sure = True
        unread: tuple[Order | None, bool] = (None, False)
        for path in reversed(self._paths):
            order, read = self._read(path, lambda kept: self._look(kept, order_id), unread)
            if order is not None:
                return order, True
            sure = sure and read
        return None, sure

    def ask(self, order_id: str, tell: Callable[[Journal], T], otherwise: T) -> T:
        """Ask the newest file that has rows of that order."""
        for path in reversed(self._paths):
            if self._read(path, lambda kept: kept.last_at(order_id), 0):
                return self._read(path, tell, otherwise)
        return otherwise

    def search(self, where: str, values: tuple[object, ...], most: int) -> Iterator[Summary]:
        """Yield orders as ``Journal.search`` does, the newest epoch first; what was open there
        stands as people have settled it since.
        """
        nothing: list[Summary] = []
        for path in reversed(self._paths):
            found = self._read(path, lambda kept: list(kept.search(where, values, most)), nothing)
            for one in found:
                order = self.find(one.order_id)[0] if one.closed_at is None else None
                yield summary_of(order) if order is not None else one

    def verdicts(self, order_id: str) -> Iterator[tuple[int, PersonSettled]]:
        """Yield what people have settled of an order since its epoch ended, and when (ms)."""
        yield from (x for x in self._verdicts() if x[1].order_id == order_id)

    def counter(self, prefix: str) -> int:
        """Return the last number that began with ``prefix`` (cabin and day), 0 if none did."""
        if prefix not in self._counters:
            self._counters = {prefix: max((self._last(x, prefix) for x in self._paths), default=0)}
        return self._counters[prefix]

    def charged_since(self, at: int) -> int:
        """Return what was charged, less refunds, by orders opened at ``at`` (ms) or later."""
        if at not in self._charged:
            sums = [self._read(x, lambda kept: kept.charged_since(at), 0) for x in self._paths]
            self._charged = {at: sum(sums)}
        return self._charged[at]

    def forget(self, before: int) -> int:
        """Delete the keys of orders closed, or settled by a person, before ``before`` (ms).

        Returns how many. A file that can't be written keeps its keys until the next call.
        """
        settled: dict[str, int] = {}
        for at, verdict in self._verdicts():
            settled[verdict.order_id] = max(at, settled.get(verdict.order_id, 0))
        gone = 0
        for path in self._paths:
            nothing: list[str] = []
            old = self._read(path, lambda kept: self._old_in(kept, before, settled), nothing)
            if old:
                gone += _delete_keys(path, old)
        return gone

    def _old_in(self, kept: Journal, before: int, settled: dict[str, int]) -> list[str]:
        """The orders of one file whose keys are there still and whose time has come."""
        old = kept.keys_of_closed(before)
        for order_id in kept.open_orders():
            long_ago = settled.get(order_id, before) < before
            order = self._order(kept, order_id) if long_ago and kept.has_key(order_id) else None
            if order is not None and order.closed:
                old.append(order_id)
        return old

    def _open_in(self, kept: Journal) -> list[Order]:
        return [x for x in (self._order(kept, y) for y in kept.open_orders()) if x is not None]

    def _last(self, path: Path, prefix: str) -> int:
        start = len(prefix)

        def last(kept: Journal) -> int:
            numbers = [x.order_id for x in kept.summaries() if x.order_id.startswith(prefix)]
            counters = [x[start : start + 5] for x in numbers]
            return max((int(x) for x in counters if x.isdecimal()), default=0)

        return self._read(path, last, 0)

    def _look(self, kept: Journal, order_id: str) -> tuple[Order | None, bool]:
        order = self._order(kept, order_id)
        return order, order is not None or not kept.last_at(order_id)

    def _order(self, kept: Journal, order_id: str) -> Order | None:
        """Replay an order as far as its rows agree; what is still open there is for a person."""
        try:
            order = replay(kept, order_id)
        except KeyError:
            return None
        except ReplayDiffersError as error:
            _log.error("%s of an earlier epoch: %s", order_id, error)
            if error.order is None:
                return None
            order = error.order
        self._known.add(order_id)
        return order if order.closed else self._for_a_person(order)

    def _for_a_person(self, order: Order) -> Order:
        return for_a_person(order, OLD_EPOCH, self._verdicts())

    def _verdicts(self) -> Iterator[tuple[int, PersonSettled]]:
        """Yield what people have settled, from the earliest epoch to the one in use."""
        nothing: list[tuple[int, PersonSettled]] = []
        for path in self._paths:
            yield from self._read(path, verdicts_in, nothing)
        yield from verdicts_in(self._current)

    def _read(self, path: Path, ask: Callable[[Journal], T], otherwise: T) -> T:
        """Ask one file. One that can't be read was named when it was put aside."""
        try:
            with _opened(path) as kept:
                return ask(kept)
        except (JournalBrokenError, apsw.Error, OSError, ValueError) as error:
            _log.warning("%s: can't be read: %s", path.name, error)
            return otherwise


def _delete_keys(path: Path, order_ids: list[str]) -> int:
    """Delete keys from a file that was put aside, and every old page that held them."""
    try:
        # No Store: it would want to verify and repair what is kept just as it was found.
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            db.set_busy_timeout(BUSY_MS)
            db.execute("PRAGMA secure_delete=ON").fetchall()
            db.execute("PRAGMA synchronous=FULL").fetchall()
            with db:
                db.executemany("DELETE FROM keys WHERE order_id = ?", [(x,) for x in order_ids])
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            db.close()
        sync_file(path)
    except (apsw.Error, OSError) as error:
        _log.warning("%s: keys can't be deleted: %s", path.name, error)
        return 0
    return len(order_ids)


@contextmanager
def _opened(path: Path) -> Iterator[Journal]:
    kept = Journal(path, readonly=True, check=False)
    try:
        yield kept
    finally:
        kept.close()
