"""病历本: this person has had one; when, from when on again, and what to do if it is needed now."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.booklet import OPEN
from kiosk.core.state import State
from kiosk.core.visit.booklet import HadBooklet
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class HadBookletView:
    title: str
    lead: str
    words: str


def view_of(state: State) -> HadBookletView:
    step = state.visit.step
    if not isinstance(step, HadBooklet):
        raise ValueError("nobody has had a booklet")
    if step.on == OPEN:
        title = _("上一本还在核对")
        words = _(
            "上次机器没有看清您的本子拿到没有，工作人员会来核对，核对好就能再领。\n\n"
            "急用的话，碰一下“请人帮忙”。"
        )
        return HadBookletView(title, _("请不用着急。"), words)
    lead = _("{day}领的。").format(day=day_words(step.on))
    words = _(
        "一个人一段时间领一本，{day}起可以再领。\n\n"
        "本子写满了、找不到了，也不要紧：碰一下“请人帮忙”，工作人员会帮您。"
    ).format(day=day_words(step.again))
    return HadBookletView(_("您已经领过一本了"), lead, words)


def day_words(day: str) -> str:
    """``2026-03-05`` → ``2026年3月5日``."""
    year, month, number = day.split("-")
    return _("{year}年{month}月{day}日").format(year=year, month=int(month), day=int(number))


def spoken(view: HadBookletView) -> Utterance:
    """When this person had one is not for everybody's ears."""
    return say(view.title, if_asked(view.lead), view.words)


class HadBookletScreen(Screen):
    name = "had_booklet"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "had_booklet.words", em_mm=13.0, lead_mm=16.0))
        self.call = self.add(
            Button(
                self.kit,
                "booklet.call_person",
                "",
                lambda: self.send("booklet.call_person", None),
                guard=True,
            )
        )
        self.done = self.add(
            Button(
                self.kit,
                "booklet.done",
                "",
                lambda: self.send("booklet.done", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        self.call.place(Box(body.x, self.done.box.y - gap - button, body.w, button))
        height = self.words.fit(body.w) + px(10)
        self.words.place(Box(body.x, body.y + px(SPACE.air), body.w, height))

    def show(self, view: HadBookletView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words, view.lead)
        self.call.say(_("请人帮忙"))
        self.done.say(_("知道了"))
        self.shape(view.lead, view.words)
