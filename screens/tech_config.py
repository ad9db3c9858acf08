"""cabin.toml: the one in use, a new one with its mistakes, and the one before."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit.tech_steps import ConfigFound, TechConfig
from screens.tech_page import Action, TechPage, TechScreen, bar_of, clock, spoken, step_of
from screens.widgets.staff_row import StaffLine

__all__ = ["TechConfigScreen", "spoken", "view_of"]

SAID = {
    "taken": "换好了，正在重新启动。",
    "not_taken": "没有换成，还是用原来的。",
}


def view_of(state: State) -> TechPage:
    step = step_of(state, TechConfig)
    found = step.found
    if found is None:
        return TechPage("配置文件", "正在看……", bar=bar_of(state))
    good = found.new_ms is not None and not found.mistakes
    actions = (
        Action("再看一次", "config.look"),
        Action("退回上一份", "config.old", enabled=found.old_ms is not None),
        Action("用新的一份", "config.new", main=True, enabled=good),
    )
    hint = SAID.get(step.said, f"新的一份请放在旁边，叫 {found.path}.new。")
    return TechPage("配置文件", hint, _lines(found), actions, step.page, bar_of(state))


def _lines(found: ConfigFound) -> tuple[StaffLine, ...]:
    none = "没有"
    new = none if found.new_ms is None else f"{clock(found.new_ms)} 写的"
    old = none if found.old_ms is None else f"{clock(found.old_ms)} 写的"
    checked = "" if found.new_ms is None else "有错" if found.mistakes else "查过，没有错"
    sign = "" if found.new_ms is None else "bad" if found.mistakes else "ok"
    lines = [
        StaffLine("现在用的", f"{found.path} · {clock(found.in_use_ms)} 写的", "", "ok"),
        StaffLine("新的一份", new, checked, sign),
        StaffLine("上一份", old),
    ]
    for mistake in found.mistakes:
        place, _colon, what = mistake.partition(": ")
        wrong, _colon, allowed = what.partition("; allowed: ")
        lines.append(StaffLine(f"第 {place.rpartition(':')[2]} 行", wrong, "", "bad"))
        lines.append(StaffLine("可以是", allowed))
    return tuple(lines)


class TechConfigScreen(TechScreen):
    name = "tech_config"
