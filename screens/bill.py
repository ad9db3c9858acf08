"""Hold the bill to the reader, or say which it is."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.bills import Kind
from kiosk.core.state import SCANNER, State
from kiosk.core.visit.steps import ScanBill
from kiosk.i18n import _
from kiosk.order_text import KINDS
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.services import find_is_inside
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.pictures import BillPicture


@dataclass(frozen=True, slots=True)
class BillView:
    """``note`` is empty when there is nothing to say; ``reader``: codes can be read.

    ``find``: 查一笔 is here, since the home screen has no room for it.
    """

    title: str
    hint: str
    note: str
    reader: bool
    find: bool = False


def view_of(state: State) -> BillView:
    step = state.visit.step
    note = note_text(step.note) if isinstance(step, ScanBill) else ""
    reader = state.device(SCANNER).level.usable
    if reader:
        title = _("请把账单条码对准红光")
        hint = _("看下图：条码朝下，对着亮红光的地方。")
    else:
        title = _("请选一种，再输入户号")
        hint = _("扫码口现在用不了。户号印在账单上面。")
    return BillView(title, hint, note, reader, find_is_inside(state))


def spoken(view: BillView) -> Utterance:
    other = _("没有账单，或扫不出来？碰一下：") if view.reader else _("要缴哪一种？碰一下：")
    return say(view.title, view.hint, view.note, other)


class BillScreen(Screen):
    name = "bill"
    offers = ("back", "home", "help")
    ORDER = (Kind.ELECTRIC, Kind.WATER, Kind.GAS)

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "bill.hint", em_mm=11.0, colour="soft"))
        self.picture = self.add(BillPicture(self.kit, "bill.picture"))
        self.note = self.add(Message(self.kit, "bill.note", "wait"))
        self.other = self.add(Label(self.kit, "bill.other", em_mm=12.0, face="bold"))
        self.kinds = [
            self.add(
                Button(
                    self.kit,
                    f"bill.kind.{kind.value}",
                    _(KINDS[kind]),
                    lambda kind=kind: self.send("bill.kind", kind.value),  # type: ignore[misc]
                    guard=True,
                )
            )
            for kind in self.ORDER
        ]
        self.find = self.add(
            Button(
                self.kit,
                "bill.find_slip",
                "",
                lambda: self.send("bill.find_slip", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(46)
        if self.find.visible:
            height = px(30)
            self.find.place(Box(body.x, body.bottom - height, body.w, height))
            body = Box(body.x, body.y, body.w, body.h - height - gap)
        width = (body.w - 2 * gap) // 3
        for n, kind in enumerate(self.kinds):
            x = body.x + n * (width + gap)
            kind.place(Box(x, body.bottom - button, width, button))
        line = round(px(12.0) * TYPE.line)
        other = Box(body.x, body.bottom - button - px(3) - line, body.w, line)
        self.other.place(other)
        hint = Box(body.x, body.y, body.w, self.hint.line_px)
        self.hint.place(hint)
        end = other.y - px(SPACE.air)
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, end - height, body.w, height))
            end -= height + px(SPACE.air)
        top = hint.bottom + px(SPACE.air)
        self.picture.place(Box(body.x, top, body.w, end - top))

    def show(self, view: BillView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.picture.show(reader=view.reader)
        self.note.say(view.note)
        self.note.visible = bool(view.note)
        self.other.say(
            _("没有账单，或扫不出来？碰一下：") if view.reader else _("要缴哪一种？碰一下：")
        )
        self.find.visible = view.find
        self.find.say(_("有小票？查一笔"))
        self.shape(view.note, view.find)
