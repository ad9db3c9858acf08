"""The result: two figures, the grade by the guideline it names, plain advice, and what to take."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.clinic_text import (
    GUIDELINE,
    NO_DIAGNOSIS,
    advice_words,
    grade_words,
    mean_words,
    reading_words,
)
from kiosk.core.clinic import Advice, Reading, advice_of, mean_of
from kiosk.core.state import SCANNER, State
from kiosk.core.visit.clinic_common import rules_of
from kiosk.core.visit.clinic_steps import ClinicResult, Paper
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.clinic_layout import place_pairs
from screens.drawing import Box
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.values import PressureValues

_GRADE = (17.0, 14.0)  # em of the grade, mm


@dataclass(frozen=True, slots=True)
class ResultView:
    """``record``: the result can go to a health record. ``urgent``: the advice is to hurry."""

    title: str
    reading: Reading = field(repr=False)
    grade: str = field(repr=False)
    advice: str = field(repr=False)
    guideline: str
    paper: str
    print_words: str
    can_print: bool
    record: bool
    urgent: bool = field(repr=False)


def view_of(state: State) -> ResultView:
    step = state.visit.step
    if not isinstance(step, ClinicResult):
        raise ValueError("there is no result")
    session, paper = step.outcome.session, step.outcome.paper
    mean = mean_of(session.readings)
    advice = advice_of(session.readings, symptoms=session.symptoms is True)
    guideline = _(GUIDELINE) + "\n" + mean_words(session) + " · " + _(NO_DIAGNOSIS)
    said = {
        Paper.PRINTING: _("正在打印，请等一下。"),
        Paper.PRINTED: _("打好了，请拿好您的纸。"),
    }
    again = paper in (Paper.PRINTED, Paper.UNKNOWN)
    return ResultView(
        _("量好了"),
        mean,
        grade_words(mean),
        advice_words(session),
        guideline,
        said.get(paper, _("结果不留在机器里，走之前请带上。")),
        _("再打一张") if again else _("打印结果"),
        paper is not Paper.PRINTING,
        rules_of(state).record and state.device(SCANNER).level.usable,
        advice in (Advice.DOCTOR_TODAY, Advice.EMERGENCY),
    )


def spoken(view: ResultView) -> Utterance:
    """Figures and grade to whoever asks. Advice to hurry is said at once, other advice as they."""
    advice = view.advice if view.urgent else if_asked(view.advice)
    asked = map(if_asked, (*reading_words(view.reading), *view.grade.split("，")))
    return say(view.title, *asked, advice, view.paper)


class ClinicResultScreen(Screen):
    name = "clinic_result"
    offers = ("home", "help")

    def build(self) -> None:
        self.values = self.add(PressureValues(self.kit, "clinic_result.value"))
        self.grade = self.add(
            Label(self.kit, "clinic_result.grade", em_mm=_GRADE[0], face="bold", private=True)
        )
        self.guideline = self.add(
            Label(self.kit, "clinic_result.guideline", em_mm=10.0, colour="soft")
        )
        self.advice = self.add(Message(self.kit, "clinic_result.advice", em_mm=14.0, private=True))
        self.paper = self.add(Label(self.kit, "clinic_result.paper", em_mm=11.0))
        self.print = self._button("clinic.print", "main")
        self.code = self._button("clinic.code")
        self.record = self._button("clinic.record")
        self.done = self._button("clinic.done")

    def _button(self, touch_id: str, kind: str = "plain") -> Button:
        return self.add(
            Button(self.kit, touch_id, "", lambda: self.send(touch_id, None), kind=kind, guard=True)
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        end = place_pairs(self, body, self.print, self.code, self.record, self.done)
        line = self.paper.line_px
        self.paper.place(Box(body.x, end - line + px(3), body.w, line))
        top = body.y + px(2)
        values = Box(body.x, top, body.w, self.values.fit())
        self.values.place(values)
        top = values.bottom + px(2)
        high = self._fit_grade(body.w)
        self.grade.place(Box(body.x, top, body.w, high))
        top += high
        high = self.guideline.fit_height(body.w)
        self.guideline.place(Box(body.x, top, body.w, high))
        top += high + px(3)
        high = self.advice.fit(body.w)
        self.advice.place(Box(body.x, top, body.w, high))

    def _fit_grade(self, width: int) -> int:
        """The largest size in which the grade stands on one line; its height in pixels."""
        for em_mm in _GRADE:
            self.grade.resize(em_mm)
            if self.grade.fit_height(width) == self.grade.line_px:
                break
        return self.grade.fit_height(width)

    def show(self, view: ResultView) -> None:
        self.heading.say(view.title)
        self.values.show(view.reading)
        self.grade.say(view.grade)
        self.guideline.say(view.guideline)
        self.advice.turn("wait" if view.urgent else "info")
        self.advice.say(view.advice)
        self.paper.say(view.paper)
        self.print.say(view.print_words)
        self.print.enable(view.can_print)
        self.code.say(_("用手机拍走"))
        self.record.say(_("自助扫码"))
        self.record.visible = view.record
        self.done.say(_("好了"))
        self.shape(view.grade, view.advice, view.record, view.guideline)
