"""One self-test: what to do first, that it runs, what to look at; and what came of those before."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.selftest import SOUND, Phase, Result, Verdict
from kiosk.core.state import State
from kiosk.core.visit.tech_test_steps import TechTest
from kiosk.speech.utterance import SILENCE, Utterance, say
from screens.tech_page import Action, TechPage, TechScreen, bar_of, step_of
from screens.tech_words import LEVELS, reason_words
from screens.widgets.staff_row import StaffLine

__all__ = ["TechTestScreen", "spoken", "view_of"]

SIGNS = {
    Verdict.PASSED: "ok",
    Verdict.FAILED: "bad",
    Verdict.UNKNOWN: "unknown",
    Verdict.SKIPPED: "attention",
}
WORDS = {
    Verdict.PASSED: "通过",
    Verdict.FAILED: "不通过",
    Verdict.UNKNOWN: "没有结果",
    Verdict.SKIPPED: "没有测",
}
VOICE = "您好，今天要办什么？"
LATEST = 4
"""So many of the results before are shown."""


@dataclass(frozen=True, slots=True)
class TestPage(TechPage):
    """``aloud``: the voice is being tested."""

    __test__ = False
    aloud: bool = False


def view_of(state: State) -> TestPage:
    step = step_of(state, TechTest)
    run, check = step.run, step.run.current
    if check is None:
        return TestPage("自检", bar=bar_of(state))
    place = f"第 {len(run.results) + 1} 项，共 {len(run.checks)} 项" if len(run.checks) > 1 else ""
    actions: tuple[Action, ...]
    head = " · ".join(x for x in (check.device, place) if x)
    match run.phase:
        case Phase.PREPARE:
            goods = "这一项会出东西。" if check.goods else ""
            words = f"{check.prepare}{goods}应该：{check.expect}。"
            actions = (
                Action("开始", "test.ready", main=True),
                Action("跳过", "test.skip"),
            )
        case Phase.ASKING:
            words = f"喇叭说了：{VOICE}{check.question}" if check.kind == SOUND else check.question
            actions = (
                Action("是，都好", "test.good", main=True),
                Action("不好", "test.bad"),
            )
        case _:
            words = f"正在测。应该：{check.expect}。"
            actions = (Action("停下这一项", "test.skip"),)
    if len(run.checks) > 1:
        actions += (Action("全部停下", "test.stop"),)
    lines = tuple(map(result_line, reversed(run.results[-LATEST:])))
    aloud = check.kind == SOUND and run.phase is Phase.ASKING
    return TestPage(check.title, f"{head}。{words}", lines, actions, bar=bar_of(state), aloud=aloud)


def result_line(result: Result, target: str = "") -> StaffLine:
    """A result as a row."""
    check = result.check
    return StaffLine(
        check.title,
        said_words(result.said),
        WORDS[result.verdict],
        SIGNS[result.verdict],
        check.device,
        target,
        check.id if target else "",
    )


def said_words(said: str) -> str:
    """What a device answered; its level and reason in words."""
    level, _, reason = said.partition(" ")
    if level not in LEVELS:
        return said
    return " · ".join(x for x in (LEVELS[level], reason_words(reason)) if x)


def spoken(view: TechPage) -> Utterance:
    """Nothing, but for the test of the voice."""
    if isinstance(view, TestPage) and view.aloud:
        return say(VOICE)
    return SILENCE


class TechTestScreen(TechScreen):
    name = "tech_test"
