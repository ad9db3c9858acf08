"""Prices and services, and the ways to supplies, configuration and the sign."""

from __future__ import annotations

from kiosk.core.access import Right, may
from kiosk.core.money import yuan
from kiosk.core.state import State
from kiosk.core.visit.tech_settings import services
from kiosk.core.visit.tech_steps import TechSettings
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of
from screens.tech_words import SERVICES
from screens.widgets.staff_row import StaffLine

__all__ = ["TechSettingsScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step_of(state, TechSettings)
    who = state.visit.operator
    lines: list[StaffLine] = []
    listed = dict(state.overrides.listed)
    if may(who, Right.SERVICES):
        lines += [_service(state, x) for x in services(state)]
    if may(who, Right.PRICES) and state.rules.rice is not None:
        lines += [
            StaffLine(
                f"{x.number} 号仓 {x.name}",
                f"一斤的价钱，碰一下就改。配置里是 ¥ {yuan(listed.get(x.number, x.price_fen))}",
                f"¥ {yuan(x.price_fen)}",
                target="settings.price",
                value=str(x.number),
            )
            for x in state.rules.rice.bins
        ]
    actions = []
    if may(who, Right.SUPPLIES):
        actions.append(Action("耗材", "settings.supplies"))
    if may(who, Right.CONFIG):
        actions.append(Action("配置文件", "settings.config"))
    if may(who, Right.DEVICES):
        actions.append(Action("挂“维护中”", "settings.closed"))
    return TechPage("设置", "", tuple(lines), tuple(actions), bar=bar_of(state))


def _service(state: State, name: str) -> StaffLine:
    off = name in state.overrides.off
    detail = "停着，碰一下就开" if off else "开着，碰一下就停"
    return StaffLine(
        SERVICES[name],
        detail,
        "停" if off else "开",
        "attention" if off else "ok",
        target="settings.service",
        value=name,
    )


class TechSettingsScreen(TechScreen):
    name = "tech_settings"
