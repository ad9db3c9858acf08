"""How it ended: paid and posted, posted soon, partly refused, or not paid at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.core.goods import GoodsState, Ware
from kiosk.core.order import LineState, Order, PaperState, PaymentState, RefundState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.pay_steps import may_pay_again
from kiosk.core.visit.view import exits
from kiosk.i18n import _
from kiosk.order_text import refund_words
from kiosk.speech.utterance import Utterance, say, sentences
from screens.base import Screen
from screens.drawing import Box
from screens.ending import place_ending, tell_ending
from screens.order_words import goods_step, line_steps
from screens.rice_words import rice_ending
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.ladder import Ladder, Step
from screens.widgets.message import Message

NOT_SENT = ("timedout", "not_connected")
"""Codes of a payment that its machine has never heard of."""


@dataclass(frozen=True, slots=True)
class ResultView:
    """``steps`` tell what became of each line; ``lead`` and ``words`` what is safe, what comes.

    ``paid`` is false when no money was taken: then no sum is shown that could look like it.
    ``caption`` stands above the sum, or holds the number where there is none; ``again``: the same
    bills can be paid by another try.
    """

    title: str
    fen: int
    steps: tuple[Step, ...]
    words: str
    amber: bool = False
    lead: str = ""
    paid: bool = True
    home: bool = True
    caption: str = ""
    again: bool = False


def view_of(state: State) -> ResultView:
    order = order_at_screen(state)
    if order is None:
        raise ValueError("a result needs an order")
    home = exits(state)[1]
    view = result_of(order, state.rules.refund_days)
    return replace(view, home=home, caption=_caption(order, view), again=may_pay_again(order))


def _caption(order: Order, view: ResultView) -> str:
    if not view.paid:
        return _("单号 {number}").format(number=order.short_id)
    if view.fen != order.amount_fen:
        words = _("原价 {amount}，优惠后付了") if order.goods else _("账单 {amount}，优惠后付了")
        return words.format(amount=amount_text(order.amount_fen))
    return _("一共付了")


def result_of(order: Order, refund_days: int) -> ResultView:
    """Return an order's end in plain words, for its own visit and for 查一笔."""
    fen = paid_fen(order)
    if order.payment.late:
        return _given_back(order, refund_days)
    if order.payment.state is PaymentState.NOT_PAID:
        title, words = _why_not_paid(order)
        lead = _("您的钱没有扣。")
        return ResultView(title, fen, (), words, lead=lead, paid=False)
    if order.goods:
        return replace(_goods_result(order, refund_days), **rice_ending(order))
    steps = line_steps(order)
    states = [x.state for x in order.lines]
    if set(states) == {LineState.POSTED}:
        lead, words = _paper_words(order)
        return ResultView(_("缴好了，谢谢您"), fen, steps, words, lead=lead)
    if order.poisoned or any(x.needs_person for x in order.lines):
        words = _("机器自己办不完，工作人员在核对，办好为止。请留好小票。")
        title, lead = _("已付款，工作人员在核对"), _("不用再付。")
        return ResultView(title, fen, steps, words, amber=True, lead=lead)
    if LineState.REFUSED in states:
        words = "\n".join(refund_words(order, refund_days)) or _("正在办理退款。")
        return ResultView(_refused_title(states), fen, steps, words, amber=True)
    lead = _("不用再付。")
    words = _("缴费单位还在入账，我们会一直问。过一会儿拿小票来扫一扫，就知道结果。")
    return ResultView(_("已付款，正在入账"), fen, steps, words, amber=True, lead=lead)


def paid_fen(order: Order) -> int:
    """What the person really gave, net of coupons."""
    facts = order.payment.facts
    paid = order.payment.state is PaymentState.PAID and facts is not None
    return facts.paid_fen if paid and facts is not None else order.amount_fen


def _given_back(order: Order, refund_days: int) -> ResultView:
    """Money that came too late, or went back by itself: it was taken, and that is said."""
    back = all(x.state is RefundState.REFUNDED for x in order.refunds)
    lead = _("刚才付的钱已经退回。") if back else _("刚才付的钱正在退回。")
    later = _("账单还没有缴，什么时候来缴都可以。")
    words = "\n".join((*refund_words(order, refund_days), "" if order.goods else later)).strip()
    title = _("没有办，钱退给您") if order.goods else _("没有缴费，钱退给您")
    return ResultView(title, order.amount_fen, (), words, amber=True, lead=lead, paid=False)


