"""The last look before paying: bills, sum, and by which way."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core import guards
from kiosk.core.bills import Bill
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.state import Level, State
from kiosk.core.visit.steps import Confirm
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box, Rects
from screens.notes import note_text
from screens.order_words import title
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.message import Message
from screens.widgets.panel import Panel

MOST_BILLS = 4
LARGE_FEN = 1_000_000  # from here on the sum needs a smaller size beside its words
SHORT_NAMES = {
    TERMINAL: N_("刷卡机"),
    ALIPAY: N_("支付宝"),
    WECHAT: N_("微信"),
}
LOCKED = N_("{names}在查上一笔付款")
CHECKING = N_("{names}正在检查")
SHUT = N_("{names}暂时不能用")
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
class Line:
    """A bill: what and when, which account, how much."""

    name: str
    detail: str
    fen: int


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """``shut``: why ways of paying are closed, empty if none is."""

    title: str
    lines: tuple[Line, ...]
    fen: int
    ways: tuple[Way, ...]
    note: str
    shut: str = ""


def view_of(state: State) -> ConfirmView:
    step = state.visit.step
    if not isinstance(step, Confirm):
        raise ValueError("nothing to confirm")
    ways = tuple(
        Way(x.id, _(WAYS[x.id]), guards.means_trouble(state, x) == "") for x in state.rules.means
    )
    lines = tuple(map(_line, step.bills))
    heading = _("请核对，再选怎么付")
    note = note_text(step.note)
    return ConfirmView(heading, lines, step.amount_fen, ways, note, why_shut(state))


def why_shut(state: State) -> str:
    """One line on the ways that don't answer a touch, those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for means in state.rules.means:
        trouble = guards.means_trouble(state, means)
        if trouble:
            checking = state.device(means.id).level is Level.UNKNOWN
            reason = LOCKED if trouble == "locked" else CHECKING if checking else SHUT
            reasons.setdefault(reason, []).append(_(SHORT_NAMES[means.id]))
    return "  ".join(_(x).format(names=_("、").join(names)) for x, names in reasons.items())


def _line(bill: Bill) -> Line:
    detail = _("户号尾号 {tail}").format(tail=bill.tail)
    if bill.late_fee_fen:
        detail += " · " + _("含滞纳金")
    return Line(title(bill), detail, bill.total_fen)


def spoken(view: ConfirmView) -> Utterance:
    lines = [
        x for row in view.lines for x in (row.name, if_asked(row.detail), amount_text(row.fen))
    ]
    due = amount_text(view.fen)
    return say(view.title, view.note, *lines, _("一共付"), due, view.shut)


class ConfirmScreen(Screen):
    """The first way is the filled button; the others stand below it."""

    name = "confirm"
    offers = ("back", "home", "help")
    WAYS = (TERMINAL, WECHAT, ALIPAY)

    def build(self) -> None:
        self.card = self.add(Panel(self.kit))
        self.names = [
            self.add(Label(self.kit, f"{self.name}.line.{n}", em_mm=13.0, face="bold", on="card"))
            for n in range(MOST_BILLS)
        ]
        self.details = [
            self.add(Label(self.kit, f"{self.name}.detail.{n}", colour="soft", on="card"))
            for n in range(MOST_BILLS)
        ]
        self.sums = [
            self.add(Amount(self.kit, f"{self.name}.sum.{n}", on="card")) for n in range(MOST_BILLS)
        ]
        self.total = self.add(Label(self.kit, f"{self.name}.total", em_mm=13.0, anchor="middle"))
        self.amount = self.add(Amount(self.kit, f"{self.name}.amount", due=True, em_mm=34.0))
        self._tight = False
        self.line = Rects(self.theme, self.solid, "ink")
        self.note = self.add(Message(self.kit, f"{self.name}.note", "wait"))
        self.shut = self.add(Label(self.kit, f"{self.name}.shut", em_mm=11.0, anchor="middle"))
        self.ways = {
            way: self.add(
                Button(
                    self.kit,
                    f"{self.name}.pay.{way}",
                    _(WAYS[way]),
                    lambda way=way: self.send(f"{self.name}.pay", way),  # type: ignore[misc]
                    kind="main" if way == TERMINAL else "plain",
                    guard=True,
                )
            )
            for way in self.WAYS
        }

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        half = (body.w - gap) // 2
        low = body.bottom - button
        self.ways[WECHAT].place(Box(body.x, low, half, button))
        self.ways[ALIPAY].place(Box(body.x + half + gap, low, half, button))
        self.ways[TERMINAL].place(Box(body.x, low - gap - button, body.w, button))
        end = self.ways[TERMINAL].box.y - gap
        if self.shut.visible:
            height = self.shut.fit_height(body.w)
            self.shut.place(Box(body.x, end - height, body.w, height))
            end -= height + px(4)
        total_h = px(34 if self._tight else 50)
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, end - height, body.w, height))
            end -= height + gap
        top = body.y + px(SPACE.air)
        card = self._place_lines(Box(body.x, top, body.w, end - top - px(4) - total_h))
        total = Box(body.x, card.bottom + px(3), body.w, total_h)
        self.line.place((Box(body.x, total.bottom, body.w, px(0.9)),))
        self.total.place(Box(total.x, total.y, px(54), total.h))
        self.amount.place(Box(total.x + px(54), total.y, total.w - px(54), total.h))

    def _place_lines(self, area: Box) -> Box:
        """The bills on their card, closer together when they must be; the card's box."""
        px = self.theme.px
        count = max(1, sum(x.visible for x in self.names))
        name, detail = self.names[0].line_px, self.details[0].line_px
        room = (area.h - px(8)) // count - name - detail
        row = name + detail + max(0, min(px(8), room))
        card = Box(area.x, area.y, area.w, row * count + px(8))
        self.card.place(card)
        inner = card.inset(px(11), px(4))
        sum_ = px(100)
        for n in range(MOST_BILLS):
            y = inner.y + n * row + (row - name - detail) // 2
            width = inner.w - sum_
            self.names[n].place(Box(inner.x, y, width, name))
            self.details[n].place(Box(inner.x, y + name, width, detail))
            self.sums[n].place(Box(inner.right - sum_, y, sum_, name + detail))
        return card

    def show(self, view: ConfirmView) -> None:
        self.heading.say(view.title)
        for n in range(MOST_BILLS):
            there = n < len(view.lines)
            for label in (self.names[n], self.details[n], self.sums[n]):
                label.visible = there
            if there:
                self.names[n].say(view.lines[n].name)
                self.details[n].say(view.lines[n].detail)
                self.sums[n].show(view.lines[n].fen)
        self.total.say(_("一共付"))
        # A full list, a note and a closed way of paying leave little room for the sum.
        self._tight = len(view.lines) == MOST_BILLS and bool(view.note and view.shut)
        self.amount.resize(28.0 if self._tight or view.fen >= LARGE_FEN else 34.0)
        self.amount.show(view.fen)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.shut.visible = bool(view.shut)
        self.shut.say(view.shut)
        known = {x.id: x for x in view.ways}
        for way, button in self.ways.items():
            button.visible = way in known
            if way in known:
                button.say(known[way].name)
                button.enable(known[way].free)
        self.shape(len(view.lines), view.note, view.shut)

    def repaint(self) -> None:
        if hasattr(self, "line"):
            self.line.paint()
