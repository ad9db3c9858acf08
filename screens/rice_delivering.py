"""The rice is milled: its weight as a figure that can be read without glasses, then: take it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.goods import GoodsState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.rice import BagPicture, Gauge

_LEAST = 40.0  # a picture lower than this can't be made out, mm
_NOW = {
    "": N_("机器在准备，马上开始。"),
    "setting": N_("机器在准备，马上开始。"),
    "feeding": N_("正在称米。"),
    "milling": N_("正在碾，请等一下。"),
}


@dataclass(frozen=True, slots=True)
class RiceDeliveringView:
    """``figure`` in grams. ``take``: the door opens, said as loudly as a screen can."""

    title: str
    figure: str
    of: str
    share: float
    lead: str
    words: str
    take: bool = False


def view_of(state: State) -> RiceDeliveringView:
    order = order_at_screen(state)
    if order is None or not order.goods:
        raise ValueError("nothing is being milled")
    line = order.goods[0]
    progress, goods = state.visit.progress, line.goods
    done = max(progress.done, line.given)
    figure = _("{n} 克").format(n=done)
    of = _("一共 {n} 克").format(n=goods.units)
    if len(goods.parts) > 1:
        part = _("第 {n} 次，共 {all} 次").format(n=line.part + 1, all=len(goods.parts))
        of = f"{of}    {part}"
    share = done / goods.units
    if line.state is GoodsState.DELIVERY_UNKNOWN:
        lead = _("和碾米机的线断了，机器一般会自己碾完。")
        words = _("请不要走开。门一打开，就把米拿走。不用再付钱，我们在问结果。")
        return RiceDeliveringView(_("还在确认，请等一下"), figure, of, share, lead, words, True)
    if progress.word == "at_take":
        lead = _("门一打开，就把米拿走！")
        words = _("门只开半分钟。米拿走，门自己会关上。")
        if line.part + 1 < len(goods.parts):
            words = _("门只开半分钟。拿好以后再放一个空袋子，还没碾完。")
        return RiceDeliveringView(_("米好了，请拿米"), figure, of, share, lead, words, True)
    words = _("米碾好了，门会自己打开。请不要走开，手不要伸进去。")
    lead = _(_NOW.get(progress.word, _NOW["milling"]))
    return RiceDeliveringView(_("正在碾您的米"), figure, of, share, lead, words)


def spoken(view: RiceDeliveringView) -> Utterance:
    """Without the grams: they change all the time."""
    return say(view.title, view.lead, view.words)


class RiceDeliveringScreen(Screen):
    name = "rice_delivering"
    offers = ("help",)

    def build(self) -> None:
        self.figure = self.add(
            Label(
                self.kit,
                "rice_delivering.figure",
                em_mm=TYPE.figure * 0.75,
                face="bold",
                align="center",
                anchor="middle",
            )
        )
        self.of = self.add(
            Label(self.kit, "rice_delivering.of", em_mm=14.0, colour="soft", align="center")
        )
        self.gauge = self.add(Gauge(self.kit))
        self.picture = self.add(BagPicture(self.kit, "rice_delivering.picture"))
        self.words = self.add(Message(self.kit, "rice_delivering.words", em_mm=14.0, lead_mm=20.0))

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = body.y + px(SPACE.air)
        self.figure.place(Box(body.x, top, body.w, self.figure.line_px))
        self.of.place(Box(body.x, self.figure.box.bottom, body.w, self.of.line_px))
        gauge = Box(body.x, self.of.box.bottom + px(6), body.w, px(16))
        self.gauge.place(gauge)
        height = self.words.fit(body.w)
        self.words.place(Box(body.x, gauge.bottom + px(10), body.w, height))
        top = self.words.box.bottom + px(10)
        room = min(px(140), body.bottom - top)
        # Long words, as in English, leave too little: half a picture says nothing.
        self.picture.visible = room >= px(_LEAST)
        self.picture.place(Box(body.x, top, body.w, max(1, room)))

    def show(self, view: RiceDeliveringView) -> None:
        self.heading.say(view.title)
        self.figure.say(view.figure)
        self.of.say(view.of)
        self.gauge.show(view.share)
        self.picture.show(full=view.take)
        self.words.turn("wait" if view.take else "info")
        self.words.say(view.words, view.lead)
        self.shape(view.lead, view.words)
