"""A service can't be used now: why, that no money was taken, and what else there is to do."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import BILLER, PRINTER, Level, State
from kiosk.core.visit.steps import OutOfService
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.rice_words import short_reason
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message

REASONS = {
    "closed": N_("工作人员把这项服务先停一停，安排好就会再开。"),
    "journal": N_("机器的账本要请技术人员检查。检查好以前，这里不收钱。"),
    "receipt_printer": N_("小票打印机没有准备好，可能是没有纸了。打不出小票，我们就不收钱。"),
    "biller": N_("现在联系不上缴费单位，可能是网络断了。机器每分钟都会再试。"),
    "payment": N_("刷卡机和扫码付款现在都用不了。机器一直在试，好了就能用。"),
}
MACHINES = {
    "rice_mill": N_("碾米机现在用不了，工作人员会来看。"),
    "document_printer": N_("打印机现在用不了，工作人员会来看。"),
    "booklet_dispenser": N_("病历本机现在用不了，工作人员会来看。"),
    "id_reader": N_("读身份证的地方现在用不了，工作人员会来看。"),
    "booklet_register": N_("领过的名单现在看不了，怕发重了，先不发。工作人员会来看。"),
    "held": N_("机器还在办上一位的事，请等一会儿。"),
}
MACHINE_REASONS: dict[tuple[str, str], str] = {
    ("document_printer", "paper_out"): N_("打印机没有纸了。工作人员加好纸，就能再打。"),
    ("document_printer", "jammed"): N_("打印机卡纸了，要等工作人员来取出。"),
    ("document_printer", "toner_out"): N_("打印机没有墨粉了。工作人员换好，就能再打。"),
    ("document_printer", "cover_open"): N_("打印机的盖子开着。工作人员关好，就能再打。"),
    ("booklet_dispenser", "empty"): N_("病历本发完了，工作人员会来添。"),
    ("booklet_dispenser", "jammed"): N_("本子卡在机器里了，工作人员会来取。"),
    ("booklet_dispenser", "bin_full"): N_("机器里收回的本子满了，工作人员会来清。"),
    ("booklet_dispenser", "booklet_waits"): N_("出口还有一本没有拿走，请等一会儿。"),
    ("rice_mill", "bin_1_empty"): N_("米卖完了。店家补好米，就能再买。"),
    ("rice_mill", "bin_2_empty"): N_("米卖完了。店家补好米，就能再买。"),
    ("rice_mill", "not_yet"): N_("米还没有开卖，过几天再来看看。"),
    ("rice_mill", "over"): N_("这家店的试卖期到了，先停卖。街道安排好，就会再卖。"),
    ("rice_mill", "rice_not_taken"): N_("碾好的米还在机器里没有拿走，要等工作人员来取出。"),
}
"""Role and the driver's reason → a sentence that says more than that it doesn't work."""
FREE_OF_CHARGE = ("booklet_dispenser", "id_reader", "booklet_register")
SHORT = {
    "closed": N_("先停一停，会再开"),
    "journal": N_("暂停收款，待检查"),
    "receipt_printer": N_("小票纸没好，暂停"),
    "biller": N_("网络断了，正在接"),
    "payment": N_("付款机没接上"),
}
"""The same for a tile of the home screen."""
SHORT_MACHINES = {
    "bp_meter": N_("血压计没接上"),
    "booklet_dispenser": N_("机器在检查，暂停"),
    "id_reader": N_("读卡口没接上"),
    "booklet_register": N_("名单待检查，暂停"),
    "document_printer": N_("打印机停了，等人来"),
    "held": N_("在办上一位的事"),
}
SHORT_REASONS: dict[tuple[str, str], str] = {
    ("document_printer", "paper_out"): N_("没纸了，等人来加"),
    ("document_printer", "jammed"): N_("卡纸了，等人来看"),
    ("document_printer", "toner_out"): N_("没墨了，等人来换"),
    ("booklet_dispenser", "empty"): N_("本子发完了，在添"),
    ("booklet_dispenser", "jammed"): N_("本子卡住了，在修"),
    ("booklet_dispenser", "dispense_failure"): N_("本子卡住了，在修"),
    ("booklet_dispenser", "bin_full"): N_("回收箱满了，在清"),
    ("booklet_dispenser", "booklet_waits"): N_("出口有一本没拿"),
}
UNTRUSTED = frozenset(
    (
        "certificate",
        "ca_missing",
        "key_unreadable",
        "bad_signature",
        "refused",
        "garbage",
        "SEC2001",
    )
)
CLOCK = "clock"
BILLER_REASONS = {
    "untrusted": (
        N_("缴费单位认不出这台机器，要请技术人员来看。看好以前，这里不收钱。"),
        N_("要请技术人员来看"),
    ),
    CLOCK: (
        N_("机器的时间不对，要请技术人员来看。看好以前，这里不收钱。"),
        N_("机器时间不对，待修"),
    ),
    "closed": (
        N_("缴费单位现在不办，机器每分钟都会再试。"),
        N_("缴费单位现在不办"),
    ),
}
"""The same two sentences where the biller was reached, or its line isn't the trouble."""
WAKING = (N_("机器正在准备，还不能收钱。请等一会儿再碰一下。"), N_("正在准备，请稍等"))
"""The same of what hasn't been heard yet since the start, or since its cable is back."""
PRINTER_SILENT = (
    N_("小票打印机现在没有回话。打不出小票，我们就不收钱。"),
    N_("小票机没接上"),
)
UNHEARD = frozenset(
    (
        "no_answer",
        "port_missing",
        "port_busy",
        "port_forbidden",
        "port_error",
        "unplugged",
        "write_timeout",
        "stuck",
        "stopped",
        "moved",
        "other_device",
        "driver_error",
        "not_configured",
    )
)
"""Reasons of the receipt printer with which it has said nothing of its paper."""
LINE = frozenset(("unreachable", "name_unknown", "timeout", "broken", "no_answer", "never_heard"))


