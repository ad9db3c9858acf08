"""The whole journal checked: chain, anchor, every order's replay, and the list of orders."""

from __future__ import annotations

from dataclasses import dataclass

import apsw

from kiosk.core.order import Order, PaymentState
from kiosk.journal.journal import Journal, Summary
from kiosk.journal.replay import ReplayDiffersError, replay
from kiosk.journal.rows import CABIN
from kiosk.journal.store import JournalBrokenError


@dataclass(frozen=True, slots=True)
class Audit:
    """``broken``: why the chain doesn't hold, empty if it does; ``problems``: one for each order.

    ``without_key`` orders have had their personal fields forgotten: their events are replayed,
    but the digests of their states can't be compared any more.
    """

    rows: int = 0
    epoch: int = 1
    orders: int = 0
    without_key: int = 0
    broken: str = ""
    problems: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.broken and not self.problems


def audit(journal: Journal) -> Audit:
    """Check all of a journal; works beside a kiosk that goes on writing."""
    store = journal.store
    try:
        rows = store.verify(whole=True)
        with store.db:  # one view of rows, orders and keys while the kiosk goes on
            result = _audit_orders(journal, rows)
    except (JournalBrokenError, apsw.Error) as error:
        result = Audit(epoch=store.epoch, broken=str(error))
    return result


def _audit_orders(journal: Journal, rows: int) -> Audit:
    db = journal.store.db
    streams = {x[0] for x in db.execute("SELECT DISTINCT stream FROM rows")} - {CABIN}
    keys = {x[0] for x in db.execute("SELECT order_id FROM keys")}
    listed = {x.order_id: x for x in journal.summaries()}
    problems = [f"{x}: has rows but isn't in the list of orders" for x in streams - listed.keys()]
    problems += [f"{x}: is in the list of orders without a row" for x in listed.keys() - streams]
    for order_id in sorted(streams & listed.keys()):
        try:
            order = replay(journal, order_id)
        except ReplayDiffersError as error:
            problems.append(f"{order_id}: {error}")
        else:
            problems += _compare(order, listed[order_id])
            if order_id not in keys and not order.closed:
                problems.append(f"{order_id}: is open and its key is missing")
    gone = len(streams - keys)
    epoch = journal.store.epoch
    return Audit(rows, epoch, len(streams), gone, problems=tuple(sorted(problems)))


def _compare(order: Order, listed: Summary) -> list[str]:
    """The list is kept for speed; what counts are the rows."""
    charged = order.amount_fen if order.payment.state is PaymentState.PAID else 0
    pairs = {
        "closed": (order.closed, listed.closed_at is not None),
        "amount": (order.amount_fen, listed.amount_fen),
        "charged": (charged, listed.charged_fen),
        "refunded": (order.refunded_fen, listed.refunded_fen),
        "state": (order.payment_word, listed.word),
        "needs person": (order.needs_person, listed.needs_person),
    }
    return [
        f"{order.id}: {name} is {true!r} by its rows and {said!r} in the list of orders"
        for name, (true, said) in pairs.items()
        if true != said
    ]
