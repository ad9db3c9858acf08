"""Nobody is here: the clock, and one sentence. Any touch only wakes the screen."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.i18n import _
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.services import SERVICES
from screens.theme import TYPE
from screens.widgets.label import Label

LINES = 4


@dataclass(frozen=True, slots=True)
class AttractView:
    clock: str
    name: str
    words: str


EMPTY = AttractView("", "", "")


def view_of(state: State) -> AttractView:
    return AttractView(state.face.text, state.rules.cabin_name, _words(state))


def _words(state: State) -> str:
    """What can be done here just now, in lines of at most two."""
    deeds = [_(x.deed) for x in SERVICES if x.there(state) and not x.trouble(state)]
    if not deeds:
        return _("碰一下屏幕，就会亮。")
    lines = [_("、").join(deeds[at : at + 2]) for at in range(0, len(deeds), 2)]
    return _("碰一下屏幕，就可以\n{deeds}。").format(deeds=_("、\n").join(lines))


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
        self.words.place(Box(body.x, top + figure + px(16), body.w, LINES * line))

    def show(self, view: AttractView) -> None:
        self.heading.say("")
        self.name_label.say(view.name)
        self.clock.say(view.clock)
        self.words.say(view.words)
