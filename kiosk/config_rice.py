"""[rice]: who sells, how long on trial, the bins of the mill and the levels of milling."""

from __future__ import annotations

import calendar
from datetime import date

from kiosk.config_reader import Section
from kiosk.core.rice import RiceBin, RiceLevel, RiceShop
from kiosk.i18n import N_

LEVELS = (
    RiceLevel(N_("胚芽"), 5, N_("留着胚芽，营养多，很香")),
    RiceLevel(N_("标准"), 7, N_("软硬正好，家里常吃的")),
    RiceLevel(N_("精白"), 9, N_("最白最软，牙口不好也能吃")),
)
"""What is offered if the file says nothing else (rice mill protocol, closed points)."""
BINS = (1, 2)
PICTURES = ("none", "long", "round")
LEAST_MONTHS, MOST_MONTHS = 3, 6
_NAME = r"\S(.{0,4}\S)?"
_LEVEL_NAME = r"\S{1,2}"
_SENTENCE = r"\S(.{0,18}\S)?"
_SELLER = r"\S(.{0,22}\S)?"
_PHONE = r"[0-9+][0-9 ()-]{1,22}[0-9]"
_NO_DAY = date(1, 1, 1)


def read_rice(section: Section) -> RiceShop:
    """Read the shop; every mistake is noted in the section."""
    seller = section.text("merchant", _SELLER, "1 … 24 characters")
    phone = section.text("phone", _PHONE, "a telephone number")
    trial = _trial(section)
    tolerance = section.whole("tolerance_g", 0, 100, "number of grams", 15)
    levels = _levels(section)
    bins = tuple(_bin(x, levels) for x in section.sections("bin"))
    if not bins:
        section.mistakes.add(section.path, "rice has no bin", "one or two [[rice.bin]]")
    _only_once(section, "bin", [x.number for x in bins], "number")
    section.done()
    return RiceShop(seller, phone, trial, levels, bins, tolerance)


def _trial(section: Section) -> tuple[str, str]:
    first, last = _date(section, "trial_from"), _date(section, "trial_until")
    if _NO_DAY not in (first, last):
        shortest, longest = months_later(first, LEAST_MONTHS), months_later(first, MOST_MONTHS)
        if not shortest <= last <= longest:
            what = f"is not {LEAST_MONTHS} to {MOST_MONTHS} months after trial_from"
            section.wrong("trial_until", what, f"{shortest} … {longest}")
    return first.isoformat(), last.isoformat()


def _date(section: Section, key: str) -> date:
    allowed = "a date without quotes, as 2026-10-01"
    if not section.has(key):
        section.mistakes.add(section.path, f"rice.{key} is missing", allowed)
        return _NO_DAY
    value = section.raw(key)
    if type(value) is not date:  # a datetime is one too
        section.wrong(key, "is not a date", allowed)
        return _NO_DAY
    return value


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last one that month has."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _levels(section: Section) -> tuple[RiceLevel, ...]:
    found = []
    for item in section.sections("level"):
        name = item.text("name", _LEVEL_NAME, "1 or 2 characters")
        mill = item.whole("mill", 1, 9, "number")
        words = item.text("words", _SENTENCE, "1 … 20 characters")
        if mill not in (5, 7, 9):
            item.wrong("mill", "is no level that the mill has", "5 | 7 | 9")
        item.done()
        found.append(RiceLevel(name, mill, words))
    if len(found) > len(LEVELS):
        section.mistakes.add((*section.path, "level"), "rice has more levels than three", "1 … 3")
    _only_once(section, "level", [x.mill for x in found], "mill")
    return tuple(found) or LEVELS


def _bin(item: Section, levels: tuple[RiceLevel, ...]) -> RiceBin:
    number = item.whole("number", BINS[0], BINS[-1], "number")
    rice = RiceBin(
        number,
        item.text("name", _NAME, "1 … 6 characters"),
        item.text("origin", r"\S(.{0,14}\S)?", "1 … 16 characters"),
        item.whole("price_fen_per_500g", 1, 10_000, "number of fen"),
        _more(item, len(levels)),
        item.choice("picture", PICTURES, "none"),
    )
    item.done()
    return rice


def _more(item: Section, count: int) -> tuple[int, ...]:
    """What milling takes away, per mille, for each level."""
    key, allowed = "more_per_mille", f"a list of {count} whole numbers, 0 … 300"
    if not item.has(key):
        item.mistakes.add(item.path, f"{item.name}.{key} is missing", allowed)
        return (0,) * count
    value = item.raw(key)
    whole = isinstance(value, list) and all(type(x) is int and 0 <= x <= 300 for x in value)
    if not isinstance(value, list) or not whole or len(value) != count:
        item.wrong(key, "is not one for each level", allowed)
        return (0,) * count
    return tuple(int(x) for x in value)


def _only_once(section: Section, part: str, numbers: list[int], key: str) -> None:
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            path = (*section.path, part, index, key)
            what = f"rice.{part}[{index + 1}].{key} = {number} is there twice"
            section.mistakes.add(path, what, "each once")
