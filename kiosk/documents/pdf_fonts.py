"""Whether a printer can print a page as it was shown here: are its faces in the file?

A PDF may name a face and leave it to the reader to have one. Many Chinese ones do (STSong-Light
and its like), we have such faces, and most printers don't. Such a page is sent as a picture.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as raw

# ISO 32000-1, 9.6.2.2: faces that every reader has.
STANDARD = frozenset(
    {
        *(f"Helvetica{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
        *(f"Times-{style}" for style in ("Roman", "Bold", "Italic", "BoldItalic")),
        *(f"Courier{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
        "Symbol",
        "ZapfDingbats",
    }
)
_NAME_MAX = 256
_DEPTH_MAX = 8
_OBJECTS_MAX = 200_000


def all_there(page: Any) -> bool:
    """True if every face on the page is in the file or a standard one.

    What is nested too deep or too much to look through counts as missing.
    """
    left = _OBJECTS_MAX
    waiting = [(raw.FPDFPage_GetObject(page, n), 0) for n in range(raw.FPDFPage_CountObjects(page))]
    while waiting:
        item, depth = waiting.pop()
        left -= 1
        if left < 0 or depth > _DEPTH_MAX:
            return False
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT and not _there(raw.FPDFTextObj_GetFont(item)):
            return False
        if kind == raw.FPDF_PAGEOBJ_FORM:
            count = raw.FPDFFormObj_CountObjects(item)
            waiting += [(raw.FPDFFormObj_GetObject(item, n), depth + 1) for n in range(count)]
    return True


def _there(font: Any) -> bool:
    if raw.FPDFFont_GetIsEmbedded(font) == 1:
        return True
    name = ctypes.create_string_buffer(_NAME_MAX)
    length = raw.FPDFFont_GetBaseFontName(font, name, _NAME_MAX)
    return length <= _NAME_MAX and name.value.decode("ascii", "replace") in STANDARD
