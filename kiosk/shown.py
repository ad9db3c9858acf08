"""The newest state on its way to the screen, by value."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit.class_steps import ClassLesson
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.view import screen_of
from kiosk.pages import PageStore

if TYPE_CHECKING:
    from kiosk.classroom.stage import Practised


class Shown:
    """One writer (the engine), one reader (the screen). Nobody polls: ``on_publish`` wakes it.

    ``pages`` holds the pictures that a state names by number.
    """

    def __init__(self) -> None:
        self._state: State | None = None
        self._lock = threading.Lock()
        self.pages = PageStore()
        self._practised: Practised | None = None
        self.on_publish: Callable[[], None] = lambda: None

    def publish(self, state: State) -> None:
        with self._lock:
            self._state = state
        self.on_publish()

    def wake(self) -> None:
        """Let the screen look, whether there is something new or not."""
        self.on_publish()

    def practise(self, what: Practised | None) -> None:
        """Show this instead while a lesson is practised, from any thread."""
        with self._lock:
            self._practised = what
        self.on_publish()

    def practised(self) -> Practised | None:
        """What is practised, while the real cabin's newest state says that something is."""
        with self._lock:
            state = self._state
            if state is None or not isinstance(state.visit.step, ClassLesson):
                return None
            return None if state.visit.step.failed else self._practised

    def newest(self) -> State | None:
        """Return the newest state, None before the first."""
        with self._lock:
            return self._state

    def describe(self) -> dict[str, Any]:
        """What the inspect socket says of the state, without a window (design, --inspect)."""
        state = self.newest()
        if state is None:
            return {"screen": "", "version": 0, "settled": False, "widgets": [], "order": None}
        return {
            "screen": screen_of(state),
            "version": state.version,
            "frame": 0,
            "settled": True,
            "size": [0, 0],
            "widgets": [],
            "order": order_words(order_at_screen(state)),
            "devices": device_words(state),
            "speaking": None,
        }


def device_words(state: State) -> dict[str, list[str]]:
    """What is known of each machine and gateway: level and reason."""
    return {k: [v.level.value, v.reason] for k, v in state.devices.items()}


def order_words(order: Order | None) -> dict[str, Any] | None:
    """An order for the inspect socket, without anything personal."""
    if order is None:
        return None
    return {
        "id": order.id,
        "payment": order.payment_word,
        "lines": [x.state.value for x in order.lines],
        "goods": [x.state.value for x in order.goods],
        "paper": order.paper.state.value,
        "amount_fen": order.amount_fen,
        "closed": order.closed,
        "needs_person": order.needs_person,
    }
