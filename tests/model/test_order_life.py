"""An order's life under Hypothesis: any interleaving of presses, answers, losses and restarts.

Every event is audited where it happens (``Life.feed``); a failing example is printed with a blob.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kiosk.core.means import RefundBy

from . import audit
from .ledgers import Side
from .life import Life, SetUp

PICK = st.integers(0, 63)
FATE = st.integers(0, 1023)
CRASH = st.sampled_from((None,) * 6 + (0, 1))
FAIR = st.sampled_from(("no", "pays", "pays", "cancels"))
SETUPS = st.builds(
    SetUp,
    st.sampled_from(Side),
    st.sampled_from(RefundBy),
    st.integers(1, 3),
    st.sampled_from((0, 60)),
    st.booleans(),
)


class OrderLife(RuleBasedStateMachine):
    """The machine's rules are kinds of moves; ``Life`` knows which are possible now."""

    def __init__(self) -> None:
        super().__init__()
        self.life: Life | None = None

    @initialize(setup=SETUPS, crash=CRASH, fair=FAIR)
    def open(self, setup: SetUp, crash: int | None, fair: str) -> None:
        """Many orders are paid or cancelled without trouble, so that it begins after that."""
        self.life = Life(setup)
        self.life.open(crash)
        if fair == "pays":
            self.life.pay_fairly()
        elif fair == "cancels":
            self.life.cancel_fairly()

    @rule(pick=PICK, fate=FATE)
    def wires(self, pick: int, fate: int) -> None:
        self._do("wires", pick, fate)

    @rule()
    def next_on_the_wires(self) -> None:
        """What would happen without any trouble: lives get further with it."""
        self._do("wires", 0, 0)

    @rule()
    def next_on_the_wires_or_timer(self) -> None:
        self._do("wires", 0, 0) or self._do("timers", 0, 0)

    @rule(pick=PICK, fate=FATE)
    def payer(self, pick: int, fate: int) -> None:
        self._do("payer", pick, fate)

    @rule(pick=PICK, fate=FATE)
    def anything(self, pick: int, fate: int) -> None:
        """Losses, presses, timers, troubles: as much as all the rest."""
        kinds = ("losses", "presses", "timers", "troubles")
        self._do(kinds[pick % 4], pick // 4, fate)

    def _do(self, kind: str, pick: int, fate: int) -> bool:
        assert self.life is not None
        moves = self.life.moves().get(kind, [])
        if moves:
            moves[pick % len(moves)][1](fate)
        return bool(moves)

    @invariant()
    def books(self) -> None:
        if self.life is not None:
            audit.check_books(self.life.now, self.life.world)

    def teardown(self) -> None:
        """The world turns honest: the order closes, or a person is openly wanted and can close."""
        if self.life is not None:
            self.life.tidy()
            self.life.person_closes()


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def test_an_order_lives_through_anything() -> None:
    run_state_machine_as_test(OrderLife, settings=_settings(250, 40))


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_many_orders_live_through_anything() -> None:
    run_state_machine_as_test(OrderLife, settings=_settings(6_000, 70))
