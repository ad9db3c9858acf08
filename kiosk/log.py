"""What the log looks like: a line an event, with its time, and nothing personal in it."""

from __future__ import annotations

import logging
import os

from kiosk.core.order import Order

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
PRACTICE = "practice"
"""Begins the names of the threads on which a lesson's cabin works."""
LOUD = ("kivy",)
"""Libraries that tell their whole start-up; of them only warnings."""


PRIORITIES = (
    (logging.CRITICAL, 2),
    (logging.ERROR, 3),
    (logging.WARNING, 4),
    (logging.INFO, 6),
    (logging.DEBUG, 7),
)
"""Python's levels as syslog's priorities (sd-daemon(3))."""
BEGINNING = frozenset(("starting", "connecting", "asking", "stopping", "configuring", "moved"))
"""Reasons that each start of a device goes through: no news for whoever watches."""


class ForJournald(logging.Formatter):
    """``<3>kiosk.engine: …``: journald takes the priority from the line and adds the time.

    One event is one line, tracebacks too, or each of their lines would be an entry of its own.
    """

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        priority = next((n for level, n in PRIORITIES if record.levelno >= level), 7)
        text = " | ".join(x for x in super().format(record).splitlines() if x.strip())
        return f"<{priority}>{text}"


def set_up() -> None:
    """Log to stderr, from where whoever supervises takes it."""
    handler = logging.StreamHandler()
    handler.setFormatter(ForJournald() if to_journald() else logging.Formatter(FORMAT))
    handler.addFilter(_mark_practice)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in LOUD:
        # A filter, not a level: Kivy sets its own level when it is imported.
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)


def to_journald() -> bool:
    """Whether stderr leads to journald: JOURNAL_STREAM names its device and inode.

    Source: systemd.exec(5). That the variable is there isn't enough: somebody may have redirected
    us since.
    """
    try:
        device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
        stat = os.fstat(2)
        return (int(device), int(inode)) == (stat.st_dev, stat.st_ino)
    except (OSError, ValueError):
        return False


def level_of(level: str, reason: str) -> int:
    """How loudly a device's change of state is told. Level words are those of ``core.state``."""
    if level == "unavailable":
        return logging.ERROR
    if level == "unknown" and reason in BEGINNING:
        return logging.INFO
    return logging.INFO if level in ("ready", "busy") else logging.WARNING


def tell(logger: logging.Logger, role: str, level: str, reason: str, detail: str) -> None:
    """Tell how a device has become."""
    parts = (level, reason and f"({reason})", detail)
    logger.log(level_of(level, reason), "%s: %s", role, " ".join(x for x in parts if x))


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
