"""How it ended: paid and posted, posted soon, partly refused, or not paid at all."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.order import LineState, Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.i18n import _
from kiosk.order_text import refund_words
from screens.base import Screen
from screens.drawing import Box
from screens.order_words import line_step
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label
from screens.widgets.ladder import Ladder, Step
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class ResultView:
    """``steps`` tell what became of each line; ``words`` what is safe and what comes next."""

    title: str
    fen: int
    steps: tuple[Step, ...]
    words: str
    amber: bool = False


def view_of(state: State) -> ResultView:
    order = order_at_screen(state)
    if order is None:
        raise ValueError("a result needs an order")
    return result_of(order, state.rules.refund_days)


def result_of(order: Order, refund_days: int) -> ResultView:
    """Return an order's end in plain words, for its own visit and for 查一笔."""
    if order.payment.state is PaymentState.NOT_PAID:
        words = _("您的钱没有扣。账单还没有缴，什么时候来缴都可以。")
        return ResultView(_why_not_paid(order), order.amount_fen, (), words)
    steps = tuple(line_step(x) for x in order.lines)
    states = {x.state for x in order.lines}
    if states == {LineState.POSTED}:
        return ResultView(_("缴好了，谢谢您"), order.amount_fen, steps, _paper_words(order))
    words = "\n".join(refund_words(order, refund_days))
    if LineState.REFUSED in states:
        if states == {LineState.REFUSED}:
            title = _("没有缴成，钱退给您")
        else:
            title = _("有一笔没有缴成，钱退给您")
        return ResultView(title, order.amount_fen, steps, words or _("正在办理退款。"), amber=True)
    words = _("已付款，正在入账，不用再付。过一会儿拿小票来扫一扫，就能查到。")
    return ResultView(_("已付款，正在入账"), order.amount_fen, steps, words, amber=True)


def _why_not_paid(order: Order) -> str:
    if order.payment.cancel_wanted or order.payment.code in ("110", "cancelled"):
        return _("已经取消，没有付款")
    if order.payment.code in ("closed", "refunded_full"):
        return _("时间到了，没有付款")
    return _("这次没有付成")


def _paper_words(order: Order) -> str:
    if order.paper.state is PaperState.PRINTED:
        return _("小票打好了，请拿好。别忘了您的卡和账单。")
    return _("请带好您的东西。别忘了您的卡和账单。")


class ResultScreen(Screen):
    name = "result"
    offers = ("home", "help")

    def build(self) -> None:
        self.amount = self.add(
            Amount(self.kit, "result.amount", due=True, align="left", em_mm=34.0)
        )
        self.ladder = self.add(Ladder(self.kit, "result.lines"))
        self.panel = self.add(Panel(self.kit, kind="info"))
        self.words = self.add(
            Label(self.kit, "result.words", em_mm=12.0, on="info", anchor="middle")
        )
        self.done = self.add(
            Button(
                self.kit,
                "order.done",
                "",
                lambda: self.send("order.done", None),
                kind="main",
                guard=True,
            )
        )
        self._rungs = 0

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(38)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        amount = Box(body.x, body.y + px(2), body.w, px(46))
        self.amount.place(amount)
        top = amount.bottom + px(4)
        if self._rungs:
            ladder = Box(body.x, top, body.w, px(36 * self._rungs + 8))
            self.ladder.place(ladder)
            top = ladder.bottom + gap
        end = body.bottom - button - gap
        height = min(end - top, px(8) + 6 * round(px(12.0) * TYPE.line))
        panel = Box(body.x, top, body.w, height)
        self.panel.place(panel)
        self.words.place(panel.inset(px(11), px(4)))

    def show(self, view: ResultView) -> None:
        self.heading.say(view.title)
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
