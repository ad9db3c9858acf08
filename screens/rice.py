"""Which rice? A row a bin, with what it costs; what is sold out says so before anybody pays."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit import rice_steps
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.rice_words import short_reason
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label, amount_text
from screens.widgets.message import Message
from screens.widgets.pick import Pick
from screens.widgets.rice import Grains

MOST = 2
SHORT = 4  # characters of a name that fit in the larger size


@dataclass(frozen=True, slots=True)
class Row:
    """``fen`` is the price of 500 g."""

    number: int
    name: str
    detail: str
    fen: int
    picture: str
    free: bool


@dataclass(frozen=True, slots=True)
class RiceView:
    title: str
    hint: str
    rows: tuple[Row, ...]
    seller: str
    low: bool = False


def view_of(state: State) -> RiceView:
    shop = state.rules.rice
    if shop is None:
        raise ValueError("no rice is sold here")
    reason = short_reason(rice_steps.trouble(state))
    rows = tuple(
        Row(x.number, x.name, reason or x.origin, x.price_fen, x.picture, not reason)
        for x in shop.bins
    )
    return RiceView(
        _("您要哪一种米？"),
        _("买多少碾多少，碾好就拿走，最新鲜。"),
        rows,
        _("商家：{name}，电话 {phone}").format(name=shop.seller, phone=shop.phone),
        state.visit.lower,
    )


def spoken(view: RiceView) -> Utterance:
    rows = [x for row in view.rows for x in _row_words(row)]
    return say(view.title, view.hint, *rows)


def _row_words(row: Row) -> tuple[str, ...]:
    price = amount_text(row.fen), _("一斤")
    return (row.name, *price) if row.free else (row.name, row.detail)


class RiceScreen(Screen):
    name = "rice"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "rice.hint", em_mm=11.0, colour="soft"))
        self.seller = self.add(Message(self.kit, "rice.seller", em_mm=11.0))
        self._numbers = [0] * MOST
        self.rows = [
            self.add(
                Pick(
                    self.kit,
                    f"rice.bin.{n}",
                    lambda n=n: self.send("rice.bin", str(self._numbers[n])),  # type: ignore[misc]
                )
            )
            for n in range(MOST)
        ]
        self.pictures = [row.add(Grains(self.kit)) for row in self.rows]

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        hint = Box(body.x, body.y, body.w, round(px(TYPE.body) * TYPE.line) + px(2))
        self.hint.place(hint)
        top = hint.bottom + px(SPACE.air)
        self.seller.place(Box(body.x, top, body.w, self.seller.fit(body.w)))
        count = max(1, sum(x.visible for x in self.rows))
        height = px(62 if self.low else 84)
        top = body.bottom - count * (height + gap) + gap
        side = height - px(16)
        for n, row in enumerate(self.rows):
            row.left_mm = self.theme.mm(side) + 8 if self.pictures[n].visible else 0.0
            box = Box(body.x, top + n * (height + gap), body.w, height)
            row.place(box)
            self.pictures[n].place(Box(box.x + px(9), box.y + px(8), side, side))

    def show(self, view: RiceView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.seller.say(view.seller)
        for n, widget in enumerate(self.rows):
            widget.visible = n < len(view.rows)
            if n < len(view.rows):
                row = view.rows[n]
                self._numbers[n] = row.number
                widget.id = f"rice.bin.{row.number}"
                self.pictures[n].visible = row.picture != "none"
                self.pictures[n].show(row.picture)
                widget.title.resize(18.0 if len(row.name) <= SHORT else 14.0)
                widget.show(row.name, row.detail, row.fen, _("一斤"), enabled=row.free)
        self.shape(
            tuple((x.picture, len(x.name), x.detail) for x in view.rows), view.seller, low=view.low
        )
