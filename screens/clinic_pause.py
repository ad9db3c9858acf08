"""One reading is there: it is shown, and a minute goes by before the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.clinic_text import reading_words
from kiosk.core.clinic import READINGS, Reading
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicPause
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.clinic_layout import clock, place_column
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.values import PressureValues

TITLES = (N_("第一次量好了"), N_("第二次量好了"))
NEXT = (N_("开始第二次"), N_("开始第三次"))


@dataclass(frozen=True, slots=True)
class PauseView:
    """``left`` is empty once the next measurement may begin."""

    title: str
    reading: Reading = field(repr=False)
    words: str
    left: str
    button: str


def view_of(state: State) -> PauseView:
    step = state.visit.step
    if not isinstance(step, ClinicPause):
        raise ValueError("there is no pause")
    done = len(step.session.readings)
    n = min(done, len(TITLES)) - 1
    if step.left:
        words = _("再歇一会儿，坐着别动，不说话。量两次取平均才准。")
        if done >= READINGS:
            words = _("两次差得多了些，歇一会儿，再量一次更准。")
    else:
        words = _("手臂放好，就可以量下一次了。")
    left = clock(step.left) if step.left else ""
    return PauseView(_(TITLES[n]), step.session.readings[-1], words, left, _(NEXT[n]))


def spoken(view: PauseView) -> Utterance:
    """The reading is for the eyes, and for the ears of whoever asks."""
    return say(view.title, *map(if_asked, reading_words(view.reading)), view.words)


class ClinicPauseScreen(Screen):
    """The button comes when its time has come; going on early or ending is the person's choice."""

    name = "clinic_pause"
    offers = ("home", "help")

    def build(self) -> None:
        self.values = self.add(PressureValues(self.kit, "clinic_pause.value"))
        self.words = self.add(Message(self.kit, "clinic_pause.words", em_mm=13.0))
        self.left = self.add(
            Label(
                self.kit, "clinic_pause.left", em_mm=40.0, face="bold", align="center",
                anchor="middle", role="time",
            )
        )  # fmt: skip
        self.start = self.add(
            Button(
                self.kit,
                "clinic.start",
                "",
                lambda: self.send("clinic.start", None),
                kind="main",
                guard=True,
                em_mm=22.0,
            )
        )
        self.enough = self.add(
            Button(
                self.kit,
                "clinic.enough",
                "",
                lambda: self.send("clinic.enough", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = place_column(self, body, self.enough)
        high = px(60)
        place = Box(body.x, top - high, body.w, high)
        self.start.place(place)
        self.left.place(place)
        start = body.y + px(5)
        values = Box(body.x, start, body.w, self.values.fit())
        self.values.place(values)
        words = values.bottom + px(SPACE.air)
        self.words.place(Box(body.x, words, body.w, self.words.fit(body.w)))

    def show(self, view: PauseView) -> None:
        self.heading.say(view.title)
        self.values.show(view.reading)
        self.words.say(view.words)
        self.left.visible = bool(view.left)
        self.start.visible = not view.left
        self.left.say(view.left)
        self.start.say(view.button)
        self.enough.say(_("不量了，看结果"))
        self.shape(view.words)
