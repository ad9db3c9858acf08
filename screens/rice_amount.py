"""How much rice? By 斤, as people say it, with kilograms and the price beside."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.goods import Ware
from kiosk.core.rice import price_of
from kiosk.core.state import State
from kiosk.core.visit.rice_choices import ChooseRiceAmount
from kiosk.core.visit.rice_steps import CHOICES_G
from kiosk.i18n import _
from kiosk.order_text import amount_words
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.rice_words import jin
from screens.theme import SPACE
from screens.widgets.label import Label, amount_text
from screens.widgets.pick import Pick


@dataclass(frozen=True, slots=True)
class RiceAmountView:
    """``choices``: grams, and what the button says in large and in small."""

    title: str
    hint: str
    choices: tuple[tuple[int, str, str], ...]
    other: tuple[str, str]
    low: bool = False


def view_of(state: State) -> RiceAmountView:
    step, shop = state.visit.step, state.rules.rice
    rice = shop.bin(step.bin) if shop and isinstance(step, ChooseRiceAmount) else None
    if rice is None:
        raise ValueError("no rice is chosen")
    choices = tuple((x, jin(x), beside(x, price_of(rice, x))) for x in CHOICES_G)
    price = amount_text(rice.price_fen)
    hint = _("{name}，一斤 {price}").format(name=rice.name, price=price)
    other = (_("别的"), _("自己选几斤"))
    return RiceAmountView(_("您要买多少？"), hint, choices, other, state.visit.lower)


def beside(grams: int, fen: int) -> str:
    """``1.5 千克  ¥ 7.20``: what stands beside the 斤."""
    return f"{amount_words(Ware.RICE, grams)}  {amount_text(fen)}"


def spoken(view: RiceAmountView) -> Utterance:
    return say(view.title, view.hint, *(x for _grams, x, _beside in view.choices), *view.other)


class RiceAmountScreen(Screen):
    name = "rice_amount"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "rice_amount.hint", em_mm=12.0, colour="soft"))
        self.choices = [
            self.add(
                Pick(
                    self.kit,
                    f"rice.grams.{grams}",
                    lambda grams=grams: self.send("rice.grams", str(grams)),  # type: ignore[misc]
                    em_mm=22.0,
                    centred=True,
                )
            )
            for grams in CHOICES_G
        ]
        self.other = self.add(
            Pick(
                self.kit,
                "rice.other",
                lambda: self.send("rice.other", None),
                em_mm=22.0,
                centred=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        picks = (*self.choices, self.other)
        rows = -(-len(picks) // 2)
        height, width = px(54 if self.low else 72), (body.w - gap) // 2
        top = body.bottom - rows * (height + gap) + gap
        for n, pick in enumerate(picks):
            x = body.x + (n % 2) * (width + gap)
            pick.place(Box(x, top + (n // 2) * (height + gap), width, height))

    def show(self, view: RiceAmountView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for pick, (_grams, title, detail) in zip(self.choices, view.choices, strict=True):
            pick.show(title, detail)
        self.other.show(*view.other)
        self.shape(low=view.low)
