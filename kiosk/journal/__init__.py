"""The cabin's books: an append-only, hash-chained journal in SQLite (design, Journal)."""

from kiosk.journal.epochs import new_epoch
from kiosk.journal.journal import Journal
from kiosk.journal.replay import ReplayDiffersError, replay
from kiosk.journal.store import JournalBrokenError, JournalBusyError

__all__ = [
    "Journal",
    "JournalBrokenError",
    "JournalBusyError",
    "ReplayDiffersError",
    "new_epoch",
    "replay",
]
