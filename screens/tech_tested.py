"""What came of self-tests, and what to do about each that didn't pass."""

from __future__ import annotations

from kiosk.core.selftest import Result, Run, Verdict
from kiosk.core.state import State
from kiosk.core.visit.tech_test_steps import TechTested
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of
from screens.tech_test import WORDS, result_line
from screens.widgets.staff_row import StaffLine

__all__ = ["TechTestedScreen", "spoken", "view_of"]

PAPER = {
    "printing": "正在打印报告。",
    "printed": "报告打印好了。",
    "not_printed": "报告没有打出来。",
    "": "",
}
A_LINE, LINES_A_ROW = 26, 4
"""Characters of the hint on a line, and how many lines more than one cost a row."""
FIRST = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.SKIPPED, Verdict.PASSED)


def view_of(state: State) -> TechPage:
    step = step_of(state, TechTested)
    results = sorted(step.run.results, key=lambda x: FIRST.index(x.verdict))
    actions: tuple[Action, ...] = (
        Action("打印报告", "tested.print", enabled=step.said != "printing"),
    )
    if any(x.verdict is not Verdict.PASSED for x in results):
        actions += (Action("再测没通过的", "tested.again"),)
    lines: tuple[StaffLine, ...] = tuple(result_line(x, "tested.look") for x in results)
    hint = _hint(step, results)
    less = -(-max(0, len(hint) // A_LINE) // LINES_A_ROW)
    return TechPage(_title(step.run), hint, lines, actions, step.page, bar_of(state), less=less)


def _title(run: Run) -> str:
    bad = run.count(Verdict.FAILED) + run.count(Verdict.UNKNOWN)
    if bad:
        return f"{bad} 项没有通过"
    skipped = run.count(Verdict.SKIPPED)
    return f"{skipped} 项没有测" if skipped else "全部通过"


def _hint(step: TechTested, results: list[Result]) -> str:
    """The report's whereabouts, and all about the result that was touched or is the worst."""
    where = {"": "", "-": "报告存不下来，看磁盘。"}.get(step.saved, "报告存好了。")
    looked = next((x for x in results if x.check.id == step.look), results[0] if results else None)
    about = ""
    if looked is not None and (step.look or looked.verdict is not Verdict.PASSED):
        check = looked.check
        about = f"{check.device}，{check.title}：{WORDS[looked.verdict]}。应该：{check.expect}。"
        if looked.verdict is not Verdict.PASSED:
            about += f"怎么办：{check.advice}"
    if sum(x.verdict is not Verdict.PASSED for x in results) > 1 and not step.look:
        about += "点别的一行，看那一项怎么办。"
    return f"{PAPER[step.said]}{where}{about}"


class TechTestedScreen(TechScreen):
    name = "tech_tested"
