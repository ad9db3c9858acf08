"""What is used up, how much since it was last refilled, and: it has been refilled."""

from __future__ import annotations

from kiosk.core.access import find
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import Supply, TechSupplies
from screens.tech_page import TechPage, TechScreen, bar_of, clock, spoken, step_of
from screens.widgets.staff_row import StaffLine

__all__ = ["TechSuppliesScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step = step_of(state, TechSupplies)
    if step.supplies is None:
        return TechPage("耗材", "正在数……", bar=bar_of(state))
    lines = tuple(_line(state, x) for x in step.supplies)
    return TechPage("耗材", "加好了哪一样，就碰哪一样。", lines, page=step.page, bar=bar_of(state))


def _line(state: State, supply: Supply) -> StaffLine:
    who = find(state.rules.operators, supply.by)
    by = who.name if who is not None else supply.by
    when = (
        "还没有记过加料" if supply.refilled_ms is None else f"{clock(supply.refilled_ms)} {by}加的"
    )
    used = f"用了 {supply.used} {supply.unit}"
    return StaffLine(supply.title, when, used, "", "", "supplies.refilled", supply.id)


class TechSuppliesScreen(TechScreen):
    name = "tech_supplies"
