"""Names of files, as they may be shown: whatever a stick or a phone calls them."""

from __future__ import annotations

import unicodedata

LONGEST = 40
_ELLIPSIS = "…"
_SHOWN_AS = "□"


def shown(name: str, longest: int = LONGEST) -> str:
    """`name` in at most `longest` characters, its ending kept, nothing in it that misleads.

    Controls, line ends, halves of surrogate pairs and what turns the direction of writing
    (Unicode's categories C and Z but the plain space) become a box: a name can't draw on the
    screen, nor pretend another ending. Never empty.
    """
    clean = "".join(_harmless(c) for c in unicodedata.normalize("NFC", name[:1000])).strip()
    if not clean:
        return _SHOWN_AS
    if len(clean) <= longest:
        return clean
    stem, dot, ending = clean.rpartition(".")
    if not dot or not stem or len(ending) > 5:
        return clean[: longest - 1] + _ELLIPSIS
    tail = _ELLIPSIS + dot + ending
    return stem[: longest - len(tail)] + tail


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if character == " ":
        return character
    if category.startswith("Z"):
        return " "
    # Marks without end on one character run over the lines above and below.
    return _SHOWN_AS if category.startswith("C") or category in ("Mn", "Me") else character
