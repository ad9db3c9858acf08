"""From rows back to the state: the same ``decide``, checked by the digests."""

from __future__ import annotations

from kiosk.core.decide import decide
from kiosk.core.order import Order
from kiosk.journal.journal import Entry, Journal


class ReplayDiffersError(Exception):
    """The rows lead to another state than they did when written: this order stops, not the cabin.

    ``order`` is the last state that still agreed; where not even the first did, what that row
    makes of it now, so that whoever reads on knows at least what it was for. None if nothing can
    be read.
    """

    def __init__(self, message: str, order: Order | None) -> None:
        super().__init__(message)
        self.order = order


def replay(journal: Journal, order_id: str) -> Order:
    """Return an order's state from its rows. Raises ReplayDiffersError, KeyError if unknown."""
    order: Order | None = None
    entries = journal.iterate(order_id)
    while True:
        try:
            entry = next(entries, None)
        except Exception as error:  # a row that can't be read stops its own order only
            raise ReplayDiffersError(str(error), order) from error
        if entry is None:
            break
        order = _step(journal, order, entry)
    if order is None:
        raise KeyError(order_id)
    return order


def _step(journal: Journal, before: Order | None, entry: Entry) -> Order:
    try:
        order, _ = decide(before, entry.event, entry.at)
    except Exception as error:  # whatever decide raises, only this order is concerned
        # Only the kind of trouble: this text is journalled in the clear.
        name = type(error).__name__
        raise ReplayDiffersError(f"row {entry.seq}: {name} in decide", before) from error
    expected = journal.digest_of(order)
    if expected is not None and expected != entry.digest:
        text = f"row {entry.seq}: another state than when it was written"
        raise ReplayDiffersError(text, order if before is None else before)
    return order
