"""The steps of printing. Frozen values; ``kiosk.core.visit.print_steps`` decides on them.

The open file and its settings are the visit's (``Visit.document``): every step below looks at the
same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field


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


PrintStep = (
    ChooseFileSource
    | AwaitUpload
    | ChooseFile
    | OpeningFile
    | LookAtFile
    | ChangePrint
    | ChoosePages
    | PreparingPrint
)
PRINT_WAITS = (OpeningFile, PreparingPrint)
"""Something works for the person, for some seconds."""
