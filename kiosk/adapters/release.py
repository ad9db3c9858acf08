"""Machines that remember their last job are told to forget it, once the journal knows how it ended.

The mill shows the last batch and that it was started for as long as it has power. An order with the
same bin, weight and level whose start never left could take that for its own. So the switch is put
off as soon as no order asks any more what became of its goods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from devices.rice_mill.commands import Forget
from devices.status import Completion, Success
from kiosk.core.goods import GoodsState
from kiosk.core.rice import RICE_MILL
from kiosk.core.state import State

MAKERS: Mapping[str, Callable[[], object]] = {RICE_MILL: Forget}
EVERY_S = 10.0
_ASKED = (GoodsState.DELIVERING, GoodsState.DELIVERY_UNKNOWN)


class Releases:
    """Used on the engine's thread only. At the start nobody knows what a machine remembers."""

    def __init__(self, roles: Iterable[str]) -> None:
        self._wanted = {x for x in roles if x in MAKERS}
        self._under_way: dict[tuple[str, int], bool] = {}

    def begun(self, role: str) -> None:
        """Something is given out by this machine, or asked about."""
        if role in MAKERS:
            self._wanted.add(role)
            # What is under way was wanted for the job before.
            self._under_way = {k: v and k[0] != role for k, v in self._under_way.items()}

    def due(self, state: State) -> list[str]:
        """The machines that may forget now."""
        asked = {
            line.goods.role
            for order in state.orders.values()
            for line in order.goods
            if line.state in _ASKED
        }
        if state.journal_trouble:
            return []
        busy = {role for role, _ in self._under_way}
        return sorted(x for x in self._wanted - asked - busy if state.device(x).level.usable)

    def sent(self, role: str, number: int) -> None:
        """A machine was told to forget, by the command of that number."""
        self._under_way[role, number] = True

    def ended(self, role: str, number: int, completion: Completion) -> bool:
        """True if this was the end of such a command."""
        still_good = self._under_way.pop((role, number), None)
        if still_good and isinstance(completion, Success):
            self._wanted.discard(role)
        return still_good is not None
