"""What residents read, through gettext: written in Chinese, translated into English.

The msgids are the Chinese sentences, so Chinese needs no catalogue. The English one is read from
its .po file when somebody first asks for English: a few hundred lines take milliseconds, nothing
has to be compiled, and no compiled file can be older than its source.

Each thread has a language of its own, Chinese until it chooses: the window speaks the visit's,
while the engine's papers stay Chinese, which the office and the payer's family read.
"""

from __future__ import annotations

import gettext
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_LOCALE = Path(__file__).parent / "locale"
_STRING = re.compile(r'"((?:[^"\\]|\\["\\nt])*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class CatalogueError(Exception):
    """A .po file can't be read; the text names the file and the line."""


class _Catalogue(gettext.NullTranslations):
    """A catalogue held in memory; what it lacks stays Chinese."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__()
        self._messages = messages

    def gettext(self, message: str) -> str:
        return self._messages.get(message) or message


class _Here(threading.local):
    """What this thread speaks."""

    language = "zh"
    current = gettext.NullTranslations()


_here = _Here()


def _(text: str) -> str:
    """`text` in the language of this thread."""
    return _here.current.gettext(text)


def N_(text: str) -> str:  # noqa: N802 - gettext's tools and readers know it by this name
    """Mark `text` for translation where it is kept, not shown; `_` translates it later."""
    return text


def set_language(language: str) -> None:
    """Speak "zh" or "en" in this thread from now on. Raises ValueError for another,
    CatalogueError.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    if language != _here.language:
        _here.current = _catalogue(language)
        _here.language = language


def language() -> str:
    """The language that this thread speaks now, "zh" or "en"."""
    return _here.language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak that language in this thread meanwhile."""
    before = _here.language
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "zh":
        return gettext.NullTranslations()
    file = _LOCALE / language / "LC_MESSAGES" / "kiosk.po"
    return _Catalogue(read_po(file.read_text(encoding="utf-8"), file.name))


def read_po(text: str, name: str = "kiosk.po") -> dict[str, str]:
    """The messages of a .po text: msgid → msgstr, without the header and what is marked fuzzy.

    Understands what our catalogues use: comments, msgid, msgstr, strings over several lines.
    Plural forms and contexts are mistakes here. Raises CatalogueError.
    """
    messages: dict[str, str] = {}
    fields: dict[str, str] = {}
    field, fuzzy, fuzzy_next = "", False, False
    for number, line in enumerate([*text.split("\n"), 'msgid ""'], start=1):
        line = line.strip()
        if line.startswith("#"):
            fuzzy_next = fuzzy_next or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line:
            continue
        keyword, quoted = ("", line) if line.startswith('"') else line.partition(" ")[::2]
        string = _STRING.fullmatch(quoted.strip())
        if string is None or keyword not in ("", "msgid", "msgstr"):
            raise CatalogueError(f"{name}:{number}: can't be read: {line}")
        if keyword == "msgid":
            if fields.get("msgid") in messages:
                raise CatalogueError(f"{name}:{number}: a msgid above stands here twice")
            if fields.get("msgid") and not fuzzy:
                messages[fields["msgid"]] = fields.get("msgstr", "")
            fields, fuzzy, fuzzy_next = {}, fuzzy_next, False
        field = keyword or field
        if not field or (keyword == "msgstr" and "msgid" not in fields):
            raise CatalogueError(f"{name}:{number}: {line} without a msgid before it")
        value = _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], string[1])
        fields[field] = fields.get(field, "") + value
    return messages
