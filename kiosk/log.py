"""What the log looks like: a line an event, with its time, and nothing personal in it."""

from __future__ import annotations

import logging

from kiosk.core.order import Order

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOUD = ("kivy",)
"""Libraries that tell their whole start-up; of them only warnings."""


def set_up() -> None:
    """Log to stderr, from where whoever supervises takes it."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for name in LOUD:
        # A filter, not a level: Kivy sets its own level when it is imported.
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)


def words(order: Order) -> str:
    """How an order stands, in words of its states alone."""
    parts = [
        f"payment {order.payment_word}",
        f"lines {' '.join(x.state.value for x in order.lines)}",
        f"paper {order.paper.state.value}",
    ]
    if order.needs_person:
        parts.append(f"needs a person ({' '.join(order.person_reasons)})")
    if order.closed:
        parts.append("closed")
    return ", ".join(parts)
