"""The states of every service together: what a walk over all screens goes through."""

from __future__ import annotations

from kiosk.core.state import State
from tests.support import (
    states,
    states_booklet,
    states_class,
    states_goods,
    states_print,
    states_rice,
    states_staff,
    states_tests,
)

STATES: dict[str, State] = {
    **states.STATES,
    **states_goods.STATES,
    **states_booklet.STATES,
    **states_rice.STATES,
    **states_print.STATES,
    **states_staff.STATES,
    **states_tests.STATES,
    **states_class.STATES,
}
