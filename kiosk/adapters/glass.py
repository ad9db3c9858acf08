"""The scanner's glass: whose picture is being taken, and what its end means.

Used on the engine's thread. Its pictures are files of the stay that they belong to, and go with it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from devices.document_scanner import commands as d
from devices.status import Completion, Failed, Success
from kiosk.adapters.document_jobs import Jobs, Side, Stay
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.copying import BUSY, COVER_OPEN, GONE, HALF, JAMMED
from kiosk.core.visit.print_choices import Original
from kiosk.documents.copies import AREAS_MM, DPI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.core.visit import messages as m

_log = logging.getLogger(__name__)
_CODES: Mapping[str, str] = {
    "cover_open": COVER_OPEN,
    "busy": BUSY,
    "jammed": JAMMED,
    "half_picture": HALF,
    "io_error": HALF,
}


class Scanner(Protocol):
    def submit(self, command: object) -> int: ...

    def cancel(self, command_id: int) -> None: ...


class Glass:
    """``scanner`` is its worker; ``jobs`` knows where a stay's files lie."""

    def __init__(self, scanner: Scanner, jobs: Jobs) -> None:
        self._scanner, self._jobs = scanner, jobs
        self._asked: dict[int, Side] = {}

    def scan(self, stay: Stay, command: p.ScanSide) -> None:
        """Have a picture taken."""
        path = self._jobs.new_file(stay)
        self._jobs.mark_laid()
        area, dpi = area_of(command.original)
        number = self._scanner.submit(d.Scan(str(path), area, dpi))
        self._asked[number] = Side(stay, command.request, command.side, path)

    def stop(self) -> None:
        """Nobody wants a picture any more."""
        for number in self._asked:
            self._scanner.cancel(number)

    def progressed(self, number: int, what: object) -> list[m.VisitEvent]:
        side = self._asked.get(number)
        if side is None or side.stay.is_over() or not isinstance(what, d.Scanning):
            return []
        return [p.ScanProgressed(side.request, what.percent)]

    def completed(
        self, number: int, completion: Completion
    ) -> tuple[m.VisitEvent | None, Side | None]:
        """The trouble that an answer means, or the side whose picture is there."""
        side = self._asked.pop(number, None)
        if side is None or side.stay.is_over():
            return None, None
        if isinstance(completion, Success):
            return None, side
        code = completion.code if isinstance(completion, Failed) else ""
        _log.warning("document_scanner: no picture (%s)", code or type(completion).__name__)
        return p.PrintTrouble(side.request, _CODES.get(code, GONE)), None


def area_of(original: Original) -> tuple[d.Area, int]:
    """How much of the glass is taken, and how finely (dots an inch)."""
    width, height = AREAS_MM[original]
    return d.Area(width, height), DPI[original]
