"""Buying rice, up to the rice in the bag, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.config_rice import LEVELS
from kiosk.core import events as e
from kiosk.core.events import Delivery
from kiosk.core.goods import Goods, Progress
from kiosk.core.rice import RICE_MILL, RiceShop, goods_of
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.rice_choices import (
    ChooseRice,
    ChooseRiceAmount,
    ChooseRiceLevel,
    ChooseRiceWeight,
)
from kiosk.core.visit.steps import Attract, ConfirmGoods, Home, OutOfService
from tests.support import states as s
from tests.support.rice_shop import BINS, SHOP
from tests.support.states_goods import BACK, FORGOTTEN, WANTED, bought, gave, with_machines

LONGEST = RiceShop(
    "示例路三百八十弄粮油食品合作社第一门市部销售专柜",
    "021-0000 0003-8000",
    ("2026-10-01", "2027-03-31"),
    tuple(replace(x, words="留着胚芽又香又有营养煮粥煮饭小孩老人都爱") for x in LEVELS),
    tuple(replace(x, name="示例稻花香米", price_fen=9_999) for x in BINS),
    15,
)


def goods(grams: int = 1000, level: int = 0) -> Goods:
    return goods_of(SHOP, BINS[0], LEVELS[level], grams)


def selling(state: State, shop: RiceShop = SHOP) -> State:
    """The state in a cabin that sells rice."""
    return with_machines(replace(state, rules=replace(state.rules, rice=shop)))


def _mill(state: State, level: Level, reason: str) -> State:
    return replace(state, devices={**state.devices, RICE_MILL: Device(level, reason)})


def _buying(bag: Goods, progress: Progress, *events: e.OrderEvent) -> State:
    paid = s.paid(bag.total_fen)
    return s.with_order(bought(bag, paid, *events), progress=progress)


SMALL, LARGE = goods(), goods(5000)
LAY = gave(Delivery.DONE, SMALL.units, 0, "not_taken")
PAID = s.paid(SMALL.total_fen)
_STATES: dict[str, State] = {
    "home_rice": s.at(Home()),
    "rice": s.at(ChooseRice()),
    "rice_amount": s.at(ChooseRiceAmount(1)),
    "rice_weight": s.at(ChooseRiceWeight(1)),
    "rice_weight_least": s.at(ChooseRiceWeight(1, 500)),
    "rice_weight_most": s.at(ChooseRiceWeight(2, 5000)),
    "rice_level": s.at(ChooseRiceLevel(1, 1000)),
    "rice_confirm": s.at(ConfirmGoods(SMALL)),
    "rice_confirm_large": s.at(ConfirmGoods(LARGE)),
    "rice_ready": _buying(SMALL, Progress()),
    "rice_ready_large": _buying(LARGE, Progress()),
    "rice_setting": _buying(SMALL, Progress(0, 1000, "setting"), WANTED),
    "rice_feeding": _buying(SMALL, Progress(620, 1000, "feeding", 620), WANTED),
    "rice_milling": _buying(SMALL, Progress(1000, 1000, "milling", 1000), WANTED),
    "rice_take": _buying(SMALL, Progress(1000, 1000, "at_take", 1000), WANTED),
    "rice_take_first": _buying(LARGE, Progress(1250, 5000, "at_take", 1250), WANTED),
    "rice_milling_second": _buying(
        LARGE, Progress(1300, 5000, "feeding", 50), WANTED, gave(Delivery.DONE, LARGE.parts[0])
    ),
    "rice_silent": _buying(
        SMALL, Progress(620, 1000, "feeding"), WANTED, gave(Delivery.NO_ANSWER, code="port")
    ),
    "rice_not_taken": s.with_order(bought(SMALL, PAID, WANTED, LAY, s.printed(1))),
    "rice_declined": s.with_order(
        bought(SMALL, PAID, e.DeliveryDeclined(s.ORDER_ID), BACK, s.printed(1))
    ),
    "rice_forgotten": s.with_order(bought(SMALL, PAID, *FORGOTTEN[1:], s.printed(1))),
}
STATES = {name: selling(state) for name, state in _STATES.items()}
for _name, _step, _reason in (
    ("home_rice_empty", Home(), "bin_1_empty"),
    ("home_rice_left", Home(), "rice_not_taken"),
    ("home_rice_down", Home(), "no_answer"),
    ("rice_empty", ChooseRice(), "bin_2_empty"),
    ("rice_down", ChooseRice(), "no_answer"),
):
    STATES[_name] = _mill(selling(s.at(_step)), Level.UNAVAILABLE, _reason)
for _name, _day in (("not_yet", "2026-09-30"), ("over", "2027-04-01")):
    _face = replace(s.at(Home()).face, iso=f"{_day}T20:15+08:00")
    STATES[f"home_rice_{_name}"] = replace(selling(s.at(Home())), face=_face)
    STATES[f"rice_{_name}"] = selling(s.at(OutOfService(f"rice_mill:{_name}")))
STATES["attract_rice_over"] = replace(STATES["home_rice_over"], visit=s.at(Attract()).visit)
STATES["rice_left_inside"] = selling(s.at(OutOfService("rice_mill:rice_not_taken")))


def extremes() -> dict[str, State]:
    """The longest texts and largest sums."""
    bag = goods_of(LONGEST, LONGEST.bins[0], LONGEST.levels[2], 5000)
    one = replace(LONGEST, bins=LONGEST.bins[:1], levels=LONGEST.levels[:2])
    found = {
        "rice_long": (s.at(ChooseRice()), LONGEST),
        "rice_one": (s.at(ChooseRice()), one),
        "rice_amount_long": (s.at(ChooseRiceAmount(1)), LONGEST),
        "rice_weight_long": (s.at(ChooseRiceWeight(1, 5000)), LONGEST),
        "rice_level_long": (s.at(ChooseRiceLevel(1, 5000)), LONGEST),
        "rice_level_two": (s.at(ChooseRiceLevel(1, 5000)), one),
        "rice_confirm_long": (s.at(ConfirmGoods(bag)), LONGEST),
        "rice_ready_long": (_buying(bag, Progress()), LONGEST),
        "rice_take_long": (_buying(bag, Progress(3750, 5000, "at_take", 1250), WANTED), LONGEST),
    }
    return {name: selling(state, shop) for name, (state, shop) in found.items()}
