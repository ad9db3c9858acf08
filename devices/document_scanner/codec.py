"""`scanimage`'s command line and its answers, without I/O.

Sources: scanimage(1); SANE Standard 1.06, 4.2.7 (status codes, which scanimage exits with while it
scans) and 4.5 (well-known options); sane-backends 1.2, backend/test.c (an area or a resolution that
is too large is rounded without a word); PNG specification, 5.2 and 11.2.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

from devices.control import ProgramAnswer
from devices.document_scanner.commands import Area, Glass, Scanned

SIGNATURE = b"\x89PNG\r\n\x1a\n"
IEND = b"\0\0\0\0IEND\xaeB`\x82"
PER_INCH_MM = 25.4
SHORT_MM = 4.0
"""A picture may be so much smaller than asked: glasses end a little before the paper does."""
EXITS: Mapping[int, str] = {
    2: "stopped",
    3: "busy",
    6: "jammed",
    7: "no_documents",
    8: "cover_open",
    9: "io_error",
    10: "no_memory",
    11: "access_denied",
}
_WORDS: tuple[tuple[str, str], ...] = (
    ("Device busy", "busy"),
    ("Scanner cover is open", "cover_open"),
    ("jammed", "jammed"),
    ("out of documents", "no_documents"),
    ("Access to resource has been denied", "access_denied"),
    ("Out of memory", "no_memory"),
    ("Error during device I/O", "no_answer"),
    ("open of device", "no_answer"),
)
"""SANE's words → our code, where the exit code 1 says nothing (sane_strstatus)."""


def ask() -> tuple[str, ...]:
    """Is it there? Opens the scanner, sets nothing, scans nothing."""
    return ("-n", "--format=png")


def list_options() -> tuple[str, ...]:
    return ("-A",)


def scan(area: Area, dpi: int, source: str) -> tuple[str, ...]:
    """One picture in colour, as PNG on stdout, telling how far it is."""
    chosen = (f"--source={source}",) if source else ()
    size = ("-l", "0", "-t", "0", "-x", str(area.width_mm), "-y", str(area.height_mm))
    # The resolution goes first: some backends count the area in dots.
    return (*chosen, "--mode=Color", f"--resolution={dpi}", *size, "--format=png", "-p")


def failure(answer: ProgramAnswer) -> str:
    """Why the run came to nothing, as a stable code; "" if it ended well."""
    if answer.reason:
        return answer.reason
    if answer.code == 0:
        return ""
    if answer.code is not None and answer.code in EXITS:
        return EXITS[answer.code]
    for words, code in _WORDS:
        if words in answer.words:
            return code
    return f"exit_{answer.code}"


def picture(answer: ProgramAnswer, area: Area, dpi: int) -> Scanned | str:
    """What was written, if it has the form of the picture asked for, else why not."""
    head = answer.head
    whole = head.startswith(SIGNATURE) and head[12:16] == b"IHDR" and answer.tail.endswith(IEND)
    if not whole or len(head) < 33:
        return "half_picture"
    width, height = struct.unpack(">II", head[16:24])
    least_w = (area.width_mm - SHORT_MM) / PER_INCH_MM * dpi
    least_h = (area.height_mm - SHORT_MM) / PER_INCH_MM * dpi
    if width < least_w or height < least_h:
        return "too_small"
    if width > 2 * least_w + dpi or height > 2 * least_h + dpi:
        return "half_picture"
    return Scanned(width, height, answer.size)


def glass(answer: ProgramAnswer) -> Glass:
    """The limits that the backend lists (`-x 0..215.9mm`)."""
    text = answer.head.decode("utf-8", "replace")

    def limit(option: str) -> float | None:
        found = re.search(rf"^\s+{option} [-\d.]+\.\.([\d.]+)mm", text, re.MULTILINE)
        return float(found[1]) if found else None

    def choices(option: str) -> str:
        found = re.search(rf"^\s+{option} ([^\[\n]+)", text, re.MULTILINE)
        return found[1].strip() if found else ""

    named = re.search(r"specific to device `([^:'\n]+)", text)
    return Glass(
        named[1] if named else "", limit("-x"), limit("-y"), choices("--source"), choices("--mode")
    )
