"""Paying: the ladder of truth, and what to do at the terminal or with the phone."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.i18n import _

from kiosk.core.means import TERMINAL
from kiosk.core.order import Asking, Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from screens.base import Screen
from screens.drawing import Box
from screens.order_words import MEANS, companies
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label
from screens.widgets.ladder import Ladder, Step
from screens.widgets.panel import Panel
from screens.widgets.qr import QrImage


@dataclass(frozen=True, slots=True)
class PayView:
    """``code`` is the text of the QR code to show instead of the hints, empty for the terminal."""

    title: str
    fen: int
    steps: tuple[Step, ...]
    hint: str
    code: str = ""
    cancel: str = ""


def view_of(state: State) -> PayView:
    """Return what the order's own state says, and nothing else."""
    order = order_at_screen(state)
    if order is None:
        raise ValueError("the pay screen needs an order")
    waiting = order.payment.state in (PaymentState.CREATED, PaymentState.REQUESTED)
    if not waiting:
        return PayView(
            _title_after(order), order.amount_fen, steps_of(order), _("请稍等，马上就好。")
        )
    closing = order.payment.cancel_wanted or order.payment.asking is not Asking.NOTHING
    if closing:
        hint = _("正在取消。取消成功以前，请不要付款。")
        return PayView(_("正在取消，请等一下"), order.amount_fen, steps_of(order), hint)
    if order.means.id == TERMINAL:
        title = _("请在右边的机器上付款")
        hint = _(
            "银行卡：把卡贴在机器上，或插进去。\n"
            "手机：打开付款码，对着机器的红光。\n"
            "付款之前，随时可以取消，不会扣钱。"
        )
        code = ""
    else:
        title = _("请用{means}扫码付款").format(means=_(MEANS[order.means.id]))
        hint = _("打开手机上的{means}，点“扫一扫”，对准方块。").format(
            means=_(MEANS[order.means.id])
        )
        code = order.payment.qr_code
        if not code:
            hint = _("正在准备付款码，请等一下。")
    return PayView(title, order.amount_fen, steps_of(order), hint, code, _("不付了，取消"))


def _title_after(order: Order) -> str:
    if order.paper.state is PaperState.PRINTING:
        return _("付款成功，正在打印小票")
    return _("付款成功，正在缴费")


def steps_of(order: Order) -> tuple[Step, ...]:
    """The rungs: bills checked, payment, companies told, receipt."""
    paid = order.payment.state is PaymentState.PAID
    told = paid and all(x.at_rest for x in order.lines)
    printing = order.paper.state is PaperState.PRINTING
    way = _("刷卡或出示付款码") if order.means.id == TERMINAL else _("用手机扫码")
    tell = _("通知{companies}").format(companies=companies(order))
    return (
        Step(_("账单已核对"), "done"),
        Step(_("已付款"), "done") if paid else Step(_("等您付款：{way}").format(way=way), "now"),
        Step(tell, "done" if told else ("now" if paid and not printing else "next")),
        Step(_("打印小票"), "now" if paid and (told or printing) else "next"),
    )


class PayScreen(Screen):
    """No way back to a half-paid bill, but a cancel as long as nothing was paid."""

    name = "pay"
    offers = ("help",)

    def build(self) -> None:
        self.amount = self.add(Amount(self.kit, "pay.amount", due=True, align="left", em_mm=34.0))
        self.ladder = self.add(Ladder(self.kit, "pay.ladder"))
        self.panel = self.add(Panel(self.kit, kind="info"))
        self.hint = self.add(Label(self.kit, "pay.hint", on="info", em_mm=10.5, anchor="middle"))
        self.code = self.add(QrImage(self.kit, "pay.code"))
        self.cancel = self.add(
            Button(
                self.kit, "order.cancel", "", lambda: self.send("order.cancel", None), guard=True
            )
        )
        self._with_code = False

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(38)
        self.cancel.place(Box(body.x, body.bottom - button, body.w, button))
        amount = Box(body.x, body.y + px(2), body.w, px(46))
        self.amount.place(amount)
        top = amount.bottom + px(4)
        end = body.bottom - button - gap
        if self._with_code:
            self._place_code(Box(body.x, top, body.w, end - top))
            return
        ladder = Box(body.x, top, body.w, px(148))
        self.ladder.place(ladder)
        panel = Box(body.x, ladder.bottom + gap, body.w, end - ladder.bottom - gap)
        self.panel.place(panel)
        self.hint.place(panel.inset(px(11), px(4)))

    def _place_code(self, area: Box) -> None:
        """A code to scan takes the ladder's place: it is the one thing to look at now."""
        px = self.theme.px
        line = round(px(10.5) * TYPE.line)
        hint = Box(area.x, area.bottom - 2 * line - px(10), area.w, 2 * line + px(10))
        self.panel.place(hint)
        self.hint.place(hint.inset(px(11), px(3)))
        side = min(area.w, hint.y - area.y - px(SPACE.gap))
        self.code.place(Box(area.x + (area.w - side) // 2, area.y, side, side))

    def show(self, view: PayView) -> None:
        self.heading.say(view.title)
        self.amount.show(view.fen)
        self.hint.say(view.hint)
        with_code = bool(view.code)
        self.code.visible = with_code
        self.ladder.visible = not with_code
        if with_code:
            self.code.show(view.code)
        else:
            self.ladder.show(view.steps)
        if with_code != self._with_code:
            self._with_code = with_code
            self.lay_out(low=self.low)
        self.cancel.visible = bool(view.cancel)
        self.cancel.say(view.cancel)
