"""The parts of cabin.toml about what the home screen offers besides bills."""

from __future__ import annotations

from collections.abc import Collection

from kiosk.config_reader import Mistakes, Section
from kiosk.core.booklet import DISPENSER, READER, BookletRules
from kiosk.core.notices import Notice

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_notices(items: list[Section]) -> tuple[Notice, ...]:
    """[[notice]]: a title and a text that fit into their panel, and when it takes place."""
    notices = []
    for item in items:
        title = item.text("title", r"\S(.{0,8}\S)?", "1 … 10 characters")
        text = item.text("text", r"\S(.{0,38}\S)?", "1 … 40 characters")
        weekday = item.choice("weekday", _WEEKDAYS) if item.has("weekday") else ""
        begins = item.text(
            "time", "(([01][0-9]|2[0-3]):[0-5][0-9])?", 'a time of day, "00:00" … "23:59"', ""
        )
        if begins and not weekday:
            item.wrong("time", "stands without a weekday", " | ".join(_WEEKDAYS) + " for weekday")
        item.done()
        day = _WEEKDAYS.index(weekday) if weekday else None
        notices.append(Notice(title, text, day, begins))
    return tuple(notices)


def read_booklet(section: Section) -> BookletRules:
    """[booklet]: how often one person may have a record booklet, and by what they are known."""
    code = section.raw("insurance_code") if section.has("insurance_code") else False
    if not isinstance(code, bool):
        section.wrong("insurance_code", "is not a switch", "true or false")
    rules = BookletRules(
        section.whole("per_days", 1, 3650, "number of days", 365), insurance_code=code is True
    )
    section.done()
    return rules


def require_booklet_machines(devices: Collection[str], mistakes: Mistakes) -> None:
    """[booklet] wants a dispenser, and a reader to know people by."""
    for role in (DISPENSER, READER):
        if role not in devices:
            what = f"section [devices.{role}] is missing"
            mistakes.add(("booklet",), what, f"[devices.{role}], or no [booklet]")
