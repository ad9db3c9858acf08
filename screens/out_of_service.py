"""A service can't be used now: why, that no money was taken, and what else there is to do."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.steps import OutOfService
from kiosk.i18n import N_, _
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.label import Label
from screens.widgets.panel import Panel

REASONS = {
    "journal": N_("机器的账本要请技术人员检查。检查好以前，这里不收钱。"),
    "receipt_printer": N_("小票打印机没有准备好，可能是没有纸了。打不出小票，我们就不收钱。"),
    "biller": N_("现在联系不上缴费单位，可能是网络断了。机器每分钟都会再试。"),
    "payment": N_("刷卡机和扫码付款现在都用不了。机器一直在试，好了就能用。"),
}
SHORT = {
    "journal": N_("暂停收款，待检查"),
    "receipt_printer": N_("小票纸没好，暂停"),
    "biller": N_("网络断了，正在接"),
    "payment": N_("付款机没接上"),
}
"""The same for a tile of the home screen."""


@dataclass(frozen=True, slots=True)
class OutOfServiceView:
    title: str
    reason: str
    words: str


def view_of(state: State) -> OutOfServiceView:
    step = state.visit.step
    reason = step.reason if isinstance(step, OutOfService) else "journal"
    words = _("您的钱没有扣。急着缴的话，请碰首页的“请人帮忙”，打电话问一问。")
    return OutOfServiceView(_("现在还不能缴费"), _(REASONS[reason]), words)


class OutOfServiceScreen(Screen):
    name = "out_of_service"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.reason = self.add(
            Label(
                self.kit,
                "out_of_service.reason",
                em_mm=15.0,
                face="bold",
                colour="on_wait",
                on="wait",
            )
        )
        self.words = self.add(
            Label(self.kit, "out_of_service.words", em_mm=13.0, colour="on_wait", on="wait")
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        panel = Box(body.x, body.y + px(4), body.w, px(200))
        self.panel.place(panel)
        inner = panel.inset(px(13), px(13))
        half = inner.h // 2
        self.reason.place(Box(inner.x, inner.y, inner.w, half))
        self.words.place(Box(inner.x, inner.y + half + gap, inner.w, half - gap))

    def show(self, view: OutOfServiceView) -> None:
        self.heading.say(view.title)
        self.reason.say(view.reason)
        self.words.say(view.words)
