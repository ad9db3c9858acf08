"""The result as a code that a phone reads without any network; the paper's stand-in as well."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk import clinic_fhir
from kiosk.clinic_text import plain_text
from kiosk.core.clinic import Reading, mean_of
from kiosk.core.state import State
from kiosk.core.visit.clinic_common import rules_of
from kiosk.core.visit.clinic_steps import ClinicCode, Paper
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_pairs
from screens.drawing import Box
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.qr import QrImage


@dataclass(frozen=True, slots=True)
class CodeView:
    """``number`` is the result as figures, to be written down."""

    title: str
    words: str
    code: str = field(repr=False)
    number: str = field(repr=False)
    other: str
    reprint: bool


def view_of(state: State) -> CodeView:
    step = state.visit.step
    if not isinstance(step, ClinicCode):
        raise ValueError("there is no code")
    outcome, name = step.outcome, state.rules.cabin_name
    words = _("手机扫一扫，不用网络也能看。也可以拍照，或记下数字。")
    if outcome.paper is Paper.FAILED:
        words = _("纸没有打出来。请用手机扫一扫，不用网络，或记下数字。")
    elif outcome.paper is Paper.UNKNOWN:
        words = _("纸不一定打全了。请用手机扫一扫，不用网络，或记下数字。")
    other = ""
    if rules_of(state).fhir:
        other = _("换成普通文字") if step.fhir else _("给医院电脑的")
    return CodeView(
        _("用手机带走结果"),
        words,
        clinic_fhir.text(outcome) if step.fhir else plain_text(outcome, name),
        _figures(mean_of(outcome.session.readings)),
        other,
        outcome.paper in (Paper.FAILED, Paper.UNKNOWN),
    )


def _figures(mean: Reading) -> str:
    return f"{mean.systolic}/{mean.diastolic}  {mean.pulse}"


def spoken(view: CodeView) -> Utterance:
    """Neither the figures nor the code."""
    return say(view.title, view.words)


class ClinicCodeScreen(Screen):
    name = "clinic_code"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "clinic_code.words", em_mm=12.0))
        self.code = self.add(QrImage(self.kit, "clinic_code.code"))
        self.number = self.add(
            Label(
                self.kit,
                "clinic_code.number",
                em_mm=20.0,
                face="bold",
                align="center",
                anchor="middle",
                private=True,
            )
        )
        self.done = self._button("clinic.done", "main")
        self.again = self._button("clinic.print")
        self.other = self._button("clinic.fhir")

    def _button(self, touch_id: str, kind: str = "plain") -> Button:
        return self.add(
            Button(self.kit, touch_id, "", lambda: self.send(touch_id, None), kind=kind, guard=True)
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        end = place_pairs(self, body, self.other, self.again, self.done)
        line = self.number.line_px
        number = Box(body.x, end - line + px(4), body.w, line)
        self.number.place(number)
        words = Box(body.x, body.y + px(2), body.w, self.words.fit_height(body.w))
        self.words.place(words)
        top = words.bottom + px(4)
        side = min(body.w, number.y - px(1) - top)
        self.code.place(Box(body.x + (body.w - side) // 2, top, side, side))

    def show(self, view: CodeView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.code.show(view.code)
        self.number.say(view.number)
        self.done.say(_("好了"))
        self.again.say(_("再打一次"))
        self.again.visible = view.reprint
        self.other.say(view.other)
        self.other.visible = bool(view.other)
        self.shape(view.words, view.reprint, view.other)
