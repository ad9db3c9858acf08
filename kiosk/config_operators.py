"""The part of cabin.toml about the staff: [[operator]]."""

from __future__ import annotations

from kiosk import operators
from kiosk.config_reader import Section
from kiosk.core.access import Role
from kiosk.settings import OperatorSettings

ID, ID_ALLOWED = r"[a-z][a-z0-9-]{0,19}", "1 … 20 of a–z, 0–9 and -, a letter first"
NAME, NAME_ALLOWED = r"\S(.{0,8}\S)?", "1 … 10 characters"


def read_operators(items: list[Section]) -> tuple[OperatorSettings, ...]:
    """[[operator]]: who may sign in, as what, and the hash of the PIN. No id stands twice."""
    found: list[OperatorSettings] = []
    for item in items:
        operator_id = item.text("id", ID, ID_ALLOWED)
        if operator_id and any(x.id == operator_id for x in found):
            item.wrong("id", "is another operator's too", "an id of their own")
        name = item.text("name", NAME, NAME_ALLOWED)
        role = Role(item.choice("role", tuple(x.value for x in Role)))
        pin = _hash(item, "pin")
        card = _hash(item, "card") if item.has("card") else ""
        item.done()
        found.append(OperatorSettings(operator_id, name, role, pin, card))
    return tuple(found)


def _hash(item: Section, key: str) -> str:
    """A hash, checked here so that nobody stands before a digit pad that can't say yes."""
    text = item.text(key, r"[ -~]{1,300}", operators.ALLOWED)
    if not text:
        return ""
    try:
        operators.read(text)
    except ValueError as error:
        item.wrong(key, str(error), operators.ALLOWED)
        return ""
    return text
