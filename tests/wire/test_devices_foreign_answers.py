"""What another device says, asked or unasked, and a line that echoes, make no machine ready."""

from __future__ import annotations

import pytest

from devices import registry
from devices.driver import Driver, StatusChanged
from devices.rice_mill.modbus import framed
from devices.status import Status

SETTINGS = {"ecr_hub": {"app_id": "x"}}
SAID = {
    "rbp_meter": ("aa80030301010000", "aa80030301030002"),
    "sam_v": ("aaaaaa9669000400009094",),
    "qu_cd": ("06", "0250423030310322"),
    "rice_mill": (
        framed(b"\x0a\x03\x0e" + bytes(14)).hex(),
        framed(b"\x0a\x04\x16" + bytes(9) + b"\x01" + bytes(12)).hex(),
    ),
    "escpos_serial": ("12",),
    "zvt": ("06", "10028000001003f51f"),
    "ecr_hub": ("55aa020000000002cc33", "55aa000000000000cc33"),
    "scanner": (b"910000000000000000000000000\r".hex(),),
    "nothing": ("00", "ff"),
    "echo": (),
}
DRIVERS = ("rbp_meter", "sam_v", "qu_cd", "rice_mill", "escpos_serial", "zvt", "zvt_tcp", "ecr_hub")
PAIRS = [
    (driver, other)
    for driver in (*DRIVERS, "ieee_meter")
    for other in SAID
    if driver.removesuffix("_tcp") != other
]


def usable(driver: Driver, answers: tuple[str, ...], *, unasked: bool) -> list[Status]:
    """The good states that it had in a minute; without ``answers`` it hears itself."""
    now, turn, next_at = 0.0, 0, 0.0
    good: list[Status] = []
    driver.opened(now)
    while now < 60:
        said = driver.take_output()
        if unasked and now >= next_at:
            said, next_at = b"?", now + 0.7
        elif unasked:
            said = b""
        if said:
            driver.receive(bytes.fromhex(answers[turn % len(answers)]) if answers else said, now)
            turn += 1
        now += 0.05
        deadline = driver.deadline()
        if deadline is not None and deadline <= now:
            driver.tick(now)
        reports = driver.take_reports()
        good += [x.status for x in reports if isinstance(x, StatusChanged) and x.status.usable]
    return good


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_nothing_but_its_own_machine_makes_it_ready(name: str, other: str) -> None:
    make = registry.factory(name, SETTINGS.get(name, {}))
    assert usable(make(), SAID[other], unasked=False) == []
    if other != "echo":
        assert usable(make(), SAID[other], unasked=True) == []


@pytest.mark.parametrize("name", ["rbp_meter", "sam_v", "qu_cd", "rice_mill", "escpos_serial"])
def test_its_own_machines_answers_do(name: str) -> None:
    """What is said above is what the machines really say."""
    assert usable(registry.factory(name, {})(), SAID[name], unasked=False)
