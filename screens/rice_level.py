"""Milled how far? Three rows with one plain sentence each."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.rice import price_of
from kiosk.core.state import State
from kiosk.core.visit.rice_choices import ChooseRiceLevel
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.rice_words import jin
from screens.theme import SPACE
from screens.widgets.label import Label, amount_text
from screens.widgets.pick import Pick

MOST = 3


@dataclass(frozen=True, slots=True)
class RiceLevelView:
    """``levels``: the mill's number, the name and its sentence."""

    title: str
    hint: str
    levels: tuple[tuple[int, str, str], ...]
    low: bool = False


def view_of(state: State) -> RiceLevelView:
    step, shop = state.visit.step, state.rules.rice
    rice = shop.bin(step.bin) if shop and isinstance(step, ChooseRiceLevel) else None
    if shop is None or rice is None or not isinstance(step, ChooseRiceLevel):
        raise ValueError("no rice is chosen")
    levels = tuple((x.mill, _(x.name), _(x.words)) for x in shop.levels)
    price = amount_text(price_of(rice, step.grams))
    hint = _("{name} {amount}，{price}，哪种都一样价。").format(
        name=rice.name, amount=jin(step.grams), price=price
    )
    return RiceLevelView(_("要碾成哪一种？"), hint, levels, state.visit.lower)


def spoken(view: RiceLevelView) -> Utterance:
    return say(view.title, view.hint, *(x for _mill, *words in view.levels for x in words))


class RiceLevelScreen(Screen):
    name = "rice_level"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "rice_level.hint", em_mm=11.0, colour="soft"))
        self._mills = [0] * MOST
        self.rows = [
            self.add(
                Pick(
                    self.kit,
                    f"rice.level.{n}",
                    lambda n=n: self.send("rice.level", str(self._mills[n])),  # type: ignore[misc]
                    em_mm=20.0,
                )
            )
            for n in range(MOST)
        ]

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, 2 * self.hint.line_px))
        count = max(1, sum(x.visible for x in self.rows))
        height = px(54 if self.low else 68)
        top = body.bottom - count * (height + gap) + gap
        for n, row in enumerate(self.rows):
            row.place(Box(body.x, top + n * (height + gap), body.w, height))

    def show(self, view: RiceLevelView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for n, row in enumerate(self.rows):
            row.visible = n < len(view.levels)
            if n < len(view.levels):
                self._mills[n], name, words = view.levels[n]
                row.id = f"rice.level.{self._mills[n]}"
                row.show(name, words)
        self.shape(view.levels, low=view.low)