def _goods_result(order: Order, refund_days: int) -> ResultView:
    """How it ended with goods: all there, some, none, or nobody knows yet."""
    fen, steps = paid_fen(order), tuple(goods_step(x) for x in order.goods)
    paid = bool(fen)
    states = {x.state for x in order.goods}
    if states == {GoodsState.DELIVERED}:
        lead, words = _paper_words(order)
        return ResultView(_("办好了，谢谢您"), fen, steps, words, lead=lead, paid=paid)
    if GoodsState.DELIVERY_UNKNOWN in states:
        lead = _("请不要再付一次。") if paid else ""
        words = _("机器没有说清出了多少，工作人员会来核对。没出的钱会退给您，请留好小票。")
        if not paid:
            words = _("机器没有看清您拿到没有，工作人员会来核对。请留好小票，有事拿它来问。")
        return ResultView(_("还在核对"), fen, steps, words, True, lead, paid)
    words = "\n".join(refund_words(order, refund_days))
    if not words:
        words = _("正在办理退款。") if paid else _why_no_gift(order)
    some = GoodsState.PARTLY in states
    title = _("出得不够，少的退给您") if some else _("没有出，钱退给您")
    if not paid:
        title = _("这次没有拿到")
    return ResultView(title, fen, steps, words, amber=True, paid=paid)


def _why_no_gift(order: Order) -> str:
    """What to do when nothing came out that would have been free."""
    if any(x.code == "not_taken" for x in order.goods):
        return _("没有人拿，机器收回去了。还要的话，马上可以再领一次。")
    return _("请过一会儿再来，或请人帮忙。")


def _refused_title(states: list[LineState]) -> str:
    refused = states.count(LineState.REFUSED)
    if refused == len(states):
        return _("没有缴成，钱退给您")
    if refused == 1:
        return _("有一笔没有缴成，钱退给您")
    return _("有几笔没有缴成，钱退给您")


def _why_not_paid(order: Order) -> tuple[str, str]:
    """Heading, and what to do now."""
    later = _("账单还没有缴，什么时候来缴都可以。")
    if order.goods:
        later = _("想要的话，随时可以再来。")
    if order.payment.cancel_wanted or order.payment.code in ("110", "cancelled"):
        return _("已经取消，没有付款"), later
    if order.payment.code == "closed":
        shown = bool(order.payment.qr_code)
        return _("没有付款，付款码作废了") if shown else _("没有付款"), later
    again = _("可以换张卡，或换一种方式再付一次。")
    if order.payment.code in NOT_SENT:
        again = _("刷卡机刚才在忙，没有轮到这一笔。请再付一次，或换一种方式。")
    return _("这次没有付成"), again if order.goods else _("账单还没有缴。") + "\n" + again


def _paper_words(order: Order) -> tuple[str, str]:
    words = _("别忘了您的东西：卡、手机、账单。")
    if order.goods:
        words = _("别忘了您的东西：卡、手机。")
    if order.goods and order.goods[0].goods.ware is Ware.PAGES:
        words = _("别忘了您的东西：打好的纸、U盘、卡、手机。")
    if any(x.goods.ware is Ware.BOOKLET for x in order.goods):
        words = _("别忘了您的东西：身份证、病历本。")
    if order.paper.state is PaperState.PRINTED:
        return _("小票打好了，请拿好。"), words
    return _("都办好了。") if order.goods else _("账单都缴好了。"), words


def spoken(view: ResultView) -> Utterance:
    paid = (view.caption, amount_text(view.fen)) if view.paid else ()
    words = sentences(view.words)
    return say(view.title, *paid, view.lead, *words, *(x.said for x in view.steps))


class ResultScreen(Screen):
    name = "result"
    offers = ("home", "help")

    def build(self) -> None:
        self.caption = self.add(Label(self.kit, "result.caption", em_mm=12.0, colour="soft"))
        self.amount = self.add(
            Amount(self.kit, "result.amount", due=True, align="left", em_mm=34.0)
        )
        self.ladder = self.add(Ladder(self.kit, "result.lines"))
        self.words = self.add(Message(self.kit, "result.words", em_mm=13.0, lead_mm=18.0))
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
        self.again = self.add(
            Button(self.kit, "order.again", "", lambda: self.send("order.again", None), guard=True)
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        caption = Box(body.x, body.y, body.w, self.caption.line_px)
        self.caption.place(caption)
        top = caption.bottom + px(5)
        if self.amount.visible:
            self.amount.place(Box(body.x, caption.bottom, body.w, px(44)))
            top = self.amount.box.bottom + px(4)
        place_ending(body, top, self.ladder, self.words, self.done)
        button = px(SPACE.button)
        self.again.place(Box(body.x, self.done.box.y - px(SPACE.gap) - button, body.w, button))

    def show(self, view: ResultView) -> None:
        self.heading.say(view.title)
        self.caption.say(view.caption)
        self.amount.show(view.fen)
        self.amount.visible = view.paid
        self.again.say(_("再付一次"))
        self.again.visible = view.again
        tell_ending(view, self.ladder, self.words, self.done)
        self.bottom.offer(("home", "help") if view.home else ("help",))
        self.shape(len(view.steps), self.ladder.tall, view.paid, view.lead, view.words)
