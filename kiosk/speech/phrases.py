"""The sentences that can be recorded, by id, and how a text is made of them.

An entry is a sentence as its screen has it. One with fields, ``一共付 {n} 笔``, is recorded in the
pieces between them (``bills.count.1``, ``bills.count.2``), the fields from :data:`NUMERALS` or by
the machine. A sentence without an entry is said by the machine; nothing else is lost.

What a screen says is found here by its text. So a sentence that was changed is no longer found
until it is changed here as well, and a recording of the old one is never played for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from kiosk.speech.aloud import aloud
from kiosk.speech.phrase_table import PHRASES

NUMERALS = {
    f"n.{name}": word
    for name, word in (
        *((str(n), word) for n, word in enumerate("零一二三四五六七八九十")),
        ("hundred", "百"),
        ("thousand", "千"),
        ("ten_thousand", "万"),
        ("two", "两"),
        ("yuan", "元"),
        ("jiao", "角"),
        ("fen", "分"),
    )
}
"""The syllables of numbers and of sums of money."""

_FIELD = re.compile(r"\{\w*[^}]*\}")
Usable = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of what is said. ``id`` names its recording, empty for the machine's voice.

    ``fixed``: the same for everybody, so its sound may be kept.
    """

    text: str
    id: str = ""
    fixed: bool = False


@cache
def recordable() -> dict[str, str]:
    """Every id with the words to record, in the order of the table; numerals come last."""
    found = {}
    for phrase_id, sentence in PHRASES.items():
        pieces = _pieces(sentence)
        for n, piece in enumerate(pieces, start=1):
            if _sounding(piece):
                found[phrase_id if len(pieces) == 1 else f"{phrase_id}.{n}"] = piece
    return found | NUMERALS


@cache
def _exact() -> dict[str, str]:
    return {x: phrase_id for phrase_id, x in PHRASES.items() if not _FIELD.search(x)}


@cache
def _templates() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    found = []
    for phrase_id, sentence in PHRASES.items():
        pieces = _pieces(sentence)
        if len(pieces) > 1:
            pattern = "(.{1,80}?)".join(map(re.escape, pieces))
            found.append((phrase_id, pieces, re.compile(pattern, re.DOTALL)))
    return tuple(found)


def _pieces(sentence: str) -> tuple[str, ...]:
    return tuple(_FIELD.split(sentence))


def _sounding(piece: str) -> bool:
    return re.search(r"\w", piece) is not None


def known(text: str) -> str:
    """The id of the phrase that a Chinese text is, empty if it is none."""
    if text in _exact():
        return _exact()[text]
    return next((x for x, _pieces, pattern in _templates() if pattern.fullmatch(text)), "")


def fragments(text: str, language: str, usable: Usable) -> list[Fragment]:
    """What to play for a text. ``usable(id, text)``: whether there is a recording of it.

    A sentence is wholly recorded or wholly the machine's, but for its fields: two voices in one
    sentence are hard to follow.
    """
    whole = Fragment(text, fixed=text in _exact())
    if language != "zh":
        return [whole]
    if whole.fixed:
        phrase_id = _exact()[text]
        return [Fragment(text, phrase_id, True)] if usable(phrase_id, text) else [whole]
    for phrase_id, pieces, pattern in _templates():
        found = pattern.fullmatch(text)
        if found:
            return _filled(phrase_id, pieces, found.groups(), usable) or [whole]
    spelt = _numerals(text, usable)
    return spelt or [whole]


def _filled(
    phrase_id: str, pieces: tuple[str, ...], fields: tuple[str, ...], usable: Usable
) -> list[Fragment]:
    """The pieces with what stands between them; nothing if one of them isn't recorded."""
    made: list[Fragment] = []
    for n, piece in enumerate(pieces):
        if _sounding(piece):
            piece_id = f"{phrase_id}.{n + 1}"
            if not usable(piece_id, piece):
                return []
            made.append(Fragment(piece, piece_id, True))
        if n < len(fields):
            made += _numerals(fields[n], usable) or [Fragment(fields[n])]
    return made


def _numerals(text: str, usable: Usable) -> list[Fragment]:
    """A number or a sum syllable by syllable, if all of them are recorded; else nothing."""
    ids = {word: numeral for numeral, word in NUMERALS.items()}
    words = aloud(text)
    if not words or not all(x in ids and usable(ids[x], x) for x in words):
        return []
    return [Fragment(x, ids[x], True) for x in words]
