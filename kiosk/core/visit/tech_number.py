"""Typing a number on the staff's digit pad. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.state import State
from kiosk.core.visit.common import Moved, go, stay
from kiosk.core.visit.tech_steps import TechNumber


def typed(state: State, step: TechNumber, key: str, longest: int) -> Moved:
    """A key of the digit pad."""
    digits = step.digits
    if key == "clear":
        digits = ""
    elif key == "delete":
        digits = digits[:-1]
    elif key.isdecimal() and len(key) == 1 and len(digits) < longest:
        digits += key
    return stay(state) if digits == step.digits else go(state, replace(step, digits=digits))
