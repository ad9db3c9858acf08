"""How often the engine asks whether a gateway is there."""

from __future__ import annotations

from pathlib import Path

from kiosk.core.state import Device, Level
from kiosk.core.visit import messages as m
from kiosk.timers import Chore
from tests.support.alone import Alone


def test_a_gateway_that_is_down_is_asked_often_and_one_that_answers_seldom(
    tmp_path: Path,
) -> None:
    kiosk = Alone(tmp_path)
    asked: list[float] = []
    answer = m.DeviceChanged("biller", Device(Level.READY))

    def ask() -> None:
        asked.append(kiosk.clock.passed)
        kiosk.engine.post(answer)

    kiosk.engine.add_chore(Chore("biller", 60, ask, urgent_s=10))
    kiosk.pass_time(125)
    assert asked == [0, 60, 120]
    answer = m.DeviceChanged("biller", Device(Level.UNAVAILABLE, "unreachable"))
    kiosk.say(answer)
    kiosk.pass_time(32)
    assert asked[3:] == [135, 145, 155]
    answer = m.DeviceChanged("biller", Device(Level.READY))
    kiosk.pass_time(90)
    assert asked[6:] == [165, 175, 235]


def test_a_chore_that_fails_is_done_again(tmp_path: Path) -> None:
    kiosk = Alone(tmp_path)
    tries: list[float] = []

    def fail() -> None:
        tries.append(kiosk.clock.passed)
        raise ZeroDivisionError("a defect")

    kiosk.engine.add_chore(Chore("books", 60, fail))
    kiosk.pass_time(70)
    assert tries == [0, 60]
