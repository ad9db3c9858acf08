"""Nobody knows yet whether the payment went through: amber, never red."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.i18n import _

from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label, amount_text
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class UnknownView:
    """First what not to do, then what is happening, then the number to keep.

    ``main`` and ``other`` are the two buttons' texts with their targets.
    """

    title: str
    warning: str
    story: str
    number: str
    facts: str
    main: tuple[str, str]
    other: tuple[str, str]


def view_of(state: State) -> UnknownView:
    order = order_at_screen(state)
    if order is None:
        raise ValueError("the screen for unknown outcomes needs an order")
    facts = _("金额 {amount}").format(amount=amount_text(order.amount_fen))
    if order.payment.asked:
        facts += "    " + _("已经问了 {n} 次").format(n=order.payment.asked)
    main, other = _buttons(order)
    if order.needs_person:
        title = _("这笔付款要请人核对")
        story = _(
            "机器自己查不清这笔钱有没有付成，工作人员会去核对。\n\n"
            "付成了，账单就算缴好。没付成，一分钱也不会少。"
        )
    else:
        title = _("结果确认中，请不要重复付款")
        story = _(
            "线路断了一下，我们还不知道这笔钱有没有付成。我们一直在问，问到为止。\n\n"
            "付成了，账单就算缴好。没付成，一分钱也不会少。"
        )
    return UnknownView(title, _("请不要再付一次。"), story, order.short_id, facts, main, other)


def _buttons(order: Order) -> tuple[tuple[str, str], tuple[str, str]]:
    paper = order.paper.state
    waiting = (_("我再等等"), "order.wait")
    if order.payment.state is PaymentState.NEEDS_PERSON:
        waiting = ("", "")
    if paper is PaperState.PRINTING:
        return (_("正在打印凭条"), ""), waiting
    if paper in (PaperState.PRINTED, PaperState.SHOWN_AS_QR):
        return (_("凭条拿好了，我先走"), "order.done"), waiting
    return (_("打一张凭条，先走也行"), "order.slip"), waiting


class UnknownScreen(Screen):
    name = "unknown"
    offers = ("help",)

    def build(self) -> None:
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.warning = self.add(
            Label(
                self.kit,
                "unknown.warning",
                em_mm=16.0,
                face="bold",
                colour="on_wait",
                on="wait",
            )
        )
        self.story = self.add(
            Label(self.kit, "unknown.story", em_mm=11.0, colour="on_wait", on="wait")
        )
        self.card = self.add(Panel(self.kit))
        self.number_title = self.add(Label(self.kit, "unknown.number_title", on="card"))
        self.number = self.add(
            Label(self.kit, "unknown.number", em_mm=18.0, face="bold", on="card")
        )
        self.facts = self.add(Label(self.kit, "unknown.facts", on="card"))
        self.main = self.add(
            Button(
                self.kit, "order.main", "", lambda: self._send(self._main), kind="main", guard=True
            )
        )
        self.other = self.add(Button(self.kit, "order.other", "", lambda: self._send(self._other)))
        self._main = self._other = ""

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(38)
        self.other.place(Box(body.x, body.bottom - button, body.w, button))
        main = Box(body.x, self.other.box.y - gap - button, body.w, button)
        self.main.place(main)
        line, figure = round(px(TYPE.body) * TYPE.line), round(px(18.0) * TYPE.line)
        height = 2 * line + figure + px(12)
        card = Box(body.x, main.y - gap - height, body.w, height)
        self.card.place(card)
        inner = card.inset(px(12), px(6))
        self.number_title.place(Box(inner.x, inner.y, inner.w, line))
        self.number.place(Box(inner.x, inner.y + line, inner.w, figure))
        self.facts.place(Box(inner.x, inner.y + line + figure, inner.w, line))
        panel = Box(body.x, body.y + px(4), body.w, card.y - gap - body.y - px(4))
        self.panel.place(panel)
        inner = panel.inset(px(12), px(11))
        warning = round(px(16.0) * TYPE.line)
        self.warning.place(Box(inner.x, inner.y, inner.w, warning))
        top = inner.y + warning + px(6)
        self.story.place(Box(inner.x, top, inner.w, inner.bottom - top))

    def show(self, view: UnknownView) -> None:
        self.heading.say(view.title)
        self.warning.say(view.warning)
        self.story.say(view.story)
        self.number_title.say(_("您的单号"))
        self.number.say(view.number)
        self.facts.say(view.facts)
        self._main = view.main[1]
        self._other = view.other[1]
        self.main.say(view.main[0])
        self.main.enable(bool(self._main))
        self.other.say(view.other[0])
        self.other.visible = bool(self._other)

    def _send(self, target: str) -> None:
        if target:
            self.send(target, None)
