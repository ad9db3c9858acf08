"""How it is to be printed: which pages, how many, on both sides, in colour."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.print_words import PRICE_MM, chosen, pages_words, price_words, show_price
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.row import Row


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting that a touch changes: what it is now, what a touch does, whether it can."""

    now: str
    then: str
    can: bool


@dataclass(frozen=True, slots=True)
class PrintChangeView:
    title: str
    words: str
    fen: int
    pages: Switch
    sides: Switch
    colour: Switch
    copies: str
    less: bool
    more: bool
    low: bool = False


def view_of(state: State) -> PrintChangeView:
    choice, shop = chosen(state)
    fen, words = price_words(choice, shop)
    many = choice.pages > 1
    only = _("这台打印机只能这样")
    sides = _("碰一下，换成单面") if choice.both_sides else _("碰一下，换成双面")
    colour = _("碰一下，换成黑白") if choice.colour else _("碰一下，换成彩色")
    return PrintChangeView(
        _("要怎么打？"),
        words,
        fen,
        Switch(pages_words(choice), _("碰一下，选哪几页") if many else _("只有一页"), many),
        Switch(
            _("双面打印") if choice.both_sides else _("单面打印"),
            sides if shop.both_sides else only,
            shop.both_sides,
        ),
        Switch(
            _("彩色") if choice.colour else _("黑白"), colour if shop.colour else only, shop.colour
        ),
        _("{n} 份").format(n=choice.copies),
        choice.copies > 1,
        choice.copies < shop.rule.max_copies,
        state.visit.lower,
    )


def spoken(view: PrintChangeView) -> Utterance:
    now = (view.pages.now, view.copies, view.sides.now, view.colour.now)
    return say(view.title, *now, view.words, amount_text(view.fen))


class PrintChangeScreen(Screen):
    name = "print_change"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(
            Label(self.kit, "print_change.words", em_mm=12.0, colour="soft", anchor="middle")
        )
        self.amount = self.add(Amount(self.kit, "print_change.amount", due=True, em_mm=PRICE_MM))
        self.pages = self.add(self._pick("print.pages"))
        self.sides = self.add(self._pick("print.sides"))
        self.colour = self.add(self._pick("print.colour"))
        self.less = self.add(self._key("print.copies_less", "－"))
        self.more = self.add(self._key("print.copies_more", "＋"))
        self.copies = self.add(
            Label(
                self.kit,
                "print_change.copies",
                em_mm=20.0,
                face="bold",
                align="center",
                anchor="middle",
            )
        )
        self.done = self.add(
            Button(
                self.kit,
                "print.changed",
                "",
                lambda: self.send("print.changed", None),
                kind="main",
                guard=True,
            )
        )

    def _pick(self, target: str) -> Row:
        return Row(self.kit, target, lambda: self.send(target, None), em_mm=14.0)

    def _key(self, target: str, sign: str) -> Button:
        return Button(
            self.kit, target, sign, lambda: self.send(target, None), kind="key", guard=True
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        words = px(98)
        total = px(46)
        self.words.place(Box(body.x, body.y, words, total))
        self.amount.place(Box(body.x + words, body.y, body.w - words, total))
        button = px(36 if self.low else SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        gap = px(4 if self.low else 6)
        high = px(30 if self.low else 48)
        top = self.done.box.y - px(SPACE.gap) - 4 * high - 3 * gap
        rows = [Box(body.x, top + n * (high + gap), body.w, high) for n in range(4)]
        self.pages.place(rows[0])
        self.sides.place(rows[2])
        self.colour.place(rows[3])
        key = px(60)
        self.less.place(Box(body.x, rows[1].y, key, high))
        self.more.place(Box(body.right - key, rows[1].y, key, high))
        self.copies.place(Box(body.x + key, rows[1].y, body.w - 2 * key, high))

    def show(self, view: PrintChangeView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        show_price(self.amount, view.fen)
        for pick, switch in (
            (self.pages, view.pages),
            (self.sides, view.sides),
            (self.colour, view.colour),
        ):
            pick.show(switch.now, switch.then, enabled=switch.can)
        self.copies.say(view.copies)
        self.less.enable(view.less)
        self.more.enable(view.more)
        self.done.say(_("好了"))
        self.shape(self.amount.em_mm, low=view.low)
