"""Paying: the ladder of truth, and what to do at the terminal or with the phone."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.means import FREE, TERMINAL
from kiosk.core.order import Asking, Order, PaperState, PaymentState
from kiosk.core.paper import settled_for_now
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.steps import AtOrder
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.order_words import MEANS, companies
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.how_to_pay import HowToPay
from screens.widgets.label import Amount, amount_text
from screens.widgets.ladder import Ladder, Step
from screens.widgets.message import Message
from screens.widgets.qr import QrImage


@dataclass(frozen=True, slots=True)
class PayView:
    """``code`` is the text of the QR code to show instead of the ladder.

    ``how`` says what to do at the terminal: with a card, with a phone, and what is true of both;
    it stands in place of ``hint``. ``note``: what was held to the wrong reader. ``amber``: the
    hint says that something isn't known.
    """

    title: str
    fen: int
    steps: tuple[Step, ...]
    hint: str
    how: tuple[str, str, str] | None = None
    code: str = ""
    cancel: str = ""
    note: str = ""
    amber: bool = False


def view_of(state: State) -> PayView:
    """Return what the order's own state says, and nothing else."""
    order = order_at_screen(state)
    if order is None:
        raise ValueError("the pay screen needs an order")
    waiting = order.payment.state in (PaymentState.CREATED, PaymentState.REQUESTED)
    if not waiting:
        title, hint = _after(order)
        return PayView(title, order.amount_fen, steps_of(order), hint)
    if _closing(order):
        hint = _("正在取消。取消成功以前，请不要付款。")
        return PayView(_("正在取消，请等一下"), order.amount_fen, steps_of(order), hint)
    cancel = _("不付了，取消")
    step = state.visit.step
    note = note_text(step.note) if isinstance(step, AtOrder) else ""
    if order.means.id == TERMINAL and not state.device(TERMINAL).level.usable:
        # The card may have been held to it just before: nobody is asked for it again.
        hint = _(
            "刷卡机没有回话。刷过了，请不要再刷；还没有刷，也请先等一等。我们一直在问，问到为止。"
        )
        title = _("结果确认中，请先不要付款")
        steps = _steps_unheard(order)
        return PayView(title, order.amount_fen, steps, hint, cancel=cancel, amber=True)
    if order.means.id == TERMINAL:
        how = (
            _("银行卡：贴在机器上，或插进去"),
            _("手机：付款码对着机器的红光"),
            _("付款之前可以取消，不会扣钱。"),
        )
        title = _("请在右边的机器上付款")
        return PayView(title, order.amount_fen, steps_of(order), "", how, cancel=cancel, note=note)
    name = _(MEANS[order.means.id])
    title = _("请用{means}扫码付款").format(means=name)
    code = order.payment.qr_code
    hint = _("打开手机上的{means}，点“扫一扫”，\n对准上面的方块。").format(means=name)
    if not code:
        hint = _("正在准备付款码，请等一下。")
    return PayView(title, order.amount_fen, steps_of(order), hint, None, code, cancel, note)


def _closing(order: Order) -> bool:
    """Whether the payment is being taken back, by the person or because its time is over."""
    return order.payment.cancel_wanted or order.payment.asking is not Asking.NOTHING


def _after(order: Order) -> tuple[str, str]:
    """Heading and hint once the payment itself is over."""
    if order.payment.late:
        words = _("没有缴费，钱退回去。凭条马上出来，请拿好再走。")
        if order.goods:
            words = _("没有办，钱退回去。凭条马上出来，请拿好再走。")
        return _("刚才付的钱退给您"), words
    if order.paper.state is PaperState.PRINTING:
        if order.goods:
            return _("正在打印小票"), _("小票马上出来，请拿好再走。")
        return _("付款成功，正在打印小票"), _("钱已经付好了。小票马上出来，请拿好再走。")
    if order.goods:
        return _("正在办，请等一下"), _("请不要走开，马上就好。")
    return _("付款成功，正在缴费"), _("钱已经付好了，不用再付。正在告诉缴费单位，马上就好。")


