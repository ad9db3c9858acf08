"""Paid, and the bag is awaited: nothing begins before the person says so."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.i18n import _
from kiosk.order_text import goods_title
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message
from screens.widgets.rice import BagPicture


@dataclass(frozen=True, slots=True)
class RiceReadyView:
    """``words`` tell how often the door will open."""

    title: str
    lead: str
    words: str
    low: bool = False


def view_of(state: State) -> RiceReadyView:
    order = order_at_screen(state)
    if order is None or not order.goods:
        raise ValueError("nothing is to be milled")
    line = order.goods[0]
    words = _("放好了，再碰“开始碾米”。您不碰，机器不会动。")
    times = len(line.goods.parts)
    if times > 1:
        words += "\n" + _("米多，分 {n} 次碾。门每开一次，就拿一次。").format(n=times)
    lead = _("钱付好了：{rice}").format(rice=goods_title(line))
    return RiceReadyView(_("请把袋子放在米口下面"), lead, words, state.visit.lower)


def spoken(view: RiceReadyView) -> Utterance:
    return say(view.title, view.lead, *view.words.split("\n"))


class RiceReadyScreen(Screen):
    name = "rice_ready"
    offers = ("help",)

    def build(self) -> None:
        self.picture = self.add(BagPicture(self.kit, "rice_ready.picture"))
        self.words = self.add(Message(self.kit, "rice_ready.words", em_mm=12.0, lead_mm=13.0))
        self.begin = self.add(self._button("goods.begin", "main"))
        self.decline = self.add(self._button("goods.decline", "plain"))

    def _button(self, target: str, kind: str) -> Button:
        return Button(self.kit, target, "", lambda: self.send(target, None), kind=kind, guard=True)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button, first = px(34), px(44 if self.low else 56)
        self.decline.place(Box(body.x, body.bottom - button, body.w, button))
        self.begin.place(Box(body.x, self.decline.box.y - gap - first, body.w, first))
        height = self.words.fit(body.w)
        top = self.begin.box.y - gap - height
        self.words.place(Box(body.x, top, body.w, height))
        room = top - px(SPACE.air) - body.y - px(4)
        self.picture.place(Box(body.x, body.y + px(4), body.w, min(room, px(150))))

    def show(self, view: RiceReadyView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words, view.lead)
        self.begin.say(_("开始碾米"))
        self.decline.say(_("不要了，退钱"))
        self.shape(view.lead, view.words, low=view.low)
