"""The open file: its pages one by one, and what printing it costs."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.i18n import _
from kiosk.pages import PICTURE_MM
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.print_words import (
    BETWEEN,
    COPIES,
    PRICE_MM,
    aloud,
    chosen,
    how_words,
    name_words,
    pages_words,
    price_words,
    shortened,
    show_price,
    trouble_words,
)
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.message import Message
from screens.widgets.page import PageView


@dataclass(frozen=True, slots=True)
class PrintDocumentView:
    """``picture`` is its number in the store; ``back`` and ``on``: there are pages that way."""

    title: str
    name: str
    picture: int
    page: int
    place: str
    back: bool
    on: bool
    summary: str
    words: str
    fen: int
    note: str
    low: bool = False


def view_of(state: State) -> PrintDocumentView:
    choice, shop = chosen(state)
    fen, words = price_words(choice, shop)
    note = trouble_words(choice.trouble)
    if not note and choice.pages > shop.rule.max_pages and choice.last == shop.rule.max_pages:
        note = _("一次最多打 {n} 页。后面的，请再来一次。").format(n=shop.rule.max_pages)
    if not note and choice.name in COPIES:
        note = _("请先把原件拿走，收好。")
    return PrintDocumentView(
        _("复印出来是这样，对吗？") if choice.name in COPIES else _("是这个文件吗？"),
        name_words(choice.name),
        choice.picture,
        choice.shown,
        _("{n} / {all} 页").format(n=choice.shown, all=choice.pages),
        choice.shown > 1,
        choice.shown < choice.pages,
        BETWEEN.join((pages_words(choice), *how_words(choice))),
        words,
        fen,
        note,
        state.visit.lower,
    )


def spoken(view: PrintDocumentView) -> Utterance:
    price = (view.words, amount_text(view.fen))
    place = view.place if view.back or view.on else ""
    how = view.summary.split(BETWEEN)
    return say(view.title, aloud(view.name), view.note, place, *how, *price)


class PrintDocumentScreen(Screen):
    name = "print_document"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.name_ = self.add(
            Label(self.kit, "print_document.name", em_mm=11.0, colour="soft", personal=True)
        )
        self.page = self.add(PageView(self.kit, "print_document.page"))
        self.back = self.add(self._button("print.previous", "plain"))
        self.on = self.add(self._button("print.next", "plain"))
        self.place_ = self.add(
            Label(self.kit, "print_document.place", em_mm=14.0, align="center", anchor="middle")
        )
        self.summary = self.add(
            Label(self.kit, "print_document.summary", em_mm=12.0, anchor="middle")
        )
        self.note = self.add(Message(self.kit, "print_document.note", "wait"))
        self.words = self.add(
            Label(self.kit, "print_document.words", em_mm=12.0, colour="soft", anchor="middle")
        )
        self.amount = self.add(Amount(self.kit, "print_document.amount", due=True, em_mm=PRICE_MM))
        self.change = self.add(self._button("print.change", "plain"))
        self.go = self.add(self._button("print.go", "main"))

    def _button(self, target: str, kind: str) -> Button:
        return Button(self.kit, target, "", lambda: self.send(target, None), kind=kind, guard=True)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        left = px(84)
        self.change.place(Box(body.x, body.bottom - button, left, button))
        x = body.x + left + gap
        self.go.place(Box(x, body.bottom - button, body.right - x, button))
        total = px(42)
        top = body.bottom - button - px(3) - total
        words = px(98)
        self.words.place(Box(body.x, top, words, total))
        self.amount.place(Box(body.x + words, top, body.w - words, total))
        line = self.summary.line_px
        self.summary.place(Box(body.x, top - line, body.w, line))
        end = top - line - px(3)
        turn, wide = px(30), px(64)
        many = self.place_.visible
        if many:
            self.back.place(Box(body.x, end - turn, wide, turn))
            self.on.place(Box(body.right - wide, end - turn, wide, turn))
            self.place_.place(Box(body.x + wide, end - turn, body.w - 2 * wide, turn))
            end -= turn + px(4)
        self.name_.place(Box(body.x, body.y, body.w, self.name_.line_px))
        top = self.name_.box.bottom + px(4)
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, top, body.w, height))
            top += height + px(4)
        high = min(px(PICTURE_MM[1]), end - top)
        self.page.place(Box(body.x, top + (end - top - high) // 2, body.w, high))

    def show(self, view: PrintDocumentView) -> None:
        self.heading.say(view.title)
        many = view.back or view.on
        for widget in (self.back, self.on, self.place_):
            widget.visible = many
        self.back.say(_("前一页"))
        self.back.enable(view.back)
        self.on.say(_("后一页"))
        self.on.enable(view.on)
        self.place_.say(view.place)
        self.name_.say(shortened(view.name, self.name_, self.name_.box.w))
        self.summary.say(view.summary)
        self.words.say(view.words)
        show_price(self.amount, view.fen)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.change.say(_("改一改"))
        self.go.say(_("就这样打印"))
        self.shape(many, view.note, self.amount.em_mm, low=view.low)
        self.page.show(view.picture, view.page)
