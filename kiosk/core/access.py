"""Who of the staff may do what, and how long a wrong PIN makes everybody wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    TECHNICIAN = "technician"
    OFFICE = "office"
    MERCHANT = "merchant"
    VOLUNTEER = "volunteer"


class Purpose(StrEnum):
    """What somebody signs in for. ``SECOND``: to confirm what a first operator has begun."""

    MAINTENANCE = "maintenance"
    CLASS = "class"
    SECOND = "second"


ROLES: Mapping[Purpose, tuple[Role, ...]] = {
    Purpose.MAINTENANCE: (Role.TECHNICIAN, Role.OFFICE, Role.MERCHANT),
    Purpose.CLASS: (Role.VOLUNTEER,),
    Purpose.SECOND: (Role.TECHNICIAN, Role.OFFICE),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """One of the staff, as screens and journal name them. No secret is in here."""

    id: str
    name: str
    role: Role


class Right(StrEnum):
    """What somebody who is signed in may do on the staff's screens."""

    DEVICES = "devices"
    ORDERS = "orders"
    SUPPLIES = "supplies"
    PRICES = "prices"
    SERVICES = "services"
    CONFIG = "config"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.TECHNICIAN: frozenset(Right) - {Right.PRICES},
    Role.OFFICE: frozenset(Right) - {Right.CONFIG},
    Role.MERCHANT: frozenset((Right.SUPPLIES, Right.PRICES, Right.SERVICES)),
    Role.VOLUNTEER: frozenset(),
}


def may(operator: Operator | None, right: Right) -> bool:
    return operator is not None and right in RIGHTS[operator.role]


TRIED, REFUSED = "SignInTried", "SignInRefused"
SIGNED_IN, SIGNED_OUT = "SignedIn", "SignedOut"
"""Kinds of the journal's rows about the staff. The try is written before the PIN is looked at: a
kiosk that is killed meanwhile has counted it."""
BY_CARD = "card"
"""Whose tries a card's are, until it is known whose card it is."""

SHORTEST_PIN, LONGEST_PIN = 6, 12
DELAYS_S = (0, 0, 0, 5, 15, 60, 300)
"""How long to wait after so many tries without a success; after more of them, as the last."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """``tries`` since the last success, the latest at ``last_ms`` (trusted wall time)."""

    tries: int = 0
    last_ms: int = 0

    def wait_s(self, now_ms: int) -> int:
        """Whole seconds until the next try. A clock behind the last try makes it wait in full."""
        delay = DELAYS_S[min(self.tries, len(DELAYS_S) - 1)]
        passed = max(0, now_ms - self.last_ms) / 1000
        left = delay - passed
        return 0 if left <= 0 else -int(-left // 1)

    def after(self, kind: str, at_ms: int) -> Attempts:
        """What they are after a row of that kind."""
        if kind == TRIED:
            return Attempts(self.tries + 1, at_ms)
        return Attempts() if kind == SIGNED_IN else self


def allowed(operators: tuple[Operator, ...], purpose: Purpose) -> tuple[Operator, ...]:
    """Those who may sign in for it, in the order of the configuration."""
    return tuple(x for x in operators if x.role in ROLES[purpose])


def find(operators: tuple[Operator, ...], operator_id: str) -> Operator | None:
    return next((x for x in operators if x.id == operator_id), None)
