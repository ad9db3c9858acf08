"""病历本: whom a record booklet is for, as far as anything here may know it."""

from __future__ import annotations

from dataclasses import dataclass, field

DISPENSER = "booklet_dispenser"
READER = "id_reader"
REGISTER = "booklet_register"
"""Roles: the two machines, and the list of who has had a booklet."""

OPEN = "open"
"""Instead of a date: nobody knows yet what became of this person's last booklet."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has said who they are.

    ``masked`` is what the screen shows; ``tag`` is the keyed hash of their number under the key
    ``key``. Neither name nor number is here, and the ``repr`` shows nothing.
    """

    masked: str = field(repr=False)
    key: int
    tag: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BookletRules:
    """One booklet for each person in ``per_days`` days; ``insurance_code``: the scanner will do."""

    per_days: int = 365
    insurance_code: bool = False
