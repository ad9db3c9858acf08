"""The files on a USB stick, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import ChooseFile, StickFile
from kiosk.core.visit.print_steps import ROWS
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box
from screens.print_words import sayable, shortened
from screens.theme import SPACE
from screens.widgets.base import Kit
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.page import StickIcon
from screens.widgets.row import Row

_LINE = 13  # em that the line of a name has for sure


@dataclass(frozen=True, slots=True)
class FileLine:
    """``index`` in the whole list."""

    index: int
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class PrintFilesView:
    """``words``: what to do as long as there is nothing to choose. ``back``, ``on``: more rows."""

    title: str
    hint: str
    rows: tuple[FileLine, ...]
    words: str = ""
    back: bool = False
    on: bool = False
    low: bool = False


def view_of(state: State) -> PrintFilesView:
    step, low = state.visit.step, state.visit.lower
    if not isinstance(step, ChooseFile):
        raise ValueError("no stick is read")
    if not step.files:
        return PrintFilesView(_title_without(step), "", (), _words_without(step), low=low)
    files = step.files[step.top : step.top + ROWS]
    rows = tuple(FileLine(step.top + n, x.name, _detail(x)) for n, x in enumerate(files))
    hint = _("新的在前面。一共 {n} 个。").format(n=len(step.files))
    if step.more:
        hint = _("新的在前面。文件太多，只看得到 {n} 个。").format(n=len(step.files))
    on = step.top + ROWS < len(step.files)
    title = _("要打哪一个文件？")
    return PrintFilesView(title, hint, rows, "", step.top > 0, on, low)


def _title_without(step: ChooseFile) -> str:
    return _("请插U盘") if step.files is None and not step.unread else _("没有能打的文件")


def _words_without(step: ChooseFile) -> str:
    if step.unread:
        return _("这个U盘读不出来。请换一个U盘，或碰“返回”，用手机传文件。")
    if step.files is None:
        return _("把U盘插到机器上的插口里，到底就好。插好了，这里会自己换到下一页。")
    return _("U盘里没有 PDF 文件和照片（JPG、PNG）。请换一个U盘，或碰“返回”，用手机传文件。")


def _detail(file: StickFile) -> str:
    mega = max(file.size / 1_000_000, 0.1)
    size = _("{n} 兆").format(n=f"{mega:.1f}")
    return f"{size} · {file.folder}" if file.folder else size


def spoken(view: PrintFilesView) -> Utterance:
    names = (if_asked(sayable(x.name, _LINE)) for x in view.rows)
    return say(view.title, view.words, view.hint, *names)


class FileRow(Row):
    """A file's row: its name and where it lies, each as long as its line."""

    share = 0.68
    personal = True

    def __init__(self, kit: Kit, number: int, on_touch: Callable[[], None]) -> None:
        super().__init__(kit, f"print.file.{number}", on_touch, em_mm=14.0)
        self._texts = ("", "")

    def name(self, name: str, detail: str) -> None:
        """Show this file."""
        self._texts = (name, detail)
        self.show(name, detail)
        self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        for label, text in zip((self.title, self.detail), self._texts, strict=True):
            label.say(shortened(text, label, label.box.w))

    def wipe(self) -> None:
        super().wipe()
        self._texts = ("", "")


class PrintFilesScreen(Screen):
    name = "print_files"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "print_files.hint", em_mm=11.0, colour="soft"))
        self.words = self.add(Message(self.kit, "print_files.words", em_mm=14.0))
        self.icon = self.add(StickIcon(self.kit))
        self._index = list(range(ROWS))
        self.rows = [self.add(self._row(n)) for n in range(ROWS)]
        self.back = self.add(self._button("print.files_back"))
        self.on = self.add(self._button("print.files_on"))

    def _row(self, n: int) -> FileRow:
        return FileRow(self.kit, n, lambda: self.send("print.file", str(self._index[n])))

    def _button(self, target: str) -> Button:
        return Button(self.kit, target, "", lambda: self.send(target, None), guard=True)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(5)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        top = body.y + px(SPACE.air)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))
        icon = self.words.box.bottom + px(20)
        self.icon.place(Box(body.x, icon, body.w, min(px(110), body.bottom - icon)))
        button, half = px(30), (body.w - px(SPACE.gap)) // 2
        self.back.place(Box(body.x, body.bottom - button, half, button))
        self.on.place(Box(body.right - half, body.bottom - button, half, button))
        height = px(31 if self.low else 50)
        top = body.bottom - button - px(SPACE.gap) - ROWS * (height + gap) + gap
        for n, row in enumerate(self.rows):
            row.place(Box(body.x, top + n * (height + gap), body.w, height))

    def show(self, view: PrintFilesView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.words.visible = self.icon.visible = bool(view.words)
        self.words.say(view.words)
        for n, widget in enumerate(self.rows):
            widget.visible = n < len(view.rows)
            if n < len(view.rows):
                row = view.rows[n]
                self._index[n] = row.index
                widget.id = f"print.file.{row.index}"
                widget.name(row.name, row.detail)
        many = view.back or view.on
        for button, there in ((self.back, view.back), (self.on, view.on)):
            button.visible = many
            button.enable(there)
        self.back.say(_("前面的"))
        self.on.say(_("后面的"))
        self.shape(view.words, low=view.low)
