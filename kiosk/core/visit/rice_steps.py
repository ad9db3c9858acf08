"""From the home screen to the rice that is to be confirmed: which, how much, milled how far. Pure.

From there on rice is goods like any other (``goods_steps``).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import guards
from kiosk.core.goods import Goods
from kiosk.core.rice import JIN_G, LEAST_G, MOST_G, RICE_MILL, RiceBin, goods_of
from kiosk.core.state import State
from kiosk.core.visit.common import Moved, go, leave, stay
from kiosk.core.visit.messages import Touched
from kiosk.core.visit.rice_choices import (
    ChooseRice,
    ChooseRiceAmount,
    ChooseRiceLevel,
    ChooseRiceWeight,
)
from kiosk.core.visit.steps import ConfirmGoods, OutOfService

CHOICES_G = (500, 1000, 1500, 2500, 5000)
"""The amounts with a button of their own; any other by 斤."""


def enter(state: State) -> Moved:
    """From the home screen: what can't be given out isn't offered."""
    if state.rules.rice is None:
        return stay(state)
    reason = trouble(state)
    return go(state, OutOfService(reason) if reason else ChooseRice())


def trouble(state: State) -> str:
    """Why no rice is sold just now, as ``guards.goods_trouble``; empty if it is.

    An empty bin stops the other one too: the mill starts nothing while any fault is set.
    """
    return guards.goods_trouble(state, RICE_MILL)


def touched(state: State, touch: Touched) -> Moved:
    """Something on one of the screens of choosing was touched."""
    reason = trouble(state)
    if reason:
        return go(state, OutOfService(reason))
    step = state.visit.step
    match step:
        case ChooseRice() if touch.target == "rice.bin":
            rice = _bin(state, int(touch.value))
            return go(state, ChooseRiceAmount(rice.number)) if rice else stay(state)
        case ChooseRiceAmount() if touch.target == "rice.grams":
            return _weighed(state, step.bin, int(touch.value))
        case ChooseRiceAmount() if touch.target == "rice.other":
            return go(state, ChooseRiceWeight(step.bin))
        case ChooseRiceWeight():
            return _touched_weight(state, touch, step)
        case ChooseRiceLevel() if touch.target == "rice.level":
            return _level_chosen(state, step, int(touch.value))
        case _:
            return stay(state)


def _touched_weight(state: State, touch: Touched, step: ChooseRiceWeight) -> Moved:
    match touch.target:
        case "rice.more" if step.grams + JIN_G <= MOST_G:
            return go(state, replace(step, grams=step.grams + JIN_G))
        case "rice.less" if step.grams - JIN_G >= LEAST_G:
            return go(state, replace(step, grams=step.grams - JIN_G))
        case "rice.weighed":
            return _weighed(state, step.bin, step.grams)
        case _:
            return stay(state)


def _weighed(state: State, number: int, grams: int) -> Moved:
    if not LEAST_G <= grams <= MOST_G:
        return stay(state)
    return go(state, ChooseRiceLevel(number, grams))


def _level_chosen(state: State, step: ChooseRiceLevel, mill: int) -> Moved:
    shop, rice = state.rules.rice, _bin(state, step.bin)
    level = next((x for x in shop.levels if x.mill == mill), None) if shop else None
    if shop is None or rice is None or level is None:
        return stay(state)
    return go(state, ConfirmGoods(goods_of(shop, rice, level, step.grams)))


def _bin(state: State, number: int) -> RiceBin | None:
    shop = state.rules.rice
    return shop.bin(number) if shop else None


def back(state: State) -> Moved:
    """返回: one question back."""
    match state.visit.step:
        case ChooseRiceAmount():
            return go(state, ChooseRice())
        case ChooseRiceWeight(bin=number):
            return go(state, ChooseRiceAmount(number))
        case ChooseRiceLevel(bin=number, grams=grams):
            chosen = grams in CHOICES_G
            return go(
                state, ChooseRiceAmount(number) if chosen else ChooseRiceWeight(number, grams)
            )
        case _:
            return leave(state)


def back_from(state: State, goods: Goods) -> Moved:
    """返回 from the last look before paying, to the question of the level."""
    return go(state, ChooseRiceLevel(int(goods.setting("bin")), goods.units))
