"""All debts found: a row a bill, the sum, one filled button."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core import guards
from kiosk.core.bills import Bill
from kiosk.core.state import State
from kiosk.core.visit.bill_steps import MOST_BILLS
from kiosk.core.visit.steps import BillList
from kiosk.i18n import N_, _
from kiosk.order_text import KINDS
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box, Rects
from screens.notes import note_text
from screens.order_words import months
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.choice import RowChoice
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.message import Message

NUMBERS = (N_("零"), N_("一"), N_("两"), N_("三"), N_("四"))


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    detail: str
    fen: int
    chosen: bool
    free: bool


@dataclass(frozen=True, slots=True)
class BillsView:
    title: str
    hint: str
    rows: tuple[Row, ...]
    count: int
    fen: int
    note: str
    low: bool = False


def view_of(state: State) -> BillsView:
    visit = state.visit
    bills = visit.bills
    chosen = [x for x in bills if x.key in visit.chosen]
    if len(bills) == 1:
        title = _("查到一笔，要付吗？")
    else:
        title = _("查到{n}笔，要付哪几笔？").format(n=_(NUMBERS[min(len(bills), MOST_BILLS)]))
    owners = _("、").join(dict.fromkeys(x.owner_masked for x in visit.accounts if x.owner_masked))
    hint = _("碰一下方框，可以选或不选。")
    if owners:
        hint = _("户名：{owner}").format(owner=owners) + "    " + hint
    step = visit.step
    note = note_text(step.note) if isinstance(step, BillList) else ""
    rows = tuple(_row(state, x) for x in bills)
    fen = sum(x.total_fen for x in chosen)
    return BillsView(title, hint, rows, len(chosen), fen, note, visit.lower)


def _row(state: State, bill: Bill) -> Row:
    free = not guards.locked(state, bill)
    period = months(bill.period)
    detail = _("户号尾号 {tail}").format(tail=bill.tail)
    if period:
        detail = f"{period} · {detail}"
    if bill.late_fee_fen:
        detail += " · " + _("含滞纳金")
    if not free:
        detail = _("上次付款还在确认")
    return Row(_(KINDS[bill.kind]), detail, bill.total_fen, bill.key in state.visit.chosen, free)


def spoken(view: BillsView) -> Utterance:
    owner, _space, hint = view.hint.rpartition("    ")
    rows = [x for row in view.rows for x in (row.title, if_asked(row.detail), amount_text(row.fen))]
    total = _("一共付 {n} 笔").format(n=view.count) if view.count else ""
    due = amount_text(view.fen) if view.count else ""
    return say(view.title, if_asked(owner), *rows, view.note, total, due, hint)


class BillsScreen(Screen):
    name = "bills"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "bills.hint", colour="soft", personal=True))
        self.rows = [
            self.add(
                RowChoice(
                    self.kit,
                    f"bills.row.{n}",
                    lambda n=n: self.send("bills.row", str(n)),  # type: ignore[misc]
                )
            )
            for n in range(MOST_BILLS)
        ]
        self.note = self.add(Message(self.kit, "bills.note", "wait", em_mm=11.0))
        self.line = Rects(self.theme, self.solid, "ink")
        self.count = self.add(Label(self.kit, "bills.count", em_mm=12.0, anchor="middle"))
        self.amount = self.add(Amount(self.kit, "bills.amount", due=True))
        self.more = self.add(
            Button(self.kit, "bills.add", "", lambda: self.send("bills.add", None), guard=True)
        )
        self.pay = self.add(
            Button(
                self.kit,
                "bills.pay",
                "",
                lambda: self.send("bills.pay", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(36)
        left = px(84)
        self.more.place(Box(body.x, body.bottom - button, left, button))
        x = body.x + left + gap
        self.pay.place(Box(x, body.bottom - button, body.right - x, button))
        total = px(40)
        top = body.bottom - button - px(2) - total
        self.count.place(Box(body.x, top, px(62), total))
        self.amount.place(Box(body.x + px(62), top, body.w - px(62), total))
        self.line.place((Box(body.x, top - px(2), body.w, px(0.9)),))
        hint = Box(body.x, body.y, body.w, round(px(TYPE.body) * TYPE.line))
        self.hint.place(hint)
        end = top - px(6)
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, end - height, body.w, height))
            end -= height + px(4)
        top = hint.bottom + px(4)
        self._place_rows(Box(body.x, top, body.w, end - top))

    def _place_rows(self, area: Box) -> None:
        """From the hint down; 矮一点 has them from the sum up."""
        px = self.theme.px
        count = max(1, sum(x.visible for x in self.rows))
        gap = px(4) if count == MOST_BILLS else px(6)
        height = min(px(46 if self.low else 56), (area.h - (count - 1) * gap) // count)
        top = area.bottom - count * (height + gap) + gap if self.low else area.y
        for n, row in enumerate(self.rows):
            row.place(Box(area.x, top + n * (height + gap), area.w, height))

    def show(self, view: BillsView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for n, widget in enumerate(self.rows):
            widget.visible = n < len(view.rows)
            if n < len(view.rows):
                row = view.rows[n]
                widget.show(row.title, row.detail, row.fen, row.chosen, enabled=row.free)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.count.say(_("一共付 {n} 笔").format(n=view.count))
        self.amount.show(view.fen)
        self.more.say(_("再加一张"))
        self.more.enable(len(view.rows) < MOST_BILLS)
        self.pay.say(_("去付款"))
        self.pay.enable(view.count > 0)
        self.shape(len(view.rows), view.note, low=view.low)

    def repaint(self) -> None:
        if hasattr(self, "line"):
            self.line.paint()
