"""What a resident does to buy rice, on a stage."""

from __future__ import annotations

from tests.journey.stage import Stage
from tests.support.window import Screen

MILL = "rice_mill"


def choose_rice(stage: Stage, grams: int = 1000, number: int = 1, level: int = 5) -> Screen:
    """From the home screen to the last look before paying."""
    kiosk = stage.kiosk
    kiosk.touch("home.rice")
    kiosk.on("rice")
    kiosk.touch(f"rice.bin.{number}")
    kiosk.on("rice_amount")
    kiosk.touch(f"rice.grams.{grams}")
    kiosk.on("rice_level")
    kiosk.touch(f"rice.level.{level}")
    return kiosk.on("confirm_goods")


def pay_for_rice(stage: Stage, grams: int = 1000, number: int = 1) -> str:
    """From the home screen to the bag that is awaited. Returns the order's number."""
    choose_rice(stage, grams, number)
    stage.kiosk.touch("confirm_goods.pay.terminal")
    order_id = str(stage.kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.tap_card()
    stage.kiosk.on("rice_ready")
    return order_id


def begin_milling(stage: Stage, grams: int = 1000, number: int = 1) -> str:
    """The bag is there, and the mill begins. Returns the order's number."""
    order_id = pay_for_rice(stage, grams, number)
    stage.kiosk.touch("goods.begin")
    stage.kiosk.on("rice_delivering")
    return order_id


def wait_for_phase(stage: Stage, phase: str) -> None:
    stage.bench.until(MILL, lambda state: state["phase"] == phase)


def take_rice(stage: Stage) -> None:
    """Wait for the door, and take what lies behind it."""
    wait_for_phase(stage, "take")
    stage.bench.act(MILL, "take")


def done(stage: Stage) -> None:
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
