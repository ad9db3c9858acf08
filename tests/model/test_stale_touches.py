"""A touch that can't count any more is answered all the same: its button waits for that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiosk.core.state import State
from kiosk.core.visit import messages as m
from tests.support.virtually import Cabin


def test_a_touch_of_an_older_screen_is_dropped_and_answered(tmp_path: Path) -> None:
    published: list[State] = []
    cabin = Cabin(tmp_path)
    before = cabin.engine.state
    publish = cabin.engine._publish
    cabin.engine._publish = lambda state: (published.append(state), publish(state))[1]
    cabin.engine.post(m.Touched("home.pay_bill", "", before.fresh_since - 1))
    cabin.engine.pump()
    (answer,) = published
    assert answer.version == before.version + 1
    assert replace(answer, version=before.version) == before
    cabin.engine.post(m.Touched("home.pay_bill", "", answer.version))
    cabin.engine.pump()
    assert published[-1].visit != before.visit
