"""Hold the bill to the reader, or say which it is."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.bills import Kind
from kiosk.core.state import SCANNER, State
from kiosk.core.visit.steps import ScanBill
from kiosk.core.visit.view import exits
from kiosk.i18n import _
from kiosk.order_text import KINDS
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.panel import Panel
from screens.widgets.pictures import BillPicture


@dataclass(frozen=True, slots=True)
class BillView:
    """``note`` takes the place of the hint when there is something to say."""

    title: str
    hint: str
    note: str
    home: bool


def view_of(state: State) -> BillView:
    step = state.visit.step
    note = note_text(step.note) if isinstance(step, ScanBill) else ""
    if state.device(SCANNER).level.usable:
        title = _("请把账单条码对准红光")
        hint = _("账单上的条码，对着下面亮红光的地方。")
    else:
        title = _("请选一种，再输入户号")
        hint = _("扫码口现在用不了，请在下面选一种，输入户号。")
    return BillView(title, hint, note, exits(state)[1])


class BillScreen(Screen):
    name = "bill"
    offers = ("back", "home", "help")
    ORDER = (Kind.ELECTRIC, Kind.WATER, Kind.GAS)

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "bill.hint", em_mm=11.0))
        self.picture = self.add(BillPicture(self.kit, "bill.picture"))
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.note = self.add(
            Label(self.kit, "bill.note", em_mm=11.0, colour="on_wait", on="wait", anchor="middle")
        )
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

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(46)
        width = (body.w - 2 * gap) // 3
        for n, kind in enumerate(self.kinds):
            x = body.x + n * (width + gap)
            kind.place(Box(x, body.bottom - button, width, button))
        line = round(px(12.0) * TYPE.line)
        other = Box(body.x, body.bottom - button - px(4) - line, body.w, line)
        self.other.place(other)
        hint = Box(body.x, body.y, body.w, 2 * round(px(11.0) * TYPE.line))
        self.hint.place(hint)
        note = 3 * round(px(11.0) * TYPE.line) + px(10)
        panel = Box(body.x, other.y - px(8) - note, body.w, note)
        self.panel.place(panel)
        self.note.place(panel.inset(px(10), px(4)))
        end = panel.y - gap if self._with_note else other.y - px(10)
        self.picture.place(Box(body.x, hint.bottom, body.w, end - hint.bottom))

    _with_note = False

    def show(self, view: BillView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.note.say(view.note)
        self.other.say(_("没有账单，或扫不出来？碰一下："))
        with_note = bool(view.note)
        self.panel.visible = self.note.visible = with_note
        if with_note != self._with_note:
            self._with_note = with_note
            self.lay_out(low=self.low)
