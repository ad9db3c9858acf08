"""Buyers of rice by chance, with faults by chance: in the end the books and the mill agree."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.rice_buyer import RiceBuyer, RiceErrand
from sim.faults import DEVICE_KINDS, WIRE_KINDS, Fault
from tests.model.test_virtual_rice import MILL, RiceCabin, balanced
from tests.support.virtually import Cabin

PHASES = ("idle", "level", "feed", "mill", "door_up", "take", "door_down")


def any_rice(rng: random.Random) -> RiceErrand:
    return RiceErrand(
        500 * rng.randint(1, 10),
        rng.choice((1, 2)),
        rng.choice((5, 7, 9)),
        rng.choice((TERMINAL, ALIPAY, WECHAT)),
        rng.choices(("pay", "cancel", "refuse", "walk_off"), (20, 1, 1, 1))[0],
        rng.choices(("begin", "decline", "walk_off"), (20, 1, 1))[0],
        rng.random() < 0.9,
        rng.choice(("wait", "slip", "leave")),
    )


def any_trouble(rng: random.Random) -> tuple[str, Callable[[Cabin], None]]:
    """Something that strikes the mill or the kiosk. A mill's power goes with a person's case."""
    kind = rng.choice((*DEVICE_KINDS[MILL], *WIRE_KINDS[:4], "kill", "cable", "nothing"))
    count = rng.choice((1, 2, 6))

    def strike(cabin: Cabin) -> None:
        if kind == "kill":
            cabin.restart()
        elif kind == "cable":
            cabin.act(MILL, "unplug")
            cabin.advance(rng.choice((0.5, 5.0, 60.0)))
            cabin.act(MILL, "plug")
        elif kind != "nothing":
            params: dict[str, object] = {"seconds": 0.7} if kind == "delay" else {}
            cabin.faults.add(Fault(MILL, kind, params, count))
            cabin.settle()

    return f"{kind} ×{count}", strike


def buys(folder: Path, seed: int, buyers: int) -> None:
    rng = random.Random(seed)
    cabin = RiceCabin(folder, seed)
    log: list[str] = []
    for _ in range(buyers):
        errand, (name, strike) = any_rice(rng), any_trouble(rng)
        phase, number = rng.choice(PHASES), rng.randint(0, 2)
        starts = cabin.cabin.rice_mill.starts

        def due(cabin: Cabin, phase: str = phase, least: int = starts + number) -> bool:
            mill = cabin.cabin.rice_mill
            return mill.phase == phase and mill.starts >= least

        log.append(f"{errand}: {name} at {phase} of batch {number}")
        cabin.wait_until_ready()
        cabin.serve(RiceBuyer(errand), due, strike)
        try:
            orders = cabin.come_to_rest()
            balanced(cabin)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}\n" + "\n".join(log[-3:])) from error
        if any(x.needs_person for x in orders):
            break  # the mill waits for a person too
    cabin.close()


@pytest.mark.parametrize("run", range(2))
def test_buyers_by_chance(tmp_path: Path, run: int) -> None:
    seed = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(1 << 31))) + run
    print(f"TEST_SEED={seed - run}")
    buys(tmp_path, seed, 6)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", range(10))
def test_many_buyers_by_chance(tmp_path: Path, run: int) -> None:
    seed = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(1 << 31))) + run
    print(f"TEST_SEED={seed - run}")
    buys(tmp_path, seed, 40)
