"""SIGKILL after every journal row of a payment and at random instants: real process, real wires.

The kiosk is started again after each kill and finishes what it finds. Nothing may be lost or
doubled, and in the end every order is closed or openly waits for a person.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.killing import Killing, Life, random_life
from tests.support.simulated import simulated_cabin

SPEED = ("--speed", "3")
EVERY_ROW = (
    *(Life("terminal", row=x) for x in range(1, 6)),
    *(Life("alipay", row=x) for x in range(1, 6)),
    *(Life("terminal", refused=True, row=x) for x in range(1, 8)),
)


def kill_all(folder: Path, lives: tuple[Life, ...], kills: int, rng: random.Random) -> None:
    """Kill after each of the rows, then at random instants until there are ``kills`` kills."""
    with simulated_cabin(folder, *SPEED) as cabin:
        killing = Killing(cabin)
        for life in lives:
            killing.live(life)
        assert killing.kills == len(lives)
        while killing.kills < kills:
            killing.live(random_life(rng))
        killing.live(Life())
        found = killing.audit(settled=True)
        assert not found.differences
        assert found.open == 0
        assert found.orders >= len(lives)


@pytest.mark.timeout(500)
def test_twenty_kills(tmp_path: Path, seed: int) -> None:
    kill_all(tmp_path, EVERY_ROW, 20, random.Random(seed))


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_hundred_kills(tmp_path: Path, seed: int) -> None:
    """The other two hundred are in files of their own, so that they run side by side."""
    kill_all(tmp_path, EVERY_ROW, 100, random.Random(seed))
