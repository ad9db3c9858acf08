"""The arm goes in; then start, here or at the meter."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_common import rules_of
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_column
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message
from screens.widgets.sitting import ARM, Sitting


@dataclass(frozen=True, slots=True)
class ArmView:
    title: str
    words: str
    button: str


def view_of(state: State) -> ArmView:
    if rules_of(state).remote_start:
        words = _("放好了，就碰下面的“开始量”。\n也可以按血压计上的开始键。")
        return ArmView(_("请把手臂伸进去"), words, _("开始量"))
    words = _("这台血压计要按它自己的开始键。\n放好了，先碰下面，再去按键。")
    return ArmView(_("请把手臂伸进去"), words, _("放好了"))


def spoken(view: ArmView) -> Utterance:
    return say(view.title, *map(_, ARM), view.words)


class ClinicArmScreen(Screen):
    name = "clinic_arm"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.picture = self.add(Sitting(self.kit, "clinic_arm.picture", arm=True))
        self.words = self.add(Message(self.kit, "clinic_arm.words", em_mm=13.0))
        self.start = self.add(
            Button(
                self.kit,
                "clinic.start",
                "",
                lambda: self.send("clinic.start", None),
                kind="main",
                guard=True,
                em_mm=26.0,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = place_column(self, body, self.start, height_mm=80)
        height = self.words.fit(body.w)
        words = Box(body.x, top - height, body.w, height)
        self.words.place(words)
        start = body.y + px(SPACE.air)
        self.picture.place(Box(body.x, start, body.w, words.y - px(SPACE.air) - start))

    def show(self, view: ArmView) -> None:
        self.heading.say(view.title)
        self.picture.show()
        self.words.say(view.words)
        self.start.say(view.button)
        self.shape(view.words)
