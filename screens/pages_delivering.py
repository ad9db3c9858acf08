"""The pages come out: how many of how many; and why they don't, with what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.common import held_up, order_at_screen
from kiosk.core.visit.view import exits
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.page import JobBar

_STOPPED = {
    "paper_out": N_("没有纸了"),
    "tray_missing": N_("纸盒没有放好"),
    "jammed": N_("卡纸了"),
    "cover_open": N_("打印机的盖子开着"),
    "toner_out": N_("没有墨粉了"),
    "output_full": N_("出来的纸太多，放不下了"),
}
_NOW = {
    "sending": N_("正在把文件交给打印机。"),
    "waiting": N_("打印机在忙，轮到了马上就打。"),
    "stopping": N_("正在停下，请等一下。"),
}


@dataclass(frozen=True, slots=True)
class PagesDeliveringView:
    """``stop``: what the button says; empty: there is none. ``amber``: it doesn't go on."""

    title: str
    figure: str
    share: float
    lead: str
    words: str
    stop: str = ""
    amber: bool = False
    home: bool = False


def view_of(state: State) -> PagesDeliveringView:
    order = order_at_screen(state)
    if order is None or not order.goods:
        raise ValueError("nothing is printed")
    goods, progress = order.goods[0].goods, state.visit.progress
    figure = _("{n} / {all} 面").format(n=progress.done, all=goods.units)
    share = progress.done / goods.units
    if not held_up(state):
        lead = _(_NOW.get(progress.word, N_("正在打，请等一下。")))
        words = _("打好的纸从打印机里出来。打完还有小票。")
        return PagesDeliveringView(_("正在打印"), figure, share, lead, words)
    lead = _(_STOPPED.get(progress.word, N_("打印机停下来了")))
    words = _("您的钱不会少。工作人员弄好，就会接着打。不想等，就碰下面：没打的，钱退给您。")
    stop = _("不等了，没打的退钱")
    if not order.amount_fen:
        words, stop = _("工作人员弄好，就会接着打。不想等，就碰下面。"), _("不等了")
    home = exits(state)[1]
    return PagesDeliveringView(_("打印停了一下"), figure, share, lead, words, stop, True, home)


def spoken(view: PagesDeliveringView) -> Utterance:
    return say(view.title, view.lead, view.words)


class PagesDeliveringScreen(Screen):
    name = "pages_delivering"
    offers = ("home", "help")

    def build(self) -> None:
        self.figure = self.add(
            Label(
                self.kit,
                "pages_delivering.figure",
                em_mm=TYPE.figure * 0.6,
                face="bold",
                align="center",
                anchor="middle",
            )
        )
        self.bar = self.add(JobBar(self.kit))
        self.words = self.add(Message(self.kit, "pages_delivering.words", em_mm=14.0, lead_mm=18.0))
        self.stop = self.add(
            Button(
                self.kit,
                "pages.stop",
                "",
                lambda: self.send("pages.stop", None),
                kind="plain",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = body.y + px(SPACE.air)
        self.figure.place(Box(body.x, top, body.w, self.figure.line_px))
        self.bar.place(Box(body.x, self.figure.box.bottom + px(6), body.w, px(16)))
        top = self.bar.box.bottom + px(12)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))
        button = px(SPACE.button)
        self.stop.place(Box(body.x, body.bottom - button, body.w, button))

    def show(self, view: PagesDeliveringView) -> None:
        self.heading.say(view.title)
        self.figure.resize(TYPE.figure * (0.6 if len(view.figure) <= 8 else 0.4))
        self.figure.say(view.figure)
        self.bar.show(view.share)
        self.words.turn("wait" if view.amber else "info")
        self.words.say(view.words, view.lead)
        self.stop.visible = bool(view.stop)
        self.stop.say(view.stop)
        self.bottom.offer(("home", "help") if view.home else ("help",))
        self.shape(view.lead, view.words, self.figure.em_mm)
