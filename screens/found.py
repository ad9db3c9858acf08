"""查一笔: what became of an order, from its slip. No name, no account number."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.i18n import _

from kiosk.core.order import PaymentState
from kiosk.core.state import State
from kiosk.core.visit.steps import FoundOrder
from screens.base import Screen
from screens.drawing import Box
from screens.result import result_of
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label
from screens.widgets.ladder import Ladder, Step
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class FoundView:
    title: str
    number: str
    fen: int
    steps: tuple[Step, ...]
    words: str
    amber: bool


def view_of(state: State) -> FoundView:
    step = state.visit.step
    if not isinstance(step, FoundOrder):
        raise ValueError("nothing was found")
    order = step.order
    undecided = order.payment.state in (
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
        PaymentState.NEEDS_PERSON,
    )
    number = _("单号 {number}").format(number=order.short_id)
    if undecided:
        words = _(
            "我们还在问，问到为止。请不要重复付款。付成了，账单就算缴好；没付成，一分钱也不会少。"
        )
        title = _("这一笔还在确认")
        return FoundView(title, number, order.amount_fen, (), words, amber=True)
    result = result_of(order, state.rules.refund_days)
    words = result.words
    if not result.amber and order.payment.state is PaymentState.PAID:
        words = _("这一笔已经全部缴好，可以放心。")
    return FoundView(result.title, number, result.fen, result.steps, words, result.amber)


class FoundScreen(Screen):
    name = "found"
    offers = ("home", "help")

    def build(self) -> None:
        self.number = self.add(Label(self.kit, "found.number", em_mm=13.0, face="bold"))
        self.amount = self.add(Amount(self.kit, "found.amount", due=True, align="left"))
        self.ladder = self.add(Ladder(self.kit, "found.lines"))
        self.panel = self.add(Panel(self.kit, kind="info"))
        self.words = self.add(
            Label(self.kit, "found.words", em_mm=12.0, on="info", anchor="middle")
        )
        self.done = self.add(
            Button(
                self.kit,
                "found.done",
                "",
                lambda: self.send("found.done", None),
                kind="main",
                guard=True,
            )
        )
        self._rungs = 0

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(38)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        number = Box(body.x, body.y, body.w, round(px(13.0) * TYPE.line))
        self.number.place(number)
        amount = Box(body.x, number.bottom, body.w, px(42))
        self.amount.place(amount)
        top = amount.bottom + px(2)
        if self._rungs:
            ladder = Box(body.x, top, body.w, px(36 * self._rungs + 8))
            self.ladder.place(ladder)
            top = ladder.bottom + gap
        end = body.bottom - button - gap
        height = min(end - top, px(8) + 6 * round(px(12.0) * TYPE.line))
        panel = Box(body.x, top, body.w, height)
        self.panel.place(panel)
        self.words.place(panel.inset(px(11), px(4)))

    def show(self, view: FoundView) -> None:
        self.heading.say(view.title)
        self.number.say(view.number)
        self.amount.show(view.fen)
        self.ladder.visible = bool(view.steps)
        if view.steps:
            self.ladder.show(view.steps)
        if len(view.steps) != self._rungs:
            self._rungs = len(view.steps)
            self.lay_out(low=self.low)
        self.panel.turn("wait" if view.amber else "info")
        self.words.paint(self.panel.text_colour, self.panel.ground)
        self.words.say(view.words)
        self.done.say(_("好了"))
