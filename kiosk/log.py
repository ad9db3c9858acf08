"""What the log looks like: a line an event, with its time, and nothing personal in it."""

from __future__ import annotations

import logging

from kiosk.core.order import Order

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
PRACTICE = "practice"
"""Begins the names of the threads on which a lesson's cabin works."""
LOUD = ("kivy",)
"""Libraries that tell their whole start-up; of them only warnings."""


def set_up() -> None:
    """Log to stderr, from where whoever supervises takes it."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_mark_practice)
    for name in LOUD:
        # A filter, not a level: Kivy sets its own level when it is imported.
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)


def _mark_practice(record: logging.LogRecord) -> bool:
    """A practised order must never be taken for a real one, in the log neither."""
    if (record.threadName or "").startswith(PRACTICE):
        record.msg = f"practice: {record.msg}"
    return True


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
