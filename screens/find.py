"""查一笔: hold the slip to the reader."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import SCANNER, State
from kiosk.core.visit.steps import FindSlip
from kiosk.i18n import _
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label
from screens.widgets.panel import Panel
from screens.widgets.pictures import SlipPicture


@dataclass(frozen=True, slots=True)
class FindView:
    title: str
    words: str
    note: str


def view_of(state: State) -> FindView:
    step = state.visit.step
    if not isinstance(step, FindSlip):
        raise ValueError("nobody looks for a slip")
    if not state.device(SCANNER).level.usable:
        words = _("扫码口现在用不了。请拿着小票打电话问一问，号码在“请人帮忙”里。")
        return FindView(_("查一笔以前付的"), words, note_text(step.note))
    words = _("把小票上的方块，对准下面的红光。\n查的时候不会显示姓名。")
    title = _("正在查，请等一下") if step.request else _("请扫一扫您的小票")
    return FindView(title, words, note_text(step.note))


class FindScreen(Screen):
    name = "find"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "find.words", em_mm=12.0))
        self.picture = self.add(SlipPicture(self.kit, "find.picture"))
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.note = self.add(
            Label(self.kit, "find.note", em_mm=12.0, colour="on_wait", on="wait", anchor="middle")
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        words = Box(body.x, body.y + px(2), body.w, 3 * round(px(12.0) * TYPE.line))
        self.words.place(words)
        height = 3 * round(px(12.0) * TYPE.line) + px(14)
        panel = Box(body.x, body.bottom - height, body.w, height)
        self.panel.place(panel)
        self.note.place(panel.inset(px(11), px(5)))
        top = words.bottom + gap
        side = min(body.w, panel.y - gap - top)
        self.picture.place(Box(body.x + (body.w - side) // 2, top, side, side))

    def show(self, view: FindView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.panel.visible = self.note.visible = bool(view.note)
        self.note.say(view.note)
