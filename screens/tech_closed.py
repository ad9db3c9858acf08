"""维护中: what residents see while somebody works on the machines."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.tech_steps import TechClosed
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.tech_page import step_of
from screens.theme import SPACE
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class TechClosedView:
    title: str
    lead: str
    words: str


def view_of(state: State) -> TechClosedView:
    step_of(state, TechClosed)
    lead = _("工作人员正在检查机器，修好马上就开。")
    return TechClosedView(_("维护中"), lead, _("您付过的钱和单子都在，不会丢。"))


def spoken(view: TechClosedView) -> Utterance:
    return say(view.title, view.lead, view.words)


class TechClosedScreen(Screen):
    name = "tech_closed"
    offers = ()

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "tech_closed.words", "wait", em_mm=13.0))

    def arrange(self, body: Box) -> None:
        top = body.y + self.theme.px(SPACE.air)
        height = self.words.fit(body.w) + self.theme.px(8)
        self.words.place(Box(body.x, top, body.w, height))

    def show(self, view: TechClosedView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words, view.lead)
        self.shape(view.words)
