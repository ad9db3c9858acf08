"""Pictures of a visit's pages on their way to the screen: a state only names them by number.

Pixels are large and belong to one person: they are in no state, in no view, and gone when the file
is put away.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

PICTURE_MM = (118.0, 167.0)
"""Room for a page on the screen, width and height: A4 at three fifths of its size."""
KEPT = 3
"""So many pictures are kept: the page that is shown, and what the screen may still be drawing."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """RGB, 3 bytes a pixel, rows from the top."""

    width: int
    height: int
    rgb: bytes = field(repr=False)


class PageStore:
    """Written by the lane that opens files, read by the screen; safe in every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[int, PagePicture] = {}
        self._last = 0
        self._file = 0

    @property
    def file(self) -> int:
        """Which file's pictures are taken now."""
        with self._lock:
            return self._file

    def put(self, file: int, picture: PagePicture) -> int:
        """Keep a picture of that file; its number, 0 if the file has been put away meanwhile."""
        with self._lock:
            if file != self._file:
                return 0
            self._last += 1
            self._pictures[self._last] = picture
            while len(self._pictures) > KEPT:
                del self._pictures[next(iter(self._pictures))]
            return self._last

    def get(self, number: int) -> PagePicture | None:
        with self._lock:
            return self._pictures.get(number)

    def wipe(self) -> None:
        """The file is put away: nothing of it stays, and nothing of it comes any more."""
        with self._lock:
            self._pictures.clear()
            self._file += 1
