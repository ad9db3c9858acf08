"""Signing in as one of the staff: its step, events and commands.

The PIN itself is never here: each digit goes straight to the adapter that will check it, and the
state only counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core.access import Operator, Purpose, allowed

if TYPE_CHECKING:
    from kiosk.core.visit.steps import Step


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is it (``operator`` is empty), then the PIN.

    ``typed``: so many digits. ``request``: which check is under way, 0 for none. ``wait_s``: so
    long no PIN is taken. ``refused``: the last one was wrong. ``not_id``: who can't be meant (the
    second of two). ``before`` is where 返回 leads to, the home screen if it is None.
    """

    purpose: Purpose
    operator: str = ""
    typed: int = 0
    request: int = 0
    wait_s: int = 0
    refused: bool = False
    page: int = 0
    not_id: str = ""
    before: Step | None = None

    def may_be(self, operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
        """Who may sign in here."""
        return tuple(x for x in allowed(operators, self.purpose) if x.id != self.not_id)
