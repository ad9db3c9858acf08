"""查一笔: what became of an order, from its slip. No name, no account number."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.order import PaymentState
from kiosk.core.state import State
from kiosk.core.visit.steps import FoundOrder
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say, sentences
from screens.base import Screen
from screens.drawing import Box
from screens.ending import place_ending, tell_ending
from screens.order_words import whichever
from screens.result import result_of
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
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
        words = _("我们还在问，问到为止。")
        if order.needs_person:
            words = _("机器自己查不清这笔钱有没有付成，工作人员会去核对。")
        words += "\n\n" + whichever(order)
        title, lead = _("这一笔还在确认"), _("请不要再付一次。")
        return FoundView(title, number, order.amount_fen, (), words, True, lead)
    result = result_of(order, state.rules.refund_days)
    lead, words = result.lead, result.words
    if order.goods and not result.amber and order.payment.state is PaymentState.PAID:
        lead, words = _("可以放心。"), _("这一笔已经办好。")
    elif not result.amber and result.paid:
        lead, words = _("可以放心。"), _("这一笔已经全部缴好。")
    return FoundView(
        result.title, number, result.fen, result.steps, words, result.amber, lead, result.paid
    )


def spoken(view: FoundView) -> Utterance:
    due = amount_text(view.fen) if view.paid else ""
    told = (view.lead, *sentences(view.words), *(x.said for x in view.steps))
    return say(view.title, if_asked(view.number), due, *told)


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
        px = self.theme.px
        number = Box(body.x, body.y, body.w, self.number.line_px)
        self.number.place(number)
        top = number.bottom + px(4)
        if self.amount.visible:
            self.amount.place(Box(body.x, number.bottom, body.w, px(42)))
            top = self.amount.box.bottom + px(4)
        place_ending(body, top, self.ladder, self.words, self.done)

    def show(self, view: FoundView) -> None:
        self.heading.say(view.title)
        self.number.say(view.number)
        self.amount.show(view.fen)
        self.amount.visible = view.paid
        tell_ending(view, self.ladder, self.words, self.done)
        self.shape(len(view.steps), self.ladder.tall, view.paid, view.lead, view.words)