def steps_of(order: Order) -> tuple[Step, ...]:
    """The rungs: bills checked, payment, companies told or goods given out, receipt."""
    if order.payment.late:
        return (
            Step(_("已付款"), "done"),
            Step(_("钱退给您"), "done" if settled_for_now(order) else "now"),
            Step(_("打印小票"), "now" if order.paper.state is PaperState.PRINTING else "next"),
        )
    paid = order.payment.state is PaymentState.PAID
    told = paid and settled_for_now(order)
    printing = order.paper.state is PaperState.PRINTING
    way = _("刷卡或出示付款码") if order.means.id == TERMINAL else _("用手机扫码")
    waiting = _("正在取消") if _closing(order) else _("等您付款：{way}").format(way=way)
    if order.goods:
        checked, tell = _("已经选好"), _("给您拿来")
    else:
        checked = _("账单已核对")
        tell = _("通知{companies}").format(companies=companies(order))
    if order.means.id == FREE:
        return (
            Step(checked, "done"),
            Step(tell, "done" if told or printing else "now"),
            Step(_("打印小票"), "now" if told or printing else "next"),
        )
    return (
        Step(checked, "done"),
        Step(_("已付款"), "done") if paid else Step(waiting, "now"),
        Step(tell, "done" if told else ("now" if paid and not printing else "next")),
        Step(_("打印小票"), "now" if paid and (told or printing) else "next"),
    )


def _steps_unheard(order: Order) -> tuple[Step, ...]:
    """The same while the machine that takes the money isn't heard of."""
    checked, _paying, *rest = steps_of(order)
    return (checked, Step(_("正在等刷卡机回话"), "unknown"), *rest)


def spoken(view: PayView) -> Utterance:
    due = amount_text(view.fen) if view.fen else ""
    return say(view.title, due, *(view.how or ()), view.hint, view.note)


class PayScreen(Screen):
    """No way back to a half-paid bill, but a cancel as long as nothing was paid."""

    name = "pay"
    offers = ("help",)

    def build(self) -> None:
        self.amount = self.add(Amount(self.kit, "pay.amount", due=True, align="left", em_mm=34.0))
        self.ladder = self.add(Ladder(self.kit, "pay.ladder"))
        self.hint = self.add(Message(self.kit, "pay.hint"))
        self.how = self.add(HowToPay(self.kit, "pay.how"))
        self.note = self.add(Message(self.kit, "pay.note", "wait"))
        self.code = self.add(QrImage(self.kit, "pay.code"))
        self.cancel = self.add(
            Button(
                self.kit, "order.cancel", "", lambda: self.send("order.cancel", None), guard=True
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.cancel.place(Box(body.x, body.bottom - button, body.w, button))
        amount = Box(body.x, body.y + px(3), body.w, px(46))
        self.amount.place(amount)
        top = amount.bottom + px(5) if self.amount.visible else body.y + px(SPACE.air)
        height = self.how.fit() if self.how.visible else self.hint.fit(body.w)
        end = self.cancel.box.y - gap
        if self.note.visible:
            note = self.note.fit(body.w)
            self.note.place(Box(body.x, end - note, body.w, note))
            end -= note + px(4)
        if self.code.visible:
            # A code to scan takes the ladder's place: it is the one thing to look at now.
            hint = Box(body.x, end - height, body.w, height)
            side = min(body.w, hint.y - gap - top)
            self.code.place(Box(body.x + (body.w - side) // 2, top, side, side))
        else:
            ladder = min(px(152), end - height - px(4) - top)
            self.ladder.place(Box(body.x, top, body.w, ladder))
            below = min(gap, end - height - self.ladder.box.bottom)
            hint = Box(body.x, self.ladder.box.bottom + below, body.w, height)
        (self.how if self.how.visible else self.hint).place(hint)

    def show(self, view: PayView) -> None:
        self.heading.say(view.title)
        self.amount.show(view.fen)
        self.amount.visible = bool(view.fen)
        self.hint.turn("wait" if view.amber else "info")
        self.hint.say(view.hint)
        self.note.say(view.note)
        self.note.visible = bool(view.note)
        self.how.visible = view.how is not None
        self.hint.visible = view.how is None
        if view.how is not None:
            self.how.say(*view.how)
        self.code.visible = bool(view.code)
        self.ladder.visible = not view.code
        if view.code:
            self.code.show(view.code)
        else:
            self.ladder.show(view.steps)
        self.cancel.visible = bool(view.cancel)
        self.cancel.say(view.cancel)
        shown = self.amount.visible, self.code.visible
        self.shape(*shown, view.hint, view.how, view.note)
