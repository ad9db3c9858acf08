"""Nobody scans the code on the screen in time."""

from __future__ import annotations

import pytest

from tests.journey.stage import Stage

pytestmark = [pytest.mark.window, pytest.mark.long]

SETTINGS = {"qr_payment": 10}


@pytest.mark.parametrize("means", ["alipay", "wechat"])
def test_a_code_that_nobody_scans_is_closed_and_looked_at_once_more(
    stage: Stage, means: str
) -> None:
    order_id = stage.ask_to_pay(stage.bill(), means=means)
    assert stage.kiosk.on("result")["order"]["payment"] == "not_paid"
    said = stage.kiosk.everything()
    assert "没有付款" in said
    assert "您的钱没有扣" in said
    with pytest.raises(OSError, match=r"closed|expired|no such open order"):
        stage.bench.act("qr_payment", "pay", order_no=order_id)
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    assert stage.closed(order_id).payment.facts is None
