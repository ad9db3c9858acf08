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
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.core.means import RefundBy

from . import audit
from .ledgers import Side
from .life import Life, Move, SetUp

PICK = st.integers(0, 63)
VARIANT = st.integers(0, 1023)
SETUPS = st.builds(
    SetUp,
    st.sampled_from(Side),
    st.sampled_from(RefundBy),
    st.integers(1, 3),
    st.sampled_from((0, 60)),
)


class OrderLife(RuleBasedStateMachine):
    """The machine's rules are kinds of moves; ``Life`` knows which are possible now."""

    def __init__(self) -> None:
        super().__init__()
        self.life: Life | None = None

    @initialize(setup=SETUPS, crash=st.sampled_from((None, None, None, 0, 1)))
    def open(self, setup: SetUp, crash: int | None) -> None:
        self.life = Life(setup)
        self.life.open(crash)

    @precondition(lambda self: self.life and self.life.wires())
    @rule(pick=PICK, variant=VARIANT)
    def wires(self, pick: int, variant: int) -> None:
        assert self.life is not None
        _do(self.life.wires(), pick, variant)

    @precondition(lambda self: self.life and self.life.wires())
    @rule()
    def next_thing_on_the_wires(self) -> None:
        """What would happen without any trouble: lives get further with it."""
        assert self.life is not None
        _do(self.life.wires(), 0, 0)

    @precondition(lambda self: self.life and self.life.people())
    @rule(pick=PICK, variant=VARIANT)
    def people(self, pick: int, variant: int) -> None:
        assert self.life is not None
        _do(self.life.people(), pick, variant)

    @precondition(lambda self: self.life)
    @rule(pick=PICK, variant=VARIANT)
    def troubles(self, pick: int, variant: int) -> None:
        assert self.life is not None
        _do(self.life.troubles(), pick, variant)

    @precondition(lambda self: self.life)
    @rule()
    def restart(self) -> None:
        assert self.life is not None
        self.life.restart()

    @invariant()
    def books(self) -> None:
        if self.life is not None:
            audit.check_books(self.life.now, self.life.world)

    def teardown(self) -> None:
        """The world turns honest: the order closes, or a person is openly wanted and can close."""
        if self.life is not None:
            self.life.tidy()
            self.life.person_closes()


def _do(moves: list[Move], pick: int, variant: int) -> None:
    moves[pick % len(moves)][1](variant)


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
