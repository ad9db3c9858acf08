"""Lay the original on the glass, turn the card over, and 开始."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.copying import BUSY, COVER_OPEN, GONE, HALF, JAMMED
from kiosk.core.visit.print_choices import LayOriginal, Original
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.glass import GlassPicture
from screens.widgets.label import Label
from screens.widgets.message import Message

TROUBLES = {
    COVER_OPEN: N_("盖子没有盖好。请轻轻盖上，再碰“开始”。您的钱没有扣。"),
    BUSY: N_("扫描的机器正忙。请等一会儿，再碰“开始”。您的钱没有扣。"),
    HALF: N_("这一面没有扫完整。请放好别动，再碰“开始”。您的钱没有扣。"),
    JAMMED: N_("扫描的机器卡住了。请把原件拿走，请人帮忙。您的钱没有扣。"),
    GONE: N_("扫描的机器没有回答。可以再碰一次“开始”，还是不行，请人帮忙。您的钱没有扣。"),
}


@dataclass(frozen=True, slots=True)
class PrintLayView:
    """``what``: card or page. ``down``: which side lies on the glass. ``note``: what went wrong."""

    title: str
    hint: str
    what: str
    down: str
    note: str = ""


def view_of(state: State) -> PrintLayView:
    step = state.visit.step
    if not isinstance(step, LayOriginal):
        raise ValueError("nothing is laid down")
    hint, note = _("掀开盖子，放在左上角，再盖上。"), step.trouble and _(TROUBLES[step.trouble])
    if step.original is Original.PAGE:
        title, down = _("请把纸放在玻璃板上"), _("有字的一面朝下")
    elif step.side == 1:
        title, down = _("请放身份证，照片朝下"), _("照片朝下")
    else:
        title, down = _("请翻过来，国徽朝下"), _("国徽朝下")
    return PrintLayView(title, hint, step.original.value, down, note)


def spoken(view: PrintLayView) -> Utterance:
    return say(view.title, view.down, view.note, view.hint)


class PrintLayScreen(Screen):
    name = "print_lay"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "print_lay.hint", em_mm=11.0, colour="soft"))
        self.note = self.add(Message(self.kit, "print_lay.note", "wait", em_mm=13.0))
        self.picture = self.add(GlassPicture(self.kit, "print_lay.picture"))
        self.start = self.add(
            Button(
                self.kit,
                "copy.start",
                "",
                lambda: self.send("copy.start", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        top = self.hint.box.bottom + px(SPACE.air)
        if self.note.visible:
            self.note.place(Box(body.x, top, body.w, self.note.fit(body.w)))
            top = self.note.box.bottom + px(SPACE.air)
        button = px(SPACE.button)
        self.start.place(Box(body.x, body.bottom - button, body.w, button))
        end = self.start.box.y - px(SPACE.gap)
        self.picture.place(Box(body.x, top, body.w, end - top))

    def show(self, view: PrintLayView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.picture.show(view.what, view.down)
        self.start.say(_("开始"))
        self.shape(view.note)
