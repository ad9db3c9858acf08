"""A measurement brought no reading: why, and what to try."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicTrouble, Why
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_column
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message

REASONS = {
    Why.STOPPED: N_("已经停下了，袖带松开了。"),
    Why.UNSURE: N_("手臂抽出来就好。袖带松了没有，机器不知道；还鼓着的话，请告诉工作人员。"),
    Why.TOO_HIGH: N_("袖带的压力太高，已经停下。请放松手臂，坐直，再量一次。"),
    Why.LEAK: N_("袖带漏气，量不出来。请把手臂放好再试；还不行，请告诉工作人员。"),
    Why.MOVED: N_("没有量准，可能是手臂动了，或说了话。请坐好，放松，再量一次。"),
    Why.NO_PULSE: N_("没有找到脉搏。请把手臂伸到底，衣服穿薄一点，再量一次。"),
    Why.DEFLATION: N_("袖带放气不正常。请先抽出手臂，再告诉工作人员。"),
    Why.BATTERY: N_("血压计快没电了，现在量不了。请告诉工作人员。"),
    Why.MOTOR: N_("血压计的气泵没有转起来。请告诉工作人员。"),
    Why.IMPLAUSIBLE: N_("这次量出来的数不可靠，不能算。请坐好，再量一次。"),
    Why.NO_RESULT: N_("血压计没有给出结果，已经叫它停下。请再量一次。"),
    Why.NOT_STARTED: N_("血压计没有开始量。请再试一次。"),
    Why.NOT_READY: N_("血压计还没有准备好。请等一会儿再试。"),
    Why.LOST: N_("和血压计的连线断了。请先抽出手臂，再告诉工作人员。"),
    Why.OTHER: N_("血压计没有量成。请再量一次；还不行，请告诉工作人员。"),
}


@dataclass(frozen=True, slots=True)
class TroubleView:
    """``some``: there are readings of before."""

    title: str
    words: str
    some: bool


def view_of(state: State) -> TroubleView:
    step = state.visit.step
    if not isinstance(step, ClinicTrouble):
        raise ValueError("there is no trouble")
    stopped = step.why is Why.STOPPED
    title = _("已经停了") if stopped else _("这次没有量成")
    return TroubleView(title, _(REASONS[step.why]), bool(step.session.readings))


def spoken(view: TroubleView) -> Utterance:
    return say(view.title, view.words)


class ClinicTroubleScreen(Screen):
    name = "clinic_trouble"
    offers = ("home", "help")

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "clinic_trouble.words", "wait", em_mm=18.0))
        self.again = self.add(
            Button(
                self.kit,
                "clinic.again",
                "",
                lambda: self.send("clinic.again", None),
                kind="main",
                guard=True,
                em_mm=20.0,
            )
        )
        self.enough = self.add(
            Button(
                self.kit,
                "clinic.enough",
                "",
                lambda: self.send("clinic.enough", None),
                guard=True,
                em_mm=18.0,
            )
        )

    def arrange(self, body: Box) -> None:
        place_column(self, body, self.again, self.enough, height_mm=50)
        top = body.y + self.theme.px(SPACE.air)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))

    def show(self, view: TroubleView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.again.say(_("再量一次"))
        self.enough.say(_("不量了，看前面的结果"))
        self.enough.visible = view.some
        self.shape(view)
