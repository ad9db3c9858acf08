"""What can be asked of the document scanner, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devices.operations import Operation, Parameter

MOST_MM, MOST_DPI = 500, 600
PATIENCE_S = 90.0
"""A scanner that warms its lamp first and then takes a page in colour may need so long."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the glass from its corner, the mark at which an original is laid (mm)."""

    width_mm: int
    height_mm: int

    def __post_init__(self) -> None:
        if not (1 <= self.width_mm <= MOST_MM and 1 <= self.height_mm <= MOST_MM):
            raise ValueError(f"width_mm, height_mm: 1 to {MOST_MM}")


@dataclass(frozen=True, slots=True)
class Scan:
    """Take a picture of the area, in colour, as a PNG into the new file ``path``; "" keeps nothing.

    Progress: `Scanning`. Success(Scanned) if the program ended well and what it wrote has the
    beginning, the end and the size of that picture; whether it is whole inside, whoever opens it
    sees. Failed is certain: "busy", "jammed", "no_documents", "cover_open", "io_error",
    "access_denied", "no_memory" (SANE's own), "half_picture", "too_small" (the glass is smaller),
    "no_place" (the file can't be written), "no_program", "no_answer", "not_connected". TimedOut: it
    took too long and was ended. Cancelled: nobody wants it any more. Nothing is irreversible.
    """

    path: str
    area: Area
    dpi: int = 300

    def __post_init__(self) -> None:
        if not 50 <= self.dpi <= MOST_DPI:
            raise ValueError(f"dpi: 50 to {MOST_DPI}")


@dataclass(frozen=True, slots=True)
class Scanning:
    """``percent`` of the picture is there, by the program's own account."""

    percent: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A picture of ``width`` × ``height`` pixels in ``size`` bytes."""

    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class Identify:
    """What the machine can do, by the options that its backend lists: Success(Glass)."""


@dataclass(frozen=True, slots=True)
class Glass:
    """``backend`` is the kind of SANE name it has; mm, None where the backend doesn't say."""

    backend: str
    width_mm: float | None
    height_mm: float | None
    sources: str = ""
    modes: str = ""


def _scan(file: str, width: int, height: int, dpi: int) -> Scan:
    return Scan(str(Path(file).absolute()) if file else "", Area(width, height), dpi)


OPERATIONS: Mapping[str, Operation] = {
    "identify": Operation("size of the glass, sources and modes", Identify, patience_s=20.0),
    "scan": Operation(
        "take a picture; without a file nothing of it is kept",
        _scan,
        {
            "file": Parameter(str, "a new PNG file; empty keeps nothing", ""),
            "width": Parameter(int, "mm from the corner", 95),
            "height": Parameter(int, "mm from the corner", 65),
            "dpi": Parameter(int, "dots an inch, 50 to 600", 300),
        },
        patience_s=PATIENCE_S + 20.0,
    ),
}
