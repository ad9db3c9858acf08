"""查一笔: what became of an order, from its slip. No name, no account number."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.order import PaymentState
from kiosk.core.state import State
from kiosk.core.visit.steps import FoundOrder
from kiosk.i18n import _
from screens.base import Screen
from screens.drawing import Box
from screens.result import result_of
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label
from screens.widgets.ladder import Ladder, Step
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class FoundView:
    title: str
    number: str
    fen: int
    steps: tuple[Step, ...]
    words: str
    amber: bool
    lead: str = ""
    paid: bool = True


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
        words = _("我们还在问，问到为止。\n\n付成了，账单就算缴好。没付成，一分钱也不会少。")
        if order.needs_person:
            words = _(
                "机器自己查不清这笔钱有没有付成，工作人员会去核对。\n\n"
                "付成了，账单就算缴好。没付成，一分钱也不会少。"
            )
        title, lead = _("这一笔还在确认"), _("请不要再付一次。")
        return FoundView(title, number, order.amount_fen, (), words, True, lead)
    result = result_of(order, state.rules.refund_days)
    lead, words = result.lead, result.words
    if not result.amber and result.paid:
        lead, words = _("可以放心。"), _("这一笔已经全部缴好。")
    return FoundView(
        result.title, number, result.fen, result.steps, words, result.amber, lead, result.paid
    )


class FoundScreen(Screen):
    name = "found"
    offers = ("home", "help")

    def build(self) -> None:
        self.number = self.add(Label(self.kit, "found.number", em_mm=13.0, face="bold"))
        self.amount = self.add(Amount(self.kit, "found.amount", due=True, align="left"))
        self.ladder = self.add(Ladder(self.kit, "found.lines"))
        self.words = self.add(Message(self.kit, "found.words", em_mm=13.0, lead_mm=18.0))
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

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        number = Box(body.x, body.y, body.w, self.number.line_px)
        self.number.place(number)
        height = self.words.fit(body.w)
        top = number.bottom + px(4)
        if self.amount.visible:
            self.amount.place(Box(body.x, number.bottom, body.w, px(42)))
            top = self.amount.box.bottom + px(4)
        if self.ladder.visible:
            room = body.bottom - button - height - 2 * gap - top
            ladder = Box(body.x, top, body.w, min(px(34 * self.ladder.count + 8), room))
            self.ladder.place(ladder)
            top = ladder.bottom + gap
        self.words.place(Box(body.x, top, body.w, height))

    def show(self, view: FoundView) -> None:
        self.heading.say(view.title)
        self.number.say(view.number)
        self.amount.show(view.fen)
        self.amount.visible = view.paid
        self.ladder.visible = bool(view.steps)
        self.ladder.show(view.steps)
        self.words.turn("wait" if view.amber else "info")
        self.words.say(view.words, view.lead)
        self.done.say(_("好了"))
        self.shape(len(view.steps), view.paid, view.lead, view.words)
