"""What signing in hears and wants."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.visit.messages import StaffCommand, StaffEvent


@dataclass(frozen=True, slots=True)
class SignInEvent(StaffEvent):
    pass


@dataclass(frozen=True, slots=True)
class WaitTold(SignInEvent):
    """For so many seconds no PIN of that operator is taken."""

    seconds: int


@dataclass(frozen=True, slots=True)
class CardHeld(SignInEvent):
    """A code was held to the reader that may be somebody's card; the adapter has it."""


@dataclass(frozen=True, slots=True)
class PinChecked(SignInEvent):
    """``operator``: whose PIN or card it is, empty if it is wrong. ``wait_s``: as ``WaitTold``."""

    operator: str
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class WriteDown(StaffCommand):
    """Write a row that belongs to no order into the journal, before what follows is done."""

    kind: str
    body: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class AskWait(StaffCommand):
    """How long must this operator wait? From now on cards of ``who`` are looked at, too."""

    request: int
    operator: str
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypePin(StaffCommand):
    """A digit, ``delete`` or ``clear``."""

    key: str


@dataclass(frozen=True, slots=True)
class CheckPin(StaffCommand):
    """Is what was typed this operator's PIN? It is forgotten with the answer."""

    request: int
    operator: str


@dataclass(frozen=True, slots=True)
class CheckCard(StaffCommand):
    """Whose is the card that was held?"""

    request: int


@dataclass(frozen=True, slots=True)
class ForgetPin(StaffCommand):
    """Nobody signs in any more: whatever was typed or held goes, and no card is looked at."""
