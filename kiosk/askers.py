"""Simulated residents who come to ask: what became of a payment, or for a person's help."""

from __future__ import annotations

from kiosk.barcodes import slip_code
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit.steps import CallPerson
from kiosk.residents import ENOUGH, Act, Errand, Outdoors, Resident, Touch


class SlipReader(Resident):
    """查一笔: holds an old slip to the reader."""

    tile = "home.find_slip"

    def __init__(self, order_id: str) -> None:
        super().__init__(Errand((), when_unknown="leave"))
        self._slip = slip_code(order_id)
        self._seen = False

    @property
    def done(self) -> bool:
        return self._seen

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        match screen:
            case "find" if self._done[screen] < ENOUGH:
                return Outdoors("scanner", "scan", {"code": self._slip})
            case "found":
                self._seen = True
                return Touch("found.done")
            case _:
                return super()._at(screen, state, order)


class Caller(Resident):
    """请人帮忙: asks the office to ring."""

    tile = "home.call_person"

    def __init__(self) -> None:
        super().__init__(Errand((), when_unknown="leave"))
        self._asked = False

    @property
    def done(self) -> bool:
        return self._asked

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        step = state.visit.step
        if not isinstance(step, CallPerson) or screen != "call":
            return super()._at(screen, state, order)
        self._asked = self._asked or step.asked
        if step.asked or self._done[screen] >= ENOUGH:
            return Touch("call.done")
        return Touch("call.ask")
