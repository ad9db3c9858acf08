"""How much a file may want of us."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on files and on the child that opens them; [print] in cabin.toml sets the first four.

    Bytes of the file; pages; the longer side of a page in millimetres (1,300: A0 and a little);
    pixels of a photo; address space of the child in MiB; processor seconds of the child for one
    file; seconds for one answer of it (a second more for
    each page re-written); pixels of one page picture; bytes of the file to print.
    """

    bytes_max: int = 50 << 20
    pages_max: int = 300
    page_mm_max: int = 1_300
    image_pixels_max: int = 120_000_000
    memory_mb: int = 1_024
    cpu_s: int = 120
    answer_s: float = 20.0
    picture_pixels_max: int = 4_000_000
    written_max: int = 200 << 20
