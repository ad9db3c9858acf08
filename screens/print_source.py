"""Where is the file: on the phone, or on a USB stick?"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import ChooseFileSource
from kiosk.core.visit.print_steps import phone_lost
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.print_words import trouble_words
from screens.theme import SPACE
from screens.widgets.how_to_pay import PhoneIcon
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.page import StickIcon
from screens.widgets.pick import Pick

_LEFT = 44.0  # room for a way's picture, mm


@dataclass(frozen=True, slots=True)
class PrintSourceView:
    """``phone`` and ``stick``: the line under each way; whether it can be used."""

    title: str
    hint: str
    phone: tuple[str, bool]
    stick: tuple[str, bool]
    note: str
    low: bool = False


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
    return PrintSourceView(
        _("要打的文件在哪里？"),
        _("能打 PDF 和照片。打完，机器里不留。"),
        (phone, shop.phone and not phone_lost(state)),
        (stick, shop.stick),
        trouble_words(step.trouble),
        state.visit.lower,
    )


def spoken(view: PrintSourceView) -> Utterance:
    phone, stick = (_("手机传文件"), view.phone[0]), (_("U盘"), view.stick[0])
    return say(view.title, view.note, view.hint, *phone, *stick)


class PrintSourceScreen(Screen):
    name = "print_source"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "print_source.hint", em_mm=11.0, colour="soft"))
        self.note = self.add(Message(self.kit, "print_source.note", "wait", em_mm=13.0))
        self.phone = self.add(self._way("print.phone"))
        self.stick = self.add(self._way("print.stick"))
        self.icons = (self.add(PhoneIcon(self.kit)), self.add(StickIcon(self.kit)))

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
        height = px(58 if self.low else 78)
        top = body.bottom - 2 * height - gap
        for n, (way, icon) in enumerate(zip((self.phone, self.stick), self.icons, strict=True)):
            box = Box(body.x, top + n * (height + gap), body.w, height)
            way.place(box)
            icon.place(Box(box.x + px(11), box.y + px(10), px(32), box.h - px(20)))

    def show(self, view: PrintSourceView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.phone.show(_("手机传文件"), view.phone[0], enabled=view.phone[1])
        self.stick.show(_("U盘"), view.stick[0], enabled=view.stick[1])
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.shape(view.note, low=view.low)
