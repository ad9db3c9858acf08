"""Nobody knows yet whether the payment went through: amber, never red."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen, unrecorded
from kiosk.core.visit.view import exits
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.order_words import whichever
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label, amount_text
from screens.widgets.message import Message
from screens.widgets.panel import Panel

LINE_LOST = (
    "link_lost",
    "not_acknowledged",
    "port_missing",
    "port_error",
    "unplugged",
    "write_timeout",
    "reopen",
    "unreachable",
    "broken",
)
"""Reasons of drivers and gateways that are the line's."""


@dataclass(frozen=True, slots=True)
class UnknownView:
    """First what not to do, then what is happening, then the number to keep.

    ``said`` is the story sentence by sentence.
    ``main`` and ``other`` are the two buttons' texts with their targets; ``other`` may be empty.
    """

    title: str
    warning: str
    story: str
    said: tuple[str, ...]
    number: str
    facts: str
    main: tuple[str, str]
    other: tuple[str, str]
    home: bool = False


def view_of(state: State) -> UnknownView:
    order = order_at_screen(state)
    if order is None:
        raise ValueError("the screen for unknown outcomes needs an order")
    facts = _("金额 {amount}").format(amount=amount_text(order.amount_fen))
    if order.payment.asked:
        facts += "    " + _("已经问了 {n} 次").format(n=order.payment.asked)
    main, other = _buttons(order)
    home = exits(state)[1]
    if unrecorded(state, order):
        main, other = (_("单号记下了，我先走"), "order.done"), ("", "")
    title, warning, paragraphs = _story(state, order)
    story = "\n\n".join(map("".join, paragraphs))
    said = sum(paragraphs, ())
    return UnknownView(title, warning, story, said, order.short_id, facts, main, other, home)


def _story(state: State, order: Order) -> tuple[str, str, tuple[tuple[str, ...], ...]]:
    """Heading, what not to do, and what is happening: paragraphs of sentences, as far as known."""
    dont = _("请不要再付一次。")
    if order.poisoned and order.payment.state is PaymentState.PAID:
        words = _("钱已经付好了。后面的事机器没有办完，工作人员会去核对，办好为止。")
        return _("钱付好了，后面的请人核对"), dont, ((words,),)
    if order.poisoned and order.payment.state is PaymentState.NOT_PAID:
        words = _("这次没有付成，账单还没有缴。机器没有办完，工作人员会来看。")
        if order.goods:
            words = _("这次没有付成。机器没有办完，工作人员会来看。")
        return _("没有付成，要请人看一看"), _("您的钱没有扣。"), ((words,),)
    both = (whichever(order),)
    if order.needs_person:
        words = _("机器自己查不清这笔钱有没有付成，工作人员会去核对。")
        return _("这笔付款要请人核对"), dont, ((words,), both)
    if unrecorded(state, order):
        words = _("机器的账本暂时写不进去，这笔钱有没有付成，还没有记好。机器一直在试。")
        return _("结果确认中，请不要重复付款"), dont, ((words,), both)
    words = _("我们还不知道这笔钱有没有付成。我们一直在问，问到为止。")
    title = _("结果确认中，请不要重复付款")
    return title, dont, ((_cause(state, order), words), both)


def _cause(state: State, order: Order) -> str:
    """Why nobody knows: by the driver's word for it, and by what is heard of the way there now."""
    if order.payment.cancel_wanted:
        return _("您取消的时候，没有得到准信。")
    if order.payment.code in LINE_LOST or not state.device(order.means.id).level.usable:
        return _("线路断了一下。")
    return _("机器没有得到准信。")


def _buttons(order: Order) -> tuple[tuple[str, str], tuple[str, str]]:
    paper = order.paper.state
    waiting = (_("我再等等"), "order.wait")
    if order.needs_person:
        waiting = ("", "")
    if order.poisoned:
        # Nothing more is printed for it; the number on the screen is what to keep.
        return (_("单号记下了，我先走"), "order.done"), ("", "")
    if paper is PaperState.PRINTING:
        return (_("正在打印凭条"), ""), waiting
    if paper in (PaperState.PRINTED, PaperState.SHOWN_AS_QR):
        return (_("凭条拿好了，我先走"), "order.done"), waiting
    return (_("打一张凭条，先走也行"), "order.slip"), waiting


def spoken(view: UnknownView) -> Utterance:
    return say(view.title, view.warning, *view.said, _("您的单号"), view.number, view.facts)


class UnknownScreen(Screen):
    name = "unknown"
    offers = ("help",)

    def build(self) -> None:
        self.story = self.add(Message(self.kit, "unknown.story", "wait", em_mm=13.0, lead_mm=18.0))
        self.card = self.add(Panel(self.kit))
        self.number_title = self.add(Label(self.kit, "unknown.number_title", on="card"))
        self.number = self.add(
            Label(self.kit, "unknown.number", em_mm=18.0, face="bold", on="card")
        )
        self.facts = self.add(Label(self.kit, "unknown.facts", on="card"))
        self.main = self.add(
            Button(
                self.kit, "order.slip", "", lambda: self._send(self._main), kind="main", guard=True
            )
        )
        self.other = self.add(Button(self.kit, "order.wait", "", lambda: self._send(self._other)))
        self._main = self._other = ""

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        low = Box(body.x, body.bottom - button, body.w, button)
        self.other.place(low)
        over = Box(body.x, low.y - gap - button, body.w, button)
        self.main.place(over if self.other.visible else low)
        top = body.y + px(SPACE.air)
        story = Box(body.x, top, body.w, self.story.fit(body.w))
        self.story.place(story)
        line, figure = round(px(TYPE.body) * TYPE.line), self.number.line_px
        card = Box(body.x, story.bottom + gap, body.w, 2 * line + figure + px(8))
        self.card.place(card)
        inner = card.inset(px(11), px(4))
        self.number_title.place(Box(inner.x, inner.y, inner.w, line))
        self.number.place(Box(inner.x, inner.y + line, inner.w, figure))
        self.facts.place(Box(inner.x, inner.y + line + figure, inner.w, line))

    def show(self, view: UnknownView) -> None:
        self.heading.say(view.title)
        self.story.say(view.story, view.warning)
        self.number_title.say(_("您的单号"))
        self.number.say(view.number)
        self.facts.say(view.facts)
        self._main, self._other = view.main[1], view.other[1]
        self.main.id = self._main or "order.slip"
        self.main.say(view.main[0])
        self.main.enable(bool(self._main))
        self.other.say(view.other[0])
        self.other.visible = bool(self._other)
        self.bottom.offer(("home", "help") if view.home else ("help",))
        self.shape(view.story, self.other.visible)

    def _send(self, target: str) -> None:
        if target:
            self.send(target, None)
