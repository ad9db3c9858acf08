"""What residents read, through gettext: written in Chinese, translated into English.

The msgids are the Chinese sentences, so Chinese needs no catalogue. The English one is read from
its .po file when somebody first asks for English: a few hundred lines take milliseconds, nothing
has to be compiled, and no compiled file can be older than its source.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
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


_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "zh"


def _(text: str) -> str:
    """`text` in the language of the visit."""
    return _current.gettext(text)


def N_(text: str) -> str:  # noqa: N802 - gettext's tools and readers know it by this name
    """Mark `text` for translation where it is kept, not shown; `_` translates it later."""
    return text


def set_language(language: str) -> None:
    """Speak "zh" or "en" from now on. Raises ValueError for another, CatalogueError."""
    global _current, _language
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    _current = _catalogue(language)
    _language = language


def language() -> str:
    """The language spoken now, "zh" or "en"."""
    return _language


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
