"""A simulated resident who comes for a record booklet; the cards are of invented people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kiosk.core.means import FREE
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit.booklet import LayCard
from kiosk.residents import ENOUGH, Act, Errand, Outdoors, Resident, Touch

READER, DISPENSER = "id_reader", "booklet_dispenser"
FIRST = 31010118500101000
"""The first seventeen digits of the first invented number: nobody alive was born in 1850."""


def seventeen(somebody: int) -> str:
    """The number of the n-th invented person, without its check digit."""
    return str(FIRST + somebody)


@dataclass(frozen=True, slots=True)
class BookletErrand:
    """``somebody``: whose card it is. ``takes``: the booklet is taken when it lies there."""

    somebody: int
    takes: bool = True


class BookletVisitor(Resident):
    """Wants a booklet, and nothing else. ``refused``: they were told that they have had one."""

    tile = "home.booklet"

    def __init__(self, errand: BookletErrand) -> None:
        super().__init__(Errand((), when_unknown="leave"))
        self.booklet = errand
        self.refused = False
        self._lies = False
        self._cards: Counter[str] = Counter()

    @property
    def done(self) -> bool:
        return self.refused or bool(self.orders)

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        if self._lies and screen not in ("lay_card", "looking"):
            self._lies = False
            return Outdoors(READER, "lift")
        match screen:
            case "lay_card":
                return self._card(state.visit.step)
            case "confirm_goods":
                again = self._done[screen] < ENOUGH
                return Touch("confirm_goods.pay", FREE) if again else self._give_up()
            case "had_booklet":
                self.refused = True
                return Touch("booklet.done")
            case "booklet_delivering":
                there = state.visit.progress.word == "at_take"
                return Outdoors(DISPENSER, "take") if there and self.booklet.takes else None
            case _:
                return super()._at(screen, state, order)

    def _card(self, step: object) -> Act | None:
        """Lay it down; if it isn't read, lift it and try once more."""
        if isinstance(step, LayCard) and step.trouble:
            if self._lies:
                self._lies = False
                return Outdoors(READER, "lift")
            tries = self._cards["laid"] < 2 and self._done["lay_card"] < 2 * ENOUGH
            return Touch("booklet.again") if tries else self._give_up()
        if self._lies:
            return None
        self._lies = True
        self._cards["laid"] += 1
        body: dict[str, object] = {"number": seventeen(self.booklet.somebody), "name": "测试某"}
        return Outdoors(READER, "lay", body)