@dataclass(frozen=True, slots=True)
class OutOfServiceView:
    title: str
    reason: str
    words: str


def view_of(state: State) -> OutOfServiceView:
    step = state.visit.step
    reason = step.reason if isinstance(step, OutOfService) else "journal"
    role, _colon, detail = reason.partition(":")
    words = _("您的钱没有扣。急着办的话，请碰下面的“请人帮忙”，里面有电话号码。")
    if role in FREE_OF_CHARGE:
        words = _("急着办的话，请碰下面的“请人帮忙”，里面有电话号码。")
    if role in MACHINES:
        return OutOfServiceView(_("现在还不能办"), machine_words(role, detail), words)
    return OutOfServiceView(_("现在还不能缴费"), trouble_words(state, reason), words)


def trouble_words(state: State, trouble: str, *, short: bool = False) -> str:
    """Why bills can't be paid now, by the device's own reason where that says more."""
    if trouble in (PRINTER, BILLER) and state.device(trouble).level is Level.UNKNOWN:
        return _(WAKING[short])
    if trouble == PRINTER and state.device(PRINTER).reason in UNHEARD:
        return _(PRINTER_SILENT[short])
    if trouble == BILLER:
        reason = state.device(BILLER).reason
        kind = "untrusted" if reason in UNTRUSTED else reason
        if kind not in BILLER_REASONS and reason not in LINE:
            kind = "closed"
        if kind in BILLER_REASONS:
            return _(BILLER_REASONS[kind][short])
    return _((SHORT if short else REASONS)[trouble])


def short_words(state: State, trouble: str) -> str:
    """The few words of a reason (``kiosk.core.guards``) that fit on a tile; empty for none."""
    role, _colon, detail = trouble.partition(":")
    if detail == "closed":
        return _(SHORT["closed"])
    if role == "rice_mill" or trouble == "held:rice_mill":
        return short_reason(trouble)
    if trouble in SHORT:
        return trouble_words(state, trouble, short=True)
    known = SHORT_REASONS.get((role, detail)) or SHORT_MACHINES.get(role)
    return _(known) if known else ""


def machine_words(role: str, detail: str) -> str:
    """Why a machine gives out nothing now, as far as somebody can do with it."""
    if detail == "closed":
        return _(REASONS["closed"])
    known = MACHINE_REASONS.get((role, detail))
    return _(known) if known else _(MACHINES[role])


def spoken(view: OutOfServiceView) -> Utterance:
    return say(view.title, view.reason, view.words)


class OutOfServiceScreen(Screen):
    name = "out_of_service"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "out_of_service.words", "wait", em_mm=13.0))
        self.call = self.add(
            Button(
                self.kit,
                "service.call_person",
                _("请人帮忙"),
                lambda: self.send("service.call_person", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        top = body.y + self.theme.px(SPACE.air)
        height = self.words.fit(body.w) + self.theme.px(8)
        self.words.place(Box(body.x, top, body.w, height))
        button = self.theme.px(SPACE.button)
        self.call.place(Box(body.x, body.bottom - button, body.w, button))

    def show(self, view: OutOfServiceView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words, view.reason)
        self.shape(view.reason)
