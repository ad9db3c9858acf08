"""Somebody pays for rice and goes away before the bag is there."""

from __future__ import annotations

import pytest

from tests.journey.rice import MILL, pay_for_rice
from tests.journey.stage import Stage

pytestmark = [pytest.mark.window, pytest.mark.long]

SETTINGS = {"idle_warning": 5, "idle_reset": 20}


def test_whoever_goes_away_gets_the_money_back(stage: Stage) -> None:
    starts = stage.bench.state(MILL)["starts"]
    order_id = pay_for_rice(stage)
    stage.kiosk.on("idle")
    stage.kiosk.on("home", "attract")
    order = stage.closed(order_id)
    assert order.goods[0].code == "left"
    assert order.refunded_fen == order.amount_fen
    assert stage.bench.state(MILL)["starts"] == starts
