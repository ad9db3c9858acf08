"""An amount that has no button of its own: more, less, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.rice import JIN_G, LEAST_G, MOST_G, price_of
from kiosk.core.state import State
from kiosk.core.visit.rice_choices import ChooseRiceWeight
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.rice_amount import beside
from screens.rice_words import jin
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class RiceWeightView:
    title: str
    hint: str
    figure: str
    beside: str
    less: bool
    more: bool
    low: bool = False


def view_of(state: State) -> RiceWeightView:
    step, shop = state.visit.step, state.rules.rice
    if not isinstance(step, ChooseRiceWeight) or shop is None:
        raise ValueError("no amount is being chosen")
    rice = shop.bin(step.bin)
    if rice is None:
        raise ValueError(f"there is no bin {step.bin}")
    hint = _("最少 {least}，最多 {most}。").format(least=jin(LEAST_G), most=jin(MOST_G))
    return RiceWeightView(
        _("您要几斤？"),
        hint,
        jin(step.grams),
        beside(step.grams, price_of(rice, step.grams)),
        step.grams - JIN_G >= LEAST_G,
        step.grams + JIN_G <= MOST_G,
        state.visit.lower,
    )


def spoken(view: RiceWeightView) -> Utterance:
    _kilos, _space, price = view.beside.rpartition("  ")
    return say(view.title, view.figure, price, view.hint)


class RiceWeightScreen(Screen):
    name = "rice_weight"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "rice_weight.hint", em_mm=12.0, colour="soft"))
        self.card = self.add(Panel(self.kit))
        self.figure = self.add(self._label("rice_weight.figure", 44.0, "bold"))
        self.beside = self.add(self._label("rice_weight.beside", 16.0, "regular"))
        self.less = self.add(self._button("rice.less"))
        self.more = self.add(self._button("rice.more"))
        self.done = self.add(self._button("rice.weighed", "main"))

    def _label(self, widget_id: str, em_mm: float, face: str) -> Label:
        return Label(
            self.kit, widget_id, em_mm=em_mm, face=face, on="card", align="center", anchor="middle"
        )

    def _button(self, target: str, kind: str = "plain") -> Button:
        return Button(
            self.kit, target, "", lambda: self.send(target, None), kind=kind, guard=True, em_mm=16.0
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        button, half = px(SPACE.button), (body.w - gap) // 2
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        step = px(46 if self.low else 56)
        top = self.done.box.y - gap - step
        self.less.place(Box(body.x, top, half, step))
        self.more.place(Box(body.right - half, top, half, step))
        card = Box(body.x, top - gap - px(112), body.w, px(112))
        self.card.place(card)
        line = self.figure.line_px
        self.figure.place(Box(card.x, card.y + px(6), card.w, line))
        self.beside.place(Box(card.x, card.y + px(6) + line, card.w, card.h - line - px(12)))

    def show(self, view: RiceWeightView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.figure.say(view.figure)
        self.beside.say(view.beside)
        self.less.say(_("少一斤"))
        self.less.enable(view.less)
        self.more.say(_("多一斤"))
        self.more.enable(view.more)
        self.done.say(_("就要这么多"))
        self.shape(low=view.low)
