"""Which pages: all, the one that was on the screen, or from here to there."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_steps import most
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.print_words import PRICE_MM, chosen, price_words, show_price
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text


@dataclass(frozen=True, slots=True)
class Stepper:
    """A page number, and whether it may be less or more."""

    words: str
    less: bool
    more: bool


@dataclass(frozen=True, slots=True)
class PrintPagesView:
    title: str
    words: str
    fen: int
    all: str
    this: str
    first: Stepper
    last: Stepper
    low: bool = False


def view_of(state: State) -> PrintPagesView:
    choice, shop = chosen(state)
    fen, words = price_words(choice, shop)
    up_to, pages = most(shop.rule, choice.pages), choice.pages
    whole = _("全部 {n} 页") if up_to == pages else _("前 {n} 页")
    return PrintPagesView(
        _("要打哪几页？"),
        words,
        fen,
        whole.format(n=up_to),
        _("只打第 {n} 页").format(n=choice.shown),
        Stepper(_("从第 {n} 页").format(n=choice.first), choice.first > 1, choice.first < pages),
        Stepper(_("到第 {n} 页").format(n=choice.last), choice.last > 1, choice.last < pages),
        state.visit.lower,
    )


def spoken(view: PrintPagesView) -> Utterance:
    pages = (view.first.words, view.last.words)
    return say(view.title, *pages, view.words, amount_text(view.fen))


class PrintPagesScreen(Screen):
    name = "print_pages"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(
            Label(self.kit, "print_pages.words", em_mm=12.0, colour="soft", anchor="middle")
        )
        self.amount = self.add(Amount(self.kit, "print_pages.amount", due=True, em_mm=PRICE_MM))
        self.all = self.add(self._button("print.all"))
        self.this = self.add(self._button("print.this"))
        self.steppers = [self._stepper("first"), self._stepper("last")]
        self.done = self.add(self._button("print.pages_chosen", "main"))

    def _button(self, target: str, kind: str = "plain", text: str = "") -> Button:
        return Button(
            self.kit, target, text, lambda: self.send(target, None), kind=kind, guard=True
        )

    def _stepper(self, name: str) -> tuple[Button, Label, Button]:
        label = Label(
            self.kit,
            f"print_pages.{name}",
            em_mm=16.0,
            face="bold",
            align="center",
            anchor="middle",
        )
        less = self.add(self._button(f"print.{name}_less", "key", "－"))
        return less, self.add(label), self.add(self._button(f"print.{name}_more", "key", "＋"))

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        words, total = px(98), px(46)
        self.words.place(Box(body.x, body.y, words, total))
        self.amount.place(Box(body.x + words, body.y, body.w - words, total))
        button = px(36 if self.low else SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        high, key = px(30 if self.low else 42), px(60)
        top = self.done.box.y - 2 * (high + gap) - button - gap
        half = (body.w - gap) // 2
        self.all.place(Box(body.x, top, half, button))
        self.this.place(Box(body.right - half, top, half, button))
        top += button + gap
        for less, label, more in self.steppers:
            less.place(Box(body.x, top, key, high))
            more.place(Box(body.right - key, top, key, high))
            label.place(Box(body.x + key, top, body.w - 2 * key, high))
            top += high + gap

    def show(self, view: PrintPagesView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        show_price(self.amount, view.fen)
        self.all.say(view.all)
        self.this.say(view.this)
        for (less, label, more), stepper in zip(
            self.steppers, (view.first, view.last), strict=True
        ):
            label.say(stepper.words)
            less.enable(stepper.less)
            more.enable(stepper.more)
        self.done.say(_("就打这些"))
        self.shape(self.amount.em_mm, low=view.low)
