"""Is somebody still here? One large button, any number of times."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.order import PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label


@dataclass(frozen=True, slots=True)
class IdleView:
    title: str
    words: str


def view_of(state: State) -> IdleView:
    seconds = round(state.rules.idle_reset_s)
    order = order_at_screen(state)
    unknown = order is not None and order.payment.state is PaymentState.UNKNOWN
    if unknown and order is not None and order.paper.state is PaperState.NONE:
        words = _("过 {seconds} 秒，机器会打一张凭条，然后回到首页。付款结果我们会一直问。")
    elif unknown:
        words = _("过 {seconds} 秒没人碰，就回到首页。付款结果我们会一直问。")
    else:
        words = _("过 {seconds} 秒没人碰，就回到首页，您刚才看的内容会清掉。")
    return IdleView(_("您还在用吗？"), words.format(seconds=seconds))


def spoken(view: IdleView) -> Utterance:
    return say(view.title, view.words)


class IdleScreen(Screen):
    name = "idle"
    offers = ()

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "idle.words", em_mm=14.0))
        self.stay = self.add(
            Button(
                self.kit,
                "idle.stay",
                "",
                lambda: self.send("idle.stay", None),
                kind="main",
                guard=True,
                em_mm=24.0,
            )
        )
        self.leave = self.add(
            Button(self.kit, "idle.leave", "", lambda: self.send("idle.leave", None), guard=True)
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.leave.place(Box(body.x, body.bottom - button, body.w, button))
        large = px(120)
        self.stay.place(Box(body.x, self.leave.box.y - gap - large, body.w, large))
        top = body.y + px(3)
        self.words.place(Box(body.x, top, body.w, self.stay.box.y - gap - top))

    def show(self, view: IdleView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.stay.say(_("还在用"))
        self.leave.say(_("不用了，回首页"))
