"""The paper failed: the same words as a code for a phone, and another try."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.means import FREE
from kiosk.core.order import PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.i18n import _
from kiosk.order_text import Letterhead, plain_text
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.qr import QrImage


@dataclass(frozen=True, slots=True)
class ReceiptProblemView:
    title: str
    words: str
    code: str
    number: str


def view_of(state: State) -> ReceiptProblemView:
    order = order_at_screen(state)
    if order is None:
        raise ValueError("a receipt belongs to an order")
    head = Letterhead(state.rules.cabin_name, "", "", state.rules.refund_days)
    if order.payment.state is PaymentState.PAID:
        words = _("钱已经付好，只是纸没有打出来。请用手机拍下方块，或记下单号。")
    elif order.payment.state is PaymentState.NOT_PAID:
        words = _("这次没有付成，您的钱没有扣。想留个底，可以拍下方块，或记下单号。")
    else:
        words = _("付款结果还在确认，请不要重复付款。请用手机拍下方块，或记下单号。")
    if order.means.id == FREE:
        words = _("事情已经记好，只是纸没有打出来。请用手机拍下方块，或记下单号。")
    title = _("小票没有打出来")
    return ReceiptProblemView(title, words, plain_text(order, head), order.short_id)


def spoken(view: ReceiptProblemView) -> Utterance:
    return say(view.title, view.words, view.number)


class ReceiptProblemScreen(Screen):
    name = "receipt_problem"
    offers = ("help",)

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "receipt_problem.words", em_mm=12.0))
        self.code = self.add(QrImage(self.kit, "receipt_problem.code"))
        self.number = self.add(
            Label(
                self.kit,
                "receipt_problem.number",
                em_mm=18.0,
                face="bold",
                align="center",
                anchor="middle",
            )
        )
        self.taken = self.add(
            Button(
                self.kit,
                "order.copy_taken",
                "",
                lambda: self.send("order.copy_taken", None),
                kind="main",
                guard=True,
            )
        )
        self.again = self.add(
            Button(
                self.kit,
                "order.reprint",
                "",
                lambda: self.send("order.reprint", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.again.place(Box(body.x, body.bottom - button, body.w, button))
        taken = Box(body.x, self.again.box.y - gap - button, body.w, button)
        self.taken.place(taken)
        words = Box(body.x, body.y + px(2), body.w, self.words.fit_height(body.w))
        self.words.place(words)
        figure = self.number.line_px
        number = Box(body.x, taken.y - px(4) - figure, body.w, figure)
        self.number.place(number)
        top = words.bottom + px(5)
        side = min(body.w, number.y - px(2) - top)
        self.code.place(Box(body.x + (body.w - side) // 2, top, side, side))

    def show(self, view: ReceiptProblemView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.code.show(view.code)
        self.number.say(view.number)
        self.taken.say(_("拍好了，或记下了"))
        self.again.say(_("纸装好了，再打一次"))
        self.shape(view.words)
