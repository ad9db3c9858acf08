"""Residents at a ZVT terminal while anything goes wrong by chance; the books must be right."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kiosk.residents import Errand, Resident
from kiosk.soak import step
from sim.faults import DEVICE_KINDS, WIRE_KINDS, Fault
from tests.support.virtually import LONGEST_S, Cabin

AT_PAYMENT = ("pay", "pay", "pay", "cancel", "cancel_and_pay", "refuse", "walk_off")
LASTING = ("silent",)


def trouble(cabin: Cabin, rng: random.Random) -> None:
    """Something goes wrong now, or will."""
    device = cabin.terminal_id
    match rng.randrange(8):
        case 0:
            cabin.act("terminal", "unplug")
        case 1:
            cabin.act("terminal", "plug")
        case 2:
            cabin.act("terminal", "reboot", seconds=rng.randrange(1, 30))
        case 3:
            cabin.restart()
        case 4 if device == "terminal_zvt":
            kind = rng.choice([x for x in WIRE_KINDS if x != "baud"])
            cabin.faults.add(Fault(device, kind, count=rng.randrange(1, 4)))
        case 5:
            cabin.faults.clear()
            cabin.act("terminal", "plug")
        case _:
            kind = rng.choice(DEVICE_KINDS[device])
            count = None if kind in LASTING else rng.randrange(1, 4)
            cabin.faults.add(Fault(device, kind, count=count))
    cabin.settle()


def walk(folder: Path, terminal: str, rng: random.Random, residents: int) -> Cabin:
    cabin = Cabin(folder, terminal=terminal)
    for _ in range(residents):
        three = rng.random() < 0.3
        person = Resident(
            Errand(
                cabin.owe(three=three),
                "terminal",
                at_payment=rng.choice(AT_PAYMENT),
                when_unknown=rng.choice(("wait", "slip", "leave")),
            )
        )
        end = cabin.clock.monotonic() + LONGEST_S
        while not person.finished and cabin.clock.monotonic() < end:
            if rng.random() < 0.05:
                trouble(cabin, rng)
            step(cabin, person)
        cabin.come_to_rest()
        cabin.wait_until_ready()
    return cabin


@pytest.mark.parametrize("terminal", ["zvt", "zvt_tcp"])
def test_a_walk(tmp_path: Path, terminal: str, seed: int) -> None:
    cabin = walk(tmp_path, terminal, random.Random(seed), 12)
    orders = cabin.check(settled=True)
    assert all(x.closed or x.needs_person for x in orders)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("terminal", ["zvt", "zvt_tcp"])
def test_long_walks(tmp_path: Path, terminal: str, part: int, seed: int) -> None:
    cabin = walk(tmp_path, terminal, random.Random(seed + part), 80)
    assert all(x.closed or x.needs_person for x in cabin.check(settled=True))
