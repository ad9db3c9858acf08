"""Counters and errors kept over a restart: one small file, written when something has changed.

Not a write for each event: a thread sleeps until something changes, waits half a minute for more,
and puts the file in the old one's place. A kill or a power cut loses that half minute, never the
file. What must be exact to the piece stands in the journal, not here.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from kiosk.diagnostics.tally import DeviceBook
from kiosk.durable import Disk

_log = logging.getLogger(__name__)

FILE = "counters.json"
PAUSE_S = 30.0


class Ledger:
    """Reads the file at once; ``begin`` lets it be written from then on."""

    def __init__(self, path: Path, books: Iterable[DeviceBook], pause_s: float = PAUSE_S) -> None:
        self._path = path
        self._books = {x.role: x for x in books}
        self._pause_s = pause_s
        self._dirty, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="counters", daemon=True)
        self._trouble = ""
        self._restore()

    def begin(self) -> None:
        """Write what changes from now on."""
        self._thread.start()

    def touch(self) -> None:
        """Something has changed. From any thread; never waits."""
        self._dirty.set()

    def close(self) -> None:
        """Write the rest and end."""
        self._ending.set()
        self._dirty.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _work(self) -> None:
        while not self._ending.is_set():
            self._dirty.wait()
            self._ending.wait(self._pause_s)
            self._dirty.clear()
            self._write()

    def _write(self) -> None:
        text = json.dumps({role: book.kept() for role, book in self._books.items()}, indent=1)
        try:
            Disk().replace(self._path, text.encode())
        except OSError as error:
            self._say(f"counters can't be kept: {error.strerror}")
        else:
            self._say("")

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            _log.warning("%s", trouble)
        self._trouble = trouble

    def _restore(self) -> None:
        """A file that can't be read is put aside: counters begin anew, and nothing is lost."""
        try:
            found = Disk().read(self._path)
            for role, kept in json.loads(found or b"{}").items():
                if role in self._books:
                    self._books[role].restore(kept)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            _log.warning("%s can't be read (%s): counters begin anew", self._path, error)
            try:
                self._path.replace(self._path.with_suffix(".broken"))
            except OSError as again:
                _log.warning("nor be put aside: %s", again.strerror)
