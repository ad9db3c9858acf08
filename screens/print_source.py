"""Where is the file: on the phone, or on a USB stick?"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit import copying
from kiosk.core.visit.print_choices import ChooseFileSource
from kiosk.core.visit.print_steps import phone_lost
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.print_words import trouble_words
from screens.theme import SPACE
from screens.widgets.glass import ScannerIcon
from screens.widgets.how_to_pay import PhoneIcon
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.page import StickIcon
from screens.widgets.pick import Pick

COPY_OFF = N_("扫描的机器没接上")
COPY_SHORT = {
    "busy": N_("扫描的机器正忙"),
    "cover_open": N_("扫描的机器盖子开着"),
}
"""Why nothing is copied just now, by the scanner's reason."""
_LEFT = 44.0  # room for a way's picture, mm


@dataclass(frozen=True, slots=True)
class PrintSourceView:
    """``phone``, ``stick``, ``copy``: the line under each way; whether it can be used. ``copy`` is
    empty in a cabin without a scanner.
    """

    title: str
    hint: str
    phone: tuple[str, bool]
    stick: tuple[str, bool]
    note: str
    low: bool = False
    copy: tuple[str, bool] = ("", False)


def view_of(state: State) -> PrintSourceView:
    step, shop = state.visit.step, state.rules.printing
    if not isinstance(step, ChooseFileSource) or shop is None:
        raise ValueError("nothing is printed here")
    phone = _("微信扫一扫，选文件或照片")
    if not shop.phone:
        phone = _("这台机器没有这一项")
    elif phone_lost(state):
        phone = _("网络断了，正在接")
    stick = _("把U盘插到机器上") if shop.stick else _("这台机器没有这一项")
    copy = ("", False)
    if shop.scanner:
        why = copying.trouble(state)
        copy = (
            _(COPY_SHORT.get(why, COPY_OFF)) if why else _("身份证、一页纸，放上去就行"),
            not why,
        )
    return PrintSourceView(
        _("要复印，还是打文件？") if shop.scanner else _("要打的文件在哪里？"),
        _("能打 PDF 和照片。打完，机器里不留。"),
        (phone, shop.phone and not phone_lost(state)),
        (stick, shop.stick),
        trouble_words(step.trouble),
        state.visit.lower,
        copy,
    )


def spoken(view: PrintSourceView) -> Utterance:
    phone, stick = (_("手机传文件"), view.phone[0]), (_("U盘"), view.stick[0])
    copy = (_("复印"), view.copy[0]) if view.copy[0] else ()
    return say(view.title, view.note, view.hint, *phone, *stick, *copy)


class PrintSourceScreen(Screen):
    name = "print_source"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "print_source.hint", em_mm=11.0, colour="soft"))
        self.note = self.add(Message(self.kit, "print_source.note", "wait", em_mm=13.0))
        self.phone = self.add(self._way("print.phone"))
        self.stick = self.add(self._way("print.stick"))
        self.copy = self.add(self._way("print.copy"))
        self.icons = (
            self.add(PhoneIcon(self.kit)),
            self.add(StickIcon(self.kit)),
            self.add(ScannerIcon(self.kit)),
        )

    def _way(self, target: str) -> Pick:
        way = Pick(self.kit, target, lambda: self.send(target, None), em_mm=20.0)
        way.left_mm = _LEFT
        return way

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        if self.note.visible:
            top = self.hint.box.bottom + px(SPACE.air)
            self.note.place(Box(body.x, top, body.w, self.note.fit(body.w)))
        ways = (self.phone, self.stick, self.copy)
        count = 3 if self.copy.visible else 2
        height = px((58 if self.low else 78) if count == 2 else (48 if self.low else 64))
        top = body.bottom - count * height - (count - 1) * gap
        for n, (way, icon) in enumerate(zip(ways[:count], self.icons[:count], strict=True)):
            box = Box(body.x, top + n * (height + gap), body.w, height)
            way.place(box)
            icon.place(Box(box.x + px(11), box.y + px(10), px(32), box.h - px(20)))

    def show(self, view: PrintSourceView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.phone.show(_("手机传文件"), view.phone[0], enabled=view.phone[1])
        self.stick.show(_("U盘"), view.stick[0], enabled=view.stick[1])
        self.copy.visible = self.icons[2].visible = bool(view.copy[0])
        self.copy.show(_("复印"), view.copy[0], enabled=view.copy[1])
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.shape(view.note, self.copy.visible, low=view.low)
