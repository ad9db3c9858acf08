"""The kiosk's engine with real workers, without a window: a person as a list of touches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.cabin import build
from kiosk.config import load
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.view import screen_of

PATIENCE_S = 60.0


class KioskInside:
    """An engine in a thread of this process; conditions are awaited, never slept for."""

    def __init__(self, config: Path) -> None:
        self._changed = threading.Condition()
        self._state: State | None = None
        self.engine = build(load(config), self._publish)
        self._thread = threading.Thread(target=self.engine.run, daemon=True)
        self.engine.start()
        self._thread.start()

    def _publish(self, state: State) -> None:
        with self._changed:
            self._state = state
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[State], bool], what: str = "") -> State:
        """Return the first state that meets the condition."""
        with self._changed:
            met = self._changed.wait_for(
                lambda: self._state is not None and condition(self._state), PATIENCE_S
            )
            state = self._state
        assert met, f"never came: {what}; {state and screen_of(state)} {state}"
        assert state is not None
        return state

    def on_screen(self, *names: str) -> State:
        return self.wait_for(lambda s: screen_of(s) in names, f"screen {names}")

    def order(self, condition: Callable[[Order], bool], what: str = "") -> Order:
        def met(state: State) -> bool:
            order = order_at_screen(state)
            return order is not None and condition(order)

        found = order_at_screen(self.wait_for(met, what))
        assert found is not None
        return found

    def pause(self, seconds: float) -> None:
        """Wait for the next state, or so long: something outside may have changed instead."""
        with self._changed:
            seen = self._state
            self._changed.wait_for(lambda: self._state is not seen, seconds)

    def touch(self, target: str, value: str = "") -> None:
        """Touch what the newest state shows."""
        assert self._state is not None
        self.engine.post(m.Touched(target, value, self._state.version))

    def stop(self) -> None:
        self.engine.stop()
        self._thread.join(10)
        self.engine.books.close()
