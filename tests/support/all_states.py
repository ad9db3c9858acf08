"""The states of every service together: what a walk over all screens goes through."""

from __future__ import annotations

from kiosk.core.state import State
from tests.support import states, states_goods, states_print

STATES: dict[str, State] = {**states.STATES, **states_goods.STATES, **states_print.STATES}
