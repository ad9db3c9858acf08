"""From a text for the eye to one for the ear: figures become words, signs become pauses."""

from __future__ import annotations

import re
from collections.abc import Callable

from kiosk.speech import numerals

_SUM = r"(-?)¥ ?([\d,]{1,12})(?:\.(\d\d))?"
_YUAN = r"([\d,]{1,12})\.(\d\d) ?元"
_CLOCK = r"\b(\d{1,2}):(\d\d)\b"
_PHONE = r"\b\d{3,4}-\d{4} ?\d{4}(?:-\d{1,6})?\b"
_SPELT = r"(尾号|单号|户号|号码) ?([\dA-Z][\dA-Z ]*)"
_MONTH = r"\b(\d{4})-(\d\d)\b"
_COUNT = r"\b(\d{1,8}) ?(笔|次|个|张|块|元|本|份|公斤|斤)"
_GROUPS = r"\b\d{2,4}(?: \d{1,4})+\b"
_NUMBER = r"\d+"


def _fen(yuan: str, rest: str | None) -> int:
    return 100 * int(yuan.replace(",", "") or 0) + int(rest or 0)


def _spelt(found: re.Match[str]) -> str:
    """Figures by name; letters stand apart, so that each is read by its own."""
    words = "".join(
        numerals.spelt(x) if x.isdigit() else f" {x} " for x in found[2] if not x.isspace()
    )
    return f"{found[1]}，{' '.join(words.split())}"


def _plain(found: re.Match[str]) -> str:
    figures = found[0]
    if len(figures) > numerals.LONGEST or (len(figures) > 1 and figures[0] == "0"):
        return numerals.spelt(figures)
    return numerals.number(int(figures))


_CHINESE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(_PHONE), lambda x: numerals.spelt(x[0])),
    (
        re.compile(_SUM),
        lambda x: ("负" if x[1] else "") + numerals.amount(_fen(x[2], x[3])),
    ),
    (re.compile(_YUAN), lambda x: numerals.amount(_fen(x[1], x[2]))),
    (re.compile(_CLOCK), lambda x: numerals.clock(int(x[1]), int(x[2]))),
    (re.compile(_SPELT), _spelt),
    (
        re.compile(_MONTH),
        lambda x: f"{numerals.spelt(x[1])}年{numerals.number(int(x[2]))}月",
    ),
    (re.compile(_COUNT), lambda x: numerals.count(int(x[1])) + x[2]),
    (re.compile(_GROUPS), lambda x: numerals.spelt(x[0])),
    (re.compile(_NUMBER), _plain),
    (re.compile(r"[“”「」*＊]+"), lambda _: ""),
    (re.compile(r"(?<=\w) ?[–-] ?(?=\w)"), lambda _: "到"),
    (re.compile(r"(?<=[，。：；！？、])\n+"), lambda _: ""),
    (re.compile(r"\n+"), lambda _: "，"),
    (re.compile(r" {2,}| ?· ?"), lambda _: "，"),
    (re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])"), lambda _: ""),
)
_ENGLISH: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(_PHONE), lambda x: " ".join(x for x in x[0] if x.isdigit())),
    (
        re.compile(_SUM),
        lambda x: ("minus " if x[1] else "") + _yuan(x[2], x[3]),
    ),
    (re.compile(_GROUPS), lambda x: " ".join(x for x in x[0] if x.isdigit())),
    (re.compile(r"(?<=\w) ?– ?(?=\w)"), lambda _: " to "),
    (re.compile(r"[“”*＊]+"), lambda _: ""),
    (re.compile(r"\n+| ?· ?| {2,}"), lambda _: ", "),
)


def _yuan(yuan: str, rest: str | None) -> str:
    return f"{yuan.replace(',', '')} yuan" + (f" {rest}" if rest and rest != "00" else "")


def aloud(text: str, language: str = "zh") -> str:
    """The words to say for a text as it stands on the screen, "zh" or "en"."""
    for pattern, words in _ENGLISH if language == "en" else _CHINESE:
        text = pattern.sub(words, text)
    return text.strip()
