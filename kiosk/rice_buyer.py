"""A simulated resident who comes for rice: what is touched at each screen, and the rice taken."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.goods import GoodsState
from kiosk.core.guards import refundable_means
from kiosk.core.means import TERMINAL
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit.rice_choices import ChooseRiceWeight
from kiosk.core.visit.rice_steps import CHOICES_G
from kiosk.residents import ENOUGH, Act, Errand, Outdoors, Resident, Touch

_TAKE = Outdoors("rice_mill", "take")


@dataclass(frozen=True, slots=True)
class RiceErrand:
    """``grams`` in whole 500. ``at_bag`` is ``begin``, ``decline`` or ``walk_off``; ``takes``:
    the rice is taken when the door opens. The rest is as of any errand.
    """

    grams: int = 1000
    bin: int = 1
    level: int = 5
    means: str = TERMINAL
    at_payment: str = "pay"
    at_bag: str = "begin"
    takes: bool = True
    when_unknown: str = "wait"
    paper: str = "reprint"


class RiceBuyer(Resident):
    """Wants rice, and nothing else."""

    tile = "home.rice"

    def __init__(self, errand: RiceErrand) -> None:
        plain = Errand(
            (), errand.means, False, errand.at_payment, errand.when_unknown, errand.paper
        )
        super().__init__(plain)
        self.rice = errand

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        if order is None and self._done[screen] > 4 * ENOUGH and screen not in ("home", "attract"):
            return self._give_up()
        match screen:
            case "rice":
                return Touch("rice.bin", str(self.rice.bin))
            case "rice_amount":
                chosen = self.rice.grams in CHOICES_G
                return Touch("rice.grams", str(self.rice.grams)) if chosen else Touch("rice.other")
            case "rice_weight":
                return self._weigh(state)
            case "rice_level":
                return Touch("rice.level", str(self.rice.level))
            case "confirm_goods":
                return self._choose_means(state)
            case "rice_ready":
                return self._at_the_bag()
            case "rice_delivering":
                return _TAKE if self.rice.takes else None
            case _ if self._may_still_come(order):
                return _TAKE
            case _:
                return super()._at(screen, state, order)

    def _weigh(self, state: State) -> Act:
        step = state.visit.step
        grams = step.grams if isinstance(step, ChooseRiceWeight) else self.rice.grams
        if grams == self.rice.grams:
            return Touch("rice.weighed")
        return Touch("rice.more" if grams < self.rice.grams else "rice.less")

    def _choose_means(self, state: State) -> Act:
        usable = [x.id for x in refundable_means(state)]
        if not usable or self._done["confirm_goods"] >= ENOUGH:
            return self._give_up()
        means = self.rice.means if self.rice.means in usable else usable[0]
        return Touch("confirm_goods.pay", means)

    def _at_the_bag(self) -> Act | None:
        if self.rice.at_bag == "walk_off":
            self._walk_off()
            return None
        return Touch("goods.begin" if self.rice.at_bag == "begin" else "goods.decline")

    def _may_still_come(self, order: Order | None) -> bool:
        """Nobody knows what became of it, and the door may open any moment."""
        if order is None or not self.rice.takes or self._done["result"] >= 12:
            return False
        return any(x.state is GoodsState.DELIVERY_UNKNOWN for x in order.goods)
