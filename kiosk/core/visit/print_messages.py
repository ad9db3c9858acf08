"""What a visit that prints asks of the outside, and what it hears. Nothing of it is journalled."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core.visit.messages import VisitCommand, VisitEvent
from kiosk.core.visit.print_choices import Original, StickFile


@dataclass(frozen=True, slots=True)
class PrintEvent(VisitEvent):
    """``request`` tells an answer from older ones."""

    request: int


@dataclass(frozen=True, slots=True)
class OriginalLeft(VisitEvent):
    """The kiosk was ended while somebody copied: something may lie on the glass."""


@dataclass(frozen=True, slots=True)
class CodeReady(PrintEvent):
    """There is an address for a phone to send a file to."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhoneHeard(PrintEvent):
    """How it stands with that address: nothing yet, or a phone is sending."""

    receiving: bool


@dataclass(frozen=True, slots=True)
class FileArrived(PrintEvent):
    """The phone's file is here."""


@dataclass(frozen=True, slots=True)
class StickRead(PrintEvent):
    """What is on the stick; None if there is none, or (``unread``) none that can be read."""

    files: tuple[StickFile, ...] | None
    more: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class FileOpened(PrintEvent):
    """``picture`` is the number of the first page's picture."""

    name: str = field(repr=False)
    pages: int
    picture: int


@dataclass(frozen=True, slots=True)
class PageDrawn(PrintEvent):
    page: int
    picture: int


@dataclass(frozen=True, slots=True)
class JobReady(PrintEvent):
    """``file`` is the token of what the printer will get."""

    file: str


@dataclass(frozen=True, slots=True)
class ScanProgressed(PrintEvent):
    percent: int


@dataclass(frozen=True, slots=True)
class SideScanned(PrintEvent):
    """The side's picture is here, and whole."""


@dataclass(frozen=True, slots=True)
class PrintTrouble(PrintEvent):
    """It came to nothing; ``code`` as in ``kiosk.documents.codes``, one of the relay's, or of a
    scan's (``kiosk.core.visit.copying``).
    """

    code: str


@dataclass(frozen=True, slots=True)
class PrintCommand(VisitCommand):
    request: int


@dataclass(frozen=True, slots=True)
class OpenCode(PrintCommand):
    """Have the relay open an address."""


@dataclass(frozen=True, slots=True)
class AskPhone(PrintCommand):
    """Has a phone sent something there? If so, fetch it."""


@dataclass(frozen=True, slots=True)
class ReadStick(PrintCommand):
    """What is on the stick?"""


@dataclass(frozen=True, slots=True)
class OpenUpload(PrintCommand):
    """Open what the phone has sent."""


@dataclass(frozen=True, slots=True)
class OpenStickFile(PrintCommand):
    """Copy a file off the stick and open it; ``index`` in the last list."""

    index: int


@dataclass(frozen=True, slots=True)
class ScanSide(PrintCommand):
    """Take a picture of what lies on the glass. The first side begins anew."""

    original: Original
    side: int


@dataclass(frozen=True, slots=True)
class MakeCopy(PrintCommand):
    """Put the sides that were scanned onto one page, and open that."""

    original: Original


@dataclass(frozen=True, slots=True)
class DrawPage(PrintCommand):
    page: int


@dataclass(frozen=True, slots=True)
class PrepareJob(PrintCommand):
    """Write pages ``first`` to ``last`` anew, and ask the printer whether it would print them."""

    first: int
    last: int
    copies: int
    both_sides: bool
    colour: bool


@dataclass(frozen=True, slots=True)
class ForgetFile(VisitCommand):
    """Close and delete what is open, and the address for the phone; another one is wanted."""


@dataclass(frozen=True, slots=True)
class StopPages(VisitCommand):
    """Take the order's job back; what hasn't come out won't."""

    order_id: str
