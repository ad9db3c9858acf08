"""The steps of printing. Frozen values; ``kiosk.core.visit.print_steps`` decides on them.

The open file and its settings are the visit's (``Visit.document``): every step below looks at the
same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ChooseFileSource:
    """Where is the file? ``trouble``: why the last one didn't come to anything, as a code."""

    trouble: str = ""


@dataclass(frozen=True, slots=True)
class AwaitUpload:
    """A phone is to send it. ``url`` goes into the code on the screen, empty until there is one.

    ``receiving``: a phone is sending.
    """

    request: int
    url: str = field(default="", repr=False)
    receiving: bool = False


@dataclass(frozen=True, slots=True)
class StickFile:
    """A file on the stick, fit for the screen. ``size`` in bytes."""

    name: str = field(repr=False)
    folder: str = field(repr=False)
    size: int


@dataclass(frozen=True, slots=True)
class ChooseFile:
    """Which file on the stick? ``files``: None until a stick has been read. ``top`` is shown first.

    ``unread``: there is a stick, and it can't be read.
    """

    request: int
    files: tuple[StickFile, ...] | None = None
    more: bool = False
    top: int = 0
    unread: bool = False


@dataclass(frozen=True, slots=True)
class OpeningFile:
    """The file is being opened."""

    request: int


@dataclass(frozen=True, slots=True)
class LookAtFile:
    """Its pages, one by one, and what printing it costs."""


@dataclass(frozen=True, slots=True)
class ChangePrint:
    """How many, on both sides, in colour."""


@dataclass(frozen=True, slots=True)
class ChoosePages:
    """Which pages."""


@dataclass(frozen=True, slots=True)
class PreparingPrint:
    """The pages are written anew, and the printer is asked whether it would take them."""

    request: int


class Original(StrEnum):
    """What is copied. A card has two sides, which come onto one page."""

    CARD = "card"
    PAGE = "page"


SIDES = {Original.CARD: 2, Original.PAGE: 1}


@dataclass(frozen=True, slots=True)
class ChooseOriginal:
    """What is to be copied?"""


@dataclass(frozen=True, slots=True)
class LayOriginal:
    """It is to be laid on the glass, with this side down (1 or 2); then 开始 is touched.

    ``trouble``: why the last scan of it came to nothing, as a code of `kiosk.core.visit.copying`.
    """

    original: Original
    side: int = 1
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Scanning:
    """The glass is being scanned; ``percent`` by the machine's own account."""

    request: int
    original: Original
    side: int = 1
    percent: int = 0


@dataclass(frozen=True, slots=True)
class TakeOriginal:
    """The visit is over, and something may still lie on the glass. ``said`` so often already."""

    said: int = 1


PrintStep = (
    ChooseFileSource
    | AwaitUpload
    | ChooseFile
    | OpeningFile
    | LookAtFile
    | ChangePrint
    | ChoosePages
    | PreparingPrint
    | ChooseOriginal
    | LayOriginal
    | Scanning
    | TakeOriginal
)
PRINT_WAITS = (OpeningFile, PreparingPrint, Scanning)
"""Something works for the person, for some seconds."""
