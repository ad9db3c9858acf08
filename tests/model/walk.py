"""A random walk through orders' lives without Hypothesis: many seeds, failing ones printed.

``python -m tests.model.walk FIRST COUNT`` repeats what a failing test named.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field

from kiosk.core.means import RefundBy

from . import audit
from .ledgers import Side
from .life import Life, Move, SetUp

STEPS = 60
WEATHER: tuple[dict[str, int], ...] = (
    {"wires": 40, "payer": 10, "timers": 4, "presses": 2, "losses": 1, "troubles": 1},
    {"wires": 20, "payer": 5, "timers": 4, "presses": 2, "losses": 8, "troubles": 3},
    {"wires": 10, "payer": 4, "timers": 4, "presses": 4, "losses": 4, "troubles": 10},
    {"wires": 1, "payer": 1, "timers": 1, "presses": 1, "losses": 1, "troubles": 1},
)
"""How often each kind of move comes: fair, deaf, wild, anything."""


@dataclass
class Walk:
    seed: int
    trail: list[str] = field(default_factory=list)
    error: str = ""
    life: Life | None = None

    def run(self) -> bool:
        """Return True if the audit held all the way."""
        rng = random.Random(self.seed)
        try:
            self._live(rng)
        except AssertionError as failure:
            self.error = str(failure) or "assertion failed"
        return not self.error

    def _live(self, rng: random.Random) -> None:
        setup = SetUp(
            rng.choice(list(Side)),
            rng.choice((RefundBy.PARTIAL, *RefundBy)),
            rng.randint(1, 3),
            rng.choice((0, 60)),
            rng.random() < 0.5,
        )
        self.trail.append(f"{setup}")
        life = self.life = Life(setup)
        life.open(rng.choice((None,) * 8 + (0, 1)))
        weather = rng.choice(WEATHER)
        beginning = rng.random()
        if beginning < 0.6:
            self.trail.append("pays fairly")
            life.pay_fairly()
        elif beginning < 0.75:
            self.trail.append("cancels fairly")
            life.cancel_fairly()
        for _ in range(rng.randint(1, STEPS)):
            name, do = pick(life, weather, rng)
            fate = rng.choice((0, rng.randrange(1 << 10)))
            self.trail.append(f"{name} ({fate})")
            do(fate)
            audit.check_books(life.now, life.world)
        life.tidy()
        life.person_closes()


def pick(life: Life, weather: dict[str, int], rng: random.Random) -> Move:
    """Choose a kind of move first, so that rare kinds aren't drowned by many flights."""
    moves = life.moves()
    kind = rng.choices(list(moves), [weather[x] for x in moves])[0]
    return rng.choice(moves[kind])


def failing(first: int, count: int) -> list[Walk]:
    walks = (Walk(seed) for seed in range(first, first + count))
    return [x for x in walks if not x.run()]


def main(argv: list[str]) -> int:
    bad = failing(int(argv[0]), int(argv[1]))
    for walk in bad[:5]:
        print(f"seed {walk.seed}: {walk.error}")
        print("\n".join(f"    {x}" for x in walk.trail))
    print(f"{len(bad)} of {argv[1]} fail: {[x.seed for x in bad[:30]]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
