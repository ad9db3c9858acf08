"""The sentences that can be recorded, by id, and how a text is made of them.

The table is ``table.toml`` beside this file. An entry is a sentence as its screen has it. One with
fields, ``一共付 {n} 笔``, is recorded in the pieces between them (``bills.count.1``,
``bills.count.2``), the fields from :data:`NUMERALS` or by the machine. A sentence without an entry
is said by the machine; nothing else is lost.

What lessons say (``kiosk/classroom/lessons``) is recorded too, under ``lesson.NAME.STEP``; their
files hold the sentences, so that an author writes each once.

What a screen says is found here by its text. So a sentence that was changed is no longer found
until it is changed here as well, and a recording of the old one is never played for it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.speech.aloud import aloud

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

LESSONS = Path(__file__).parents[1] / "classroom" / "lessons"
_FIELD = re.compile(r"\{\w*[^}]*\}")
Usable = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of what is said. ``id`` names its recording, empty for the machine's voice."""

    text: str
    id: str = ""


@cache
def table() -> dict[str, str]:
    """Every sentence of the table by its id, ``home.welcome``."""
    text = Path(__file__).with_name("table.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)
    return {f"{screen}.{name}": x for screen, names in found.items() for name, x in names.items()}


@cache
def spoken_in_lessons() -> dict[str, str]:
    """What the shipped lessons say, by id, each sentence once: ``lesson.rice.begin``, ``….more``,
    and ``lesson.rice.begin.MISTAKE``.
    """
    found: dict[str, str] = {}
    seen = set(table().values())
    for file in sorted(LESSONS.glob("*.toml")):
        lesson: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        for phrase_id, sentence in _of_lesson(f"lesson.{file.stem}", lesson):
            if sentence not in seen:
                seen.add(sentence)
                found[phrase_id] = sentence
    return found


def _of_lesson(name: str, lesson: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for mistake in lesson.get("mistake", ()):
        yield f"{name}.{mistake['id']}", mistake["say"]
    for step in lesson.get("step", ()):
        place = f"{name}.{step['id']}"
        yield place, step["text"]
        if "more" in step:
            yield f"{place}.more", step["more"]
        for mistake in step.get("mistake", ()):
            yield f"{place}.{mistake['id']}", mistake["say"]


@cache
def sentences() -> dict[str, str]:
    """Every sentence that is recorded whole or in pieces: those of screens, then of lessons."""
    return table() | spoken_in_lessons()


@cache
def recordable() -> dict[str, str]:
    """Every id with the words to record, in the order of the table; numerals come last."""
    found = {}
    for phrase_id, sentence in sentences().items():
        pieces = _pieces(sentence)
        for n, piece in enumerate(pieces, start=1):
            if _sounding(piece):
                found[phrase_id if len(pieces) == 1 else f"{phrase_id}.{n}"] = piece.strip()
    return found | NUMERALS


@cache
def _exact() -> dict[str, str]:
    return {x: phrase_id for phrase_id, x in sentences().items() if not _FIELD.search(x)}


@cache
def _templates() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    found = []
    for phrase_id, sentence in sentences().items():
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
    whole = [Fragment(text)]
    if language != "zh":
        return whole
    phrase_id = _exact().get(text)
    if phrase_id is not None:
        return [Fragment(text, phrase_id)] if usable(phrase_id, text) else whole
    for phrase_id, pieces, pattern in _templates():
        found = pattern.fullmatch(text)
        if found:
            return _filled(phrase_id, pieces, found.groups(), usable) or whole
    return _numerals(aloud(text), usable) or whole


def _filled(
    phrase_id: str, pieces: tuple[str, ...], fields: tuple[str, ...], usable: Usable
) -> list[Fragment]:
    """The pieces with what stands between them; nothing if one of them isn't recorded."""
    made: list[Fragment] = []
    for n, piece in enumerate(map(str.strip, pieces)):
        if _sounding(piece):
            piece_id = f"{phrase_id}.{n + 1}"
            if not usable(piece_id, piece):
                return []
            made.append(Fragment(piece, piece_id))
        if n < len(fields):
            field = _field(fields[n], pieces[n + 1].strip()[:1])
            if field is None:
                return []
            made += _numerals(field, usable) or [Fragment(field)]
    return made


def _field(text: str, unit: str) -> str | None:
    """A field's words as they sound before that unit (2 笔 is 两笔); None if they take it in."""
    if not unit or not text[-1:].isdigit():
        return aloud(text)
    words = aloud(text + unit)
    return words.removesuffix(unit) if words.endswith(unit) else None


def _numerals(words: str, usable: Usable) -> list[Fragment]:
    """A number or a sum syllable by syllable, if all of them are recorded; else nothing."""
    ids = {word: numeral for numeral, word in NUMERALS.items()}
    if not words or not all(x in ids and usable(ids[x], x) for x in words):
        return []
    return [Fragment(x, ids[x]) for x in words]
