"""病历本: it comes out, waits to be taken, or goes back since nobody took it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.booklet_pictures import SlotPicture
from screens.widgets.message import Message

MOVING, AT_TAKE, BACK = "moving", "at_take", "calling_back"
SENTENCES = {
    MOVING: (N_("本子正在出来"), N_("请看出本口。"), N_("几秒钟就好，身份证可以收起来了。")),
    AT_TAKE: (
        N_("请拿好病历本"),
        N_("轻轻一抽就出来。"),
        N_("身份证也请收好。过一会儿没有人拿，机器会收回去。"),
    ),
    BACK: (N_("本子先收回去了"), N_("没有关系。"), N_("还要的话，马上可以再领一次。")),
}


@dataclass(frozen=True, slots=True)
class BookletDeliveringView:
    title: str
    lead: str
    words: str
    where: str


def view_of(state: State) -> BookletDeliveringView:
    where = state.visit.progress.word
    where = where if where in SENTENCES else MOVING
    title, lead, words = SENTENCES[where]
    return BookletDeliveringView(_(title), _(lead), _(words), where)


def spoken(view: BookletDeliveringView) -> Utterance:
    return say(view.title, view.lead, view.words)


class BookletDeliveringScreen(Screen):
    """No way out while it moves: it would be left for the next one."""

    name = "booklet_delivering"
    offers = ("help",)

    def build(self) -> None:
        self.picture = self.add(SlotPicture(self.kit, "booklet_delivering.picture"))
        self.words = self.add(
            Message(self.kit, "booklet_delivering.words", em_mm=13.0, lead_mm=18.0)
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        height = self.words.fit(body.w)
        self.words.place(Box(body.x, body.bottom - height, body.w, height))
        top = body.y + px(SPACE.air)
        end = self.words.box.y - px(SPACE.air)
        self.picture.place(Box(body.x, top, body.w, end - top))

    def show(self, view: BookletDeliveringView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words, view.lead)
        self.picture.show(view.where)
        self.shape(view.words)
