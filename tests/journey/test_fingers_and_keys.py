"""What hands and keyboards can't do: pay twice by accident, or leave the kiosk."""

from __future__ import annotations

import pytest
from Xlib import XK

from tests.journey.stage import Stage

pytestmark = [pytest.mark.window, pytest.mark.long]

ALT, CONTROL, SHIFT, SUPER = XK.XK_Alt_L, XK.XK_Control_L, XK.XK_Shift_L, XK.XK_Super_L
KEYS = (
    (XK.XK_Escape,),
    *((getattr(XK, f"XK_F{n}"),) for n in range(1, 13)),
    (XK.XK_F4, ALT),
    (XK.XK_Tab, ALT),
    (XK.XK_space, ALT),
    (XK.XK_Escape, CONTROL),
    (XK.XK_c, CONTROL),
    (XK.XK_q, CONTROL),
    (XK.XK_w, CONTROL),
    (XK.XK_d, CONTROL),
    (XK.XK_z, CONTROL),
    (XK.XK_r, CONTROL),
    (XK.XK_e, CONTROL),
    (XK.XK_Escape, CONTROL, SHIFT),
    (XK.XK_Delete, CONTROL, ALT),
    (XK.XK_F2, CONTROL, ALT),
    (XK.XK_d, SUPER),
    (XK.XK_Menu,),
    (XK.XK_Print,),
    (XK.XK_Return,),
    (XK.XK_space,),
    (XK.XK_Tab,),
    (XK.XK_BackSpace,),
)


@pytest.mark.parametrize("screen", ["home", "account", "pay"])
def test_no_key_leaves_the_screen(stage: Stage, screen: str) -> None:
    if screen == "account":
        stage.kiosk.touch("home.pay_bill")
        stage.kiosk.touch("bill.kind.water")
    elif screen == "pay":
        stage.ask_to_pay(stage.bill())
    stage.kiosk.on(screen)
    assert stage.kiosk.process is not None
    process, before = stage.kiosk.process.pid, stage.kiosk.everything()
    for key in KEYS:
        stage.kiosk.finger.key(*key)
    # A touch queues behind the keys: its answer shows that all of them were read.
    stage.kiosk.touch("nav.help")
    stage.kiosk.on("help")
    stage.kiosk.touch("help.close")
    stage.kiosk.on(screen)
    assert stage.kiosk.everything() == before
    assert stage.kiosk.process.poll() is None
    assert stage.kiosk.process.pid == process


def test_sliding_off_a_button_is_no_touch(stage: Stage) -> None:
    stage.confirm(stage.bill())
    before, orders = stage.kiosk.settled()["version"], len(stage.orders())
    x, y = stage.kiosk.middle("confirm.pay.terminal")
    stage.kiosk.finger.press(x, y)
    stage.kiosk.finger.move(x, 300)
    stage.kiosk.finger.release()
    stage.kiosk.touch("nav.help")  # what was queued before it has been read
    stage.kiosk.on("help")
    assert stage.kiosk.settled()["version"] > before
    assert len(stage.orders()) == orders
    assert stage.bench.state("terminal")["sale"] is None


@pytest.mark.parametrize("means", ["terminal", "alipay"])
def test_a_double_press_on_a_money_button_starts_one_order(stage: Stage, means: str) -> None:
    stage.confirm(stage.bill())
    orders = len(stage.orders())
    spot = stage.kiosk.middle(f"confirm.pay.{means}")
    for _ in range(5):
        stage.kiosk.finger.touch(*spot)
    order_id = stage.kiosk.on("pay")["order"]["id"]
    stage.until(lambda: len(stage.orders()) == orders + 1, "an order")
    stage.kiosk.touch("order.cancel")
    assert stage.kiosk.on("result")["order"]["id"] == order_id
    assert len(stage.orders()) == orders + 1


def test_a_touch_meant_for_the_screen_before_does_nothing(stage: Stage) -> None:
    """去付款 pressed again and again: the second press lies where 刷卡 appears, or nearby."""
    stage.list_bills(stage.bill())
    orders = len(stage.orders())
    spot = stage.kiosk.middle("bills.pay")
    for _ in range(4):
        stage.kiosk.finger.touch(*spot)
    screen = stage.kiosk.on("confirm", "pay", "looking")
    if screen["screen"] == "confirm":
        assert len(stage.orders()) == orders
    assert stage.charges() == sum(x.payment.facts is not None for x in stage.orders())
