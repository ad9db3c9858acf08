"""What a lesson can ask of the state of a visit: a few facts, and conditions on them. Pure.

Facts hold nothing of a person: no account number, no reading, no name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicPause, ClinicRest
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.view import screen_below, screen_of

MIXED = "mixed"
"""What several lines, or goods, are together if they aren't all the same."""
Fact = str | int | bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked of. Words are empty and numbers 0 where there is nothing.

    ``screen`` with overlays, ``below`` without them. ``payment``, ``lines``, ``goods`` and
    ``paper`` are states of the order at the screen; ``progress`` what a machine says of its goods.
    ``left``: seconds of rest that are left at the blood-pressure meter, ``readings`` how many there
    are. ``devices``: the level of each machine and gateway. ``seconds`` since the step began.
    """

    screen: str = ""
    below: str = ""
    note: str = ""
    payment: str = ""
    lines: str = ""
    goods: str = ""
    paper: str = ""
    means: str = ""
    progress: str = ""
    why: str = ""
    slip: str = ""
    language: str = "zh"
    bills: int = 0
    chosen: int = 0
    digits: int = 0
    readings: int = 0
    left: int = 0
    copies: int = 0
    volume: int = -1
    again: int = 0
    lower: bool = False
    asked: bool = False
    failed: bool = False
    kind: str = ""
    devices: Mapping[str, str] = field(default_factory=dict)
    order_id: str = ""
    seconds: float = 0.0


WORDS = (
    *("screen", "below", "note", "payment", "lines", "goods", "paper", "means"),
    *("progress", "why", "slip", "language", "kind"),
)
NUMBERS = (
    *("bills", "chosen", "digits", "readings", "left", "copies", "volume", "again", "seconds"),
)
SWITCHES = ("lower", "asked", "failed")


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds if everything in it does. ``words``: one of these. ``numbers``: from, to, both
    included. ``any_of``: at least one, if there are any; ``none_of``: none.
    """

    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    numbers: tuple[tuple[str, float, float], ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()
    devices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    any_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    def holds(self, facts: Facts) -> bool:
        return (
            all(getattr(facts, name) in allowed for name, allowed in self.words)
            and all(low <= getattr(facts, name) <= high for name, low, high in self.numbers)
            and all(getattr(facts, name) is wanted for name, wanted in self.switches)
            and all(facts.devices.get(x, "unknown") in allowed for x, allowed in self.devices)
            and (not self.any_of or any(x.holds(facts) for x in self.any_of))
            and not any(x.holds(facts) for x in self.none_of)
        )

    @property
    def screens(self) -> frozenset[str] | None:
        """The screens on which it can hold, None for any."""
        found: frozenset[str] | None = None
        for name, allowed in self.words:
            if name in ("screen", "below"):
                found = frozenset(allowed) if found is None else found & frozenset(allowed)
        inner = [x.screens for x in self.any_of]
        if inner and None not in inner:
            either = frozenset().union(*(x for x in inner if x is not None))
            found = either if found is None else found & either
        return found

    @property
    def only_screens(self) -> bool:
        """True if nothing but the screen is asked for."""
        others = (self.numbers, self.switches, self.devices, self.none_of)
        return not any(others) and all(x in ("screen", "below") for x, _ in self.words)

    @property
    def after_s(self) -> float | None:
        """Seconds after which it may come to hold by time alone, None if time is not asked for."""
        own = [low for name, low, _high in self.numbers if name == "seconds"]
        return own[0] if own else next((s for x in self.any_of if (s := x.after_s)), None)


ALWAYS = Condition()
NEVER = Condition(any_of=(Condition(words=(("screen", ()),)),))


def facts_of(state: State) -> Facts:
    """The facts of a state."""
    visit = state.visit
    step, order = visit.step, order_at_screen(state)
    note = getattr(step, "note", None)
    outcome = getattr(step, "outcome", None)
    session = outcome.session if outcome is not None else getattr(step, "session", None)
    institution = getattr(step, "institution", None)
    facts = Facts(
        screen=screen_of(state),
        below=screen_below(state),
        note=note.code.value if note is not None else "",
        progress=visit.progress.word,
        why=str(getattr(step, "why", "")),
        slip=str(outcome.paper) if outcome is not None else "",
        language=visit.language,
        bills=len(visit.bills),
        chosen=len(visit.chosen),
        digits=len(getattr(step, "digits", "")),
        readings=len(session.readings) if session is not None else 0,
        left=step.left if isinstance(step, ClinicRest | ClinicPause) else 0,
        copies=visit.document.copies if visit.document is not None else 0,
        volume=-1 if visit.volume is None else visit.volume,
        again=visit.again,
        lower=visit.lower,
        asked=bool(getattr(step, "asked", False)),
        failed=bool(getattr(step, "failed", False)),
        kind=institution.kind.value if institution is not None else "",
        devices={role: x.level.value for role, x in state.devices.items()},
    )
    return facts if order is None else _with_order(facts, order)


def _with_order(facts: Facts, order: Order) -> Facts:
    return replace(
        facts,
        means=order.means.id,
        payment=order.payment.state.value,
        lines=_together([x.state.value for x in order.lines]),
        goods=_together([x.state.value for x in order.goods]),
        paper=order.paper.state.value,
        order_id=order.id,
    )


def _together(states: list[str]) -> str:
    if not states:
        return ""
    return states[0] if len(set(states)) == 1 else MIXED
