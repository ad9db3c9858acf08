"""The machine and the books behind the devices."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit.tech_steps import TechCabin
from screens.tech_page import TechPage, TechScreen, bar_of, clock, spoken, step_of
from screens.widgets.staff_row import StaffLine

__all__ = ["TechCabinScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step = step_of(state, TechCabin)
    if step.survey is None:
        return TechPage("小屋情况", "正在看……", bar=bar_of(state))
    lines = tuple(StaffLine(x.name, x.value, "", x.sign) for x in step.survey.cabin)
    hint = f"{clock(step.survey.at_ms)} 的情况"
    return TechPage("小屋情况", hint, lines, page=step.page, bar=bar_of(state))


class TechCabinScreen(TechScreen):
    name = "tech_cabin"
