"""Nobody is here: the clock, and one sentence. Any touch only wakes the screen."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.i18n import _
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import TYPE
from screens.widgets.label import Label


@dataclass(frozen=True, slots=True)
class AttractView:
    clock: str
    name: str
    words: str


EMPTY = AttractView("", "", "")


def view_of(state: State) -> AttractView:
    words = _("碰一下屏幕，\n就可以缴水费、电费、煤气费。")
    return AttractView(state.face.text, state.rules.cabin_name, words)


def spoken(_view: AttractView) -> Utterance:
    return SILENCE  # nobody is here


class AttractScreen(Screen):
    name = "attract"
    offers = ()

    def build(self) -> None:
        self.name_label = self.add(
            Label(self.kit, "attract.name", em_mm=26.0, face="serif", align="center")
        )
        self.clock = self.add(
            Label(
                self.kit,
                "attract.clock",
                em_mm=TYPE.figure,
                face="bold",
                align="center",
                anchor="middle",
                role="time",
            )
        )
        self.words = self.add(Label(self.kit, "attract.words", em_mm=14.0, align="center"))
        self.top.visible = False
        self.bottom.visible = False

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        height = self.theme.height
        figure = round(px(TYPE.figure) * TYPE.line)
        name = round(px(26.0) * TYPE.line)
        top = height // 2 - figure // 2 - px(20)
        self.clock.place(Box(body.x, top, body.w, figure))
        self.name_label.place(Box(body.x, top - name - px(10), body.w, name))
        line = round(px(14.0) * TYPE.line)
        self.words.place(Box(body.x, top + figure + px(16), body.w, 2 * line))

    def show(self, view: AttractView) -> None:
        self.heading.say("")
        self.name_label.say(view.name)
        self.clock.say(view.clock)
        self.words.say(view.words)
