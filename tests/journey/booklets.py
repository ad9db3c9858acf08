"""What somebody does who wants a record booklet, by real touches. Invented people only."""

from __future__ import annotations

import itertools
from typing import Any

from tests.journey.stage import Stage
from tests.support.booklets import seventeen
from tests.support.window import Screen

_PEOPLE = itertools.count(1)


def somebody() -> str:
    """The first seventeen digits of an invented person's number, each time another's."""
    return seventeen(next(_PEOPLE))


def dispenser(stage: Stage) -> dict[str, Any]:
    return stage.bench.state("booklet_dispenser")


def at_reader(stage: Stage) -> Screen:
    """From the home screen to the reader."""
    stage.kiosk.touch("home.booklet")
    return stage.kiosk.on("lay_card")


def lay(stage: Stage, number: str, **body: object) -> None:
    stage.bench.act("id_reader", "lay", number=number, name="测试某", **body)


def known(stage: Stage, number: str) -> Screen:
    """From the home screen until the screen knows who it is; the card is taken back."""
    at_reader(stage)
    lay(stage, number)
    screen = stage.kiosk.on("confirm_goods", "had_booklet")
    stage.bench.act("id_reader", "lift")
    return screen


def ask(stage: Stage, number: str) -> str:
    """From the home screen until a booklet is on its way. Returns the order's number."""
    assert known(stage, number)["screen"] == "confirm_goods"
    stage.kiosk.touch("confirm_goods.pay.free")
    return str(stage.kiosk.on("booklet_delivering")["order"]["id"])


def until_out(stage: Stage) -> None:
    """Until it lies there, and the screen says so."""
    stage.bench.until("booklet_dispenser", lambda x: x["place"] == "at_take")
    stage.kiosk.wait_for(lambda _: "请拿好病历本" in stage.kiosk.everything(), "take it")


def take(stage: Stage) -> Screen:
    """Take it, and see the end."""
    until_out(stage)
    stage.bench.act("booklet_dispenser", "take")
    return stage.kiosk.on("result")


def get(stage: Stage, number: str) -> str:
    """A whole visit without trouble. Returns the order's number."""
    order_id = ask(stage, number)
    take(stage)
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    return order_id
