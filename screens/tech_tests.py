"""Which self-tests this cabin has: one by a touch, or all in a guided run."""

from __future__ import annotations

from kiosk.core.selftest import Check
from kiosk.core.state import State
from kiosk.core.visit.tech_test_steps import TechTests
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of
from screens.widgets.staff_row import StaffLine

__all__ = ["TechTestsScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step = step_of(state, TechTests)
    if step.checks is None:
        return TechPage("自检", "正在看有哪些……", bar=bar_of(state))
    lines = tuple(_line(x) for x in step.checks if step.role in ("", x.role))
    actions = () if step.role else (Action("全部测一遍", "tests.all", main=True),)
    hint = "" if lines else "这台设备没有自检。"
    return TechPage("自检", hint, lines, actions, step.page, bar_of(state))


def _line(check: Check) -> StaffLine:
    word = "会出东西" if check.goods else "要动手" if check.prepare else ""
    return StaffLine(check.title, check.expect, word, "", check.device, "tests.one", check.id)


class TechTestsScreen(TechScreen):
    name = "tech_tests"
