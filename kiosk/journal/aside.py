"""Orders that no machine goes on with: of an earlier epoch, or whose rows lead elsewhere now.

They are a person's matter. What a person settles of them is written as a note of the kind
``SETTLED``, beside their rows, which stay as they were found; reading them, the notes are applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from kiosk.core.decide import decide
from kiosk.core.events import PersonSettled
from kiosk.core.order import Order, with_person
from kiosk.journal.journal import Journal

SETTLED = "OldOrderSettled"
REPLAY = "replay"
"""What an order is poisoned with whose rows lead to another state than they did."""

Verdict = tuple[int, PersonSettled]


def verdicts_in(journal: Journal) -> list[Verdict]:
    """What people have settled aside, each with its time, oldest first."""
    return [
        (x.at, msgspec.json.decode(x.body, type=PersonSettled))
        for x in journal.notes()
        if x.kind == SETTLED
    ]


def for_a_person(order: Order, reason: str, verdicts: Iterable[Verdict]) -> Order:
    """The order as far as it is known, openly waiting for a person, with what people settled."""
    order = replace(with_person(order, "poisoned"), poisoned=reason, person_left=True)
    for at, verdict in verdicts:
        if verdict.order_id == order.id:
            order, _ = decide(order, verdict, at)
    return order
