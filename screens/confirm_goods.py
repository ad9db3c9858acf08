"""The last look at goods before paying: what, how much, from whom, and by which way."""

from __future__ import annotations

from kiosk.core import guards
from kiosk.core.booklet import Person
from kiosk.core.goods import Goods, Ware
from kiosk.core.means import FREE, TERMINAL
from kiosk.core.state import State
from kiosk.core.visit.steps import ConfirmGoods
from kiosk.i18n import N_, _
from kiosk.order_text import amount_words, goods_name
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.confirm import WAYS, ConfirmScreen, ConfirmView, Line, Way, why_shut
from screens.drawing import Box
from screens.notes import note_text
from screens.rice_words import rice_amount
from screens.widgets.button import Button
from screens.widgets.label import amount_text

GIFTS = {
    Ware.PAGES: N_("免费打印"),
    Ware.BOOKLET: N_("领一本"),
    Ware.RICE: N_("领取"),
}


def view_of(state: State) -> ConfirmView:
    step = state.visit.step
    if not isinstance(step, ConfirmGoods):
        raise ValueError("nothing to confirm")
    goods, note = step.goods, note_text(step.note)
    lines = (Line(goods_name(goods), _detail(goods), goods.total_fen),)
    if goods.ware is Ware.BOOKLET:
        who = state.visit.identified
        lines = (Line(_whose(who), _(goods.name), 0),)
        if who is not None and who.masked:
            note = note or _("身份证请收好。\n名字不对的话，请碰“返回”。")
    if not goods.total_fen:
        gift = Way(FREE, _(GIFTS[goods.ware]), True)
        return ConfirmView(_("请您核对一下"), lines, 0, (gift,), note)
    open_ways = {x.id for x in guards.refundable_means(state)}
    ways = tuple(Way(x.id, _(WAYS[x.id]), x.id in open_ways) for x in state.rules.means)
    title = _("请核对，再选怎么付")
    return ConfirmView(title, lines, goods.total_fen, ways, note, why_shut(state))


def _whose(person: Person | None) -> str:
    """``给 王*``; nobody's name is known by a code."""
    if person is not None and person.masked:
        return _("给 {name}").format(name=person.masked)
    return _("凭医保码")


def _detail(goods: Goods) -> str:
    if goods.ware is Ware.RICE:
        return rice_amount(goods.units)
    amount = amount_words(goods.ware, goods.units)
    return f"{amount} · {goods.seller}" if goods.seller else amount


def spoken(view: ConfirmView) -> Utterance:
    """What and how much; what is free is for somebody, whose name is said only to who asks."""
    if not view.fen:
        details = [part for x in view.lines for part in x.detail.split(" · ")]
        names = (if_asked(x.name) for x in view.lines)
        return say(view.title, *names, *details, _("免费"), view.note)
    lines = [x for row in view.lines for x in (row.name, row.detail)]
    return say(view.title, view.note, *lines, _("一共付"), amount_text(view.fen), view.shut)


class ConfirmGoodsScreen(ConfirmScreen):
    """As for bills; what is free has one button and no sum."""

    name = "confirm_goods"

    def build(self) -> None:
        super().build()
        self._free = False
        self.ways[FREE] = self.add(
            Button(
                self.kit,
                f"{self.name}.pay.{FREE}",
                "",
                lambda: self.send("confirm_goods.pay", FREE),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        super().arrange(body)
        self.ways[FREE].place(self.ways[TERMINAL].box)

    def _place_lines(self, area: Box) -> Box:
        """What is free has no sum beside it, so its texts have the whole card."""
        card = super()._place_lines(area)
        if self._free:
            right = self.sums[0].box.right
            for label in (self.names[0], self.details[0]):
                box = label.box
                label.place(Box(box.x, box.y, right - box.x, box.h))
        return card

    def show(self, view: ConfirmView) -> None:
        self.note.turn("wait" if view.fen else "info")
        if self._free != (not view.fen):
            self._free = not view.fen
            self._shape = hash(())
        super().show(view)
        self.amount.visible = self.sums[0].visible = bool(view.fen)
        if self._free:
            self.total.say(_("免费"))
