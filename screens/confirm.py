"""The last look before paying: bills, sum, and by which way."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core import guards
from kiosk.core.bills import Bill
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.state import State
from kiosk.core.visit.steps import Confirm
from kiosk.i18n import N_, _
from kiosk.order_text import KINDS
from screens.base import Screen
from screens.bills import months
from screens.drawing import Box, Rects
from screens.notes import note_text
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label
from screens.widgets.panel import Panel

MOST_BILLS = 4
WAYS = {
    TERMINAL: N_("刷卡，或出示付款码"),
    ALIPAY: N_("支付宝扫码"),
    WECHAT: N_("微信扫码"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way of paying: its id, its name, whether it is open now."""

    id: str
    name: str
    free: bool


@dataclass(frozen=True, slots=True)
class ConfirmView:
    title: str
    lines: tuple[tuple[str, int], ...]
    fen: int
    ways: tuple[Way, ...]
    note: str


def view_of(state: State) -> ConfirmView:
    step = state.visit.step
    if not isinstance(step, Confirm):
        raise ValueError("nothing to confirm")
    ways = tuple(
        Way(x.id, _(WAYS[x.id]), guards.means_trouble(state, x) == "") for x in state.rules.means
    )
    lines = tuple((_line(x), x.total_fen) for x in step.bills)
    title = _("请核对，再选怎么付")
    return ConfirmView(title, lines, step.amount_fen, ways, note_text(step.note))


def _line(bill: Bill) -> str:
    return " ".join(
        x for x in (_(KINDS[bill.kind]), months(bill.period), _("尾号") + " " + bill.tail) if x
    )


class ConfirmScreen(Screen):
    """The first way is the filled button; the others stand below it."""

    name = "confirm"
    offers = ("back", "home", "help")
    WAYS = (TERMINAL, WECHAT, ALIPAY)

    def build(self) -> None:
        self.card = self.add(Panel(self.kit))
        self.names = [
            self.add(Label(self.kit, f"confirm.line.{n}", em_mm=12.0, on="card", anchor="middle"))
            for n in range(MOST_BILLS)
        ]
        self.sums = [
            self.add(Amount(self.kit, f"confirm.sum.{n}", on="card", em_mm=14.0))
            for n in range(MOST_BILLS)
        ]
        self.total = self.add(Label(self.kit, "confirm.total", em_mm=13.0, anchor="middle"))
        self.amount = self.add(Amount(self.kit, "confirm.amount", due=True, em_mm=34.0))
        self.line = Rects(self.theme, self.solid, "ink")
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.note = self.add(
            Label(
                self.kit, "confirm.note", em_mm=11.0, colour="on_wait", on="wait", anchor="middle"
            )
        )
        self.ways = {
            way: self.add(
                Button(
                    self.kit,
                    f"confirm.pay.{way}",
                    _(WAYS[way]),
                    lambda way=way: self.send("confirm.pay", way),  # type: ignore[misc]
                    kind="main" if way == TERMINAL else "plain",
                    guard=True,
                )
            )
            for way in self.WAYS
        }
        self._count = 1

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(38)
        half = (body.w - gap) // 2
        low = body.bottom - button
        self.ways[WECHAT].place(Box(body.x, low, half, button))
        self.ways[ALIPAY].place(Box(body.x + half + gap, low, half, button))
        self.ways[TERMINAL].place(Box(body.x, low - gap - button, body.w, button))
        row = px(27)
        card = Box(body.x, body.y + px(3), body.w, row * self._count + px(8))
        self.card.place(card)
        for n in range(MOST_BILLS):
            y = card.y + px(4) + n * row
            self.names[n].place(Box(card.x + px(10), y, px(160), row))
            self.sums[n].place(Box(card.right - px(80), y, px(70), row))
        total = Box(body.x, card.bottom + px(5), body.w, px(48))
        self.line.place((Box(body.x, total.bottom, body.w, px(0.9)),))
        self.total.place(Box(total.x, total.y, px(60), total.h))
        self.amount.place(Box(total.x + px(60), total.y, total.w - px(60), total.h))
        end = self.ways[TERMINAL].box.y - gap
        height = min(px(44), end - total.bottom - gap)
        panel = Box(body.x, end - height, body.w, height)
        self.panel.place(panel)
        self.note.place(panel.inset(px(10), px(3)))

    def show(self, view: ConfirmView) -> None:
        self.heading.say(view.title)
        if len(view.lines) != self._count:
            self._count = len(view.lines)
            self.lay_out(low=self.low)
        for n in range(MOST_BILLS):
            self.names[n].visible = self.sums[n].visible = n < len(view.lines)
            if n < len(view.lines):
                self.names[n].say(view.lines[n][0])
                self.sums[n].show(view.lines[n][1])
        self.total.say(_("一共付"))
        self.amount.show(view.fen)
        self.panel.visible = self.note.visible = bool(view.note)
        self.note.say(view.note)
        known = {x.id: x for x in view.ways}
        for way, button in self.ways.items():
            button.visible = way in known
            if way in known:
                button.say(known[way].name)
                button.enable(known[way].free)

    def repaint(self) -> None:
        if hasattr(self, "line"):
            self.line.paint()
