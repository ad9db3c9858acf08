"""请把原件拿走: the last screen of everybody who was asked to lay something on the glass."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import TakeOriginal
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.glass import CARD, GlassPicture
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class PrintTakeView:
    title: str
    words: str


def view_of(state: State) -> PrintTakeView:
    if not isinstance(state.visit.step, TakeOriginal):
        raise ValueError("nothing lies on the glass")
    words = _("掀开盖子看一看：身份证、纸，别忘在玻璃板上。")
    return PrintTakeView(_("请把原件拿走"), words)


def spoken(view: PrintTakeView) -> Utterance:
    return say(view.title, view.words)


class PrintTakeScreen(Screen):
    name = "print_take"
    offers = ("help",)

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "print_take.words", "wait", em_mm=16.0))
        self.picture = self.add(GlassPicture(self.kit, "print_take.picture"))
        self.taken = self.add(
            Button(
                self.kit,
                "copy.taken",
                "",
                lambda: self.send("copy.taken", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = body.y + px(SPACE.air)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))
        button = px(SPACE.button)
        self.taken.place(Box(body.x, body.bottom - button, body.w, button))
        top = self.words.box.bottom + px(SPACE.gap)
        end = self.taken.box.y - px(SPACE.gap)
        self.picture.place(Box(body.x, top, body.w, end - top))

    def show(self, view: PrintTakeView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.picture.show(CARD, taken=True)
        self.taken.say(_("拿走了"))
        self.shape(view.words)
