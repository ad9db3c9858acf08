"""查一笔: hold the slip to the reader."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import SCANNER, State
from kiosk.core.visit.steps import FindSlip, Note, NoteCode
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.pictures import SlipPicture

MOST_CONTACTS = 3


@dataclass(frozen=True, slots=True)
class FindView:
    """Without a reader there is nothing to scan: then ``note`` says what else to do."""

    title: str
    words: str
    note: str
    reader: bool = True


def view_of(state: State) -> FindView:
    step = state.visit.step
    if not isinstance(step, FindSlip):
        raise ValueError("nobody looks for a slip")
    if not state.device(SCANNER).level.usable:
        note = _("扫码口现在用不了。\n\n请拿着小票打电话问一问。\n号码在首页的“请人帮忙”里。")
        return FindView(_("现在查不了，请打电话"), "", note, reader=False)
    if step.note is not None and step.note.code is NoteCode.BOOKS_CLOSED:
        title = _("现在查不了，请打电话")
        return FindView(title, "", _books_closed(state), reader=False)
    words = _("看下图：方块朝下，对着亮红光的地方。\n查的时候不会显示姓名。")
    title = _("正在查，请等一下") if step.request else _("请扫一扫您的小票")
    return FindView(title, words, note_text(step.note))


def _books_closed(state: State) -> str:
    """That nobody can look now, and whom to call: never that there is no such payment."""
    lines = [note_text(Note(NoteCode.BOOKS_CLOSED))]
    called = state.rules.contacts[:MOST_CONTACTS]
    lines += [f"{x.name}  {x.phone}\n{x.hours}".strip() for x in called]
    return "\n\n".join(lines)


def spoken(view: FindView) -> Utterance:
    return say(view.title, view.words, view.note)


class FindScreen(Screen):
    name = "find"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "find.words", em_mm=11.0, colour="soft"))
        self.picture = self.add(SlipPicture(self.kit, "find.picture"))
        self.note = self.add(Message(self.kit, "find.note", "wait", em_mm=13.0))

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        if not self.picture.visible:
            top = body.y + px(SPACE.air)
            self.note.place(Box(body.x, top, body.w, self.note.fit(body.w)))
            return
        words = Box(body.x, body.y, body.w, max(1, self.words.fit_height(body.w)))
        self.words.place(words)
        end = body.bottom
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, end - height, body.w, height))
            end -= height + px(SPACE.air)
        top = words.bottom + px(SPACE.air)
        self.picture.place(Box(body.x, top, body.w, end - top))

    def show(self, view: FindView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.picture.visible = view.reader
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.shape(view.words, view.note, view.reader)
