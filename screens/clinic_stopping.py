"""The cuff is being let go; if nobody can say whether it is, what a person can do."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_common import rules_of
from kiosk.core.visit.clinic_steps import ClinicStopping
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_stop, stop_button
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class StoppingView:
    """``loud``: the machine doesn't answer."""

    title: str
    lead: str
    words: str
    loud: bool


def view_of(state: State) -> StoppingView:
    step = state.visit.step
    if not isinstance(step, ClinicStopping):
        raise ValueError("nothing is being stopped")
    if not step.loud:
        lead = _("正在放气") if step.heard else _("正在停下来")
        return StoppingView(
            _("停下来了，请等几秒"), lead, _("手臂先别用力，松开了再拿出来。"), False
        )
    if rules_of(state).remote_start:
        lead = _("请抽出手臂\n或按急停")
    else:
        lead = _("请抽出手臂\n或按血压计的停止键")
    words = _("机器没有回话，不知道袖带松开了没有。机器还在一直叫它停。")
    if not rules_of(state).remote_start:
        words = _("这台血压计只有它自己的键能停。")
    return StoppingView(_("请马上抽出手臂"), lead, words, True)


def spoken(view: StoppingView) -> Utterance:
    return say(view.title, view.lead, view.words)


class ClinicStoppingScreen(Screen):
    """停止 stays where it was: it can be said again."""

    name = "clinic_stopping"
    offers = ()

    def build(self) -> None:
        self.message = self.add(
            Message(self.kit, "clinic_stopping.words", "wait", em_mm=14.0, lead_mm=28.0)
        )
        self.out = self.add(
            Button(
                self.kit,
                "clinic.arm_out",
                "",
                lambda: self.send("clinic.arm_out", None),
                guard=True,
            )
        )
        self.stop = stop_button(self)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        end = place_stop(self, self.stop, body).y - gap
        if self.out.visible:
            height = px(SPACE.button)
            self.out.place(Box(body.x, end - height, body.w, height))
            end -= height + gap
        top = body.y + px(SPACE.air)
        self.message.place(Box(body.x, top, body.w, end - top))

    def show(self, view: StoppingView) -> None:
        self.heading.say(view.title)
        self.message.say(view.words, view.lead)
        self.out.visible = view.loud
        self.out.say(_("手臂已经抽出来了"))
        self.stop.say(_("停止"))
        self.shape(view)
