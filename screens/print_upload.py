"""手机传文件: a code for the phone, and what to do with it in three lines."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import AwaitUpload
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.ladder import Ladder, Step
from screens.widgets.message import Message
from screens.widgets.qr import QrImage

_CODE = 112.0  # mm


@dataclass(frozen=True, slots=True)
class PrintUploadView:
    """``code`` is empty until the relay has opened an address."""

    title: str
    code: str
    steps: tuple[Step, ...]
    words: str
    low: bool = False


def view_of(state: State) -> PrintUploadView:
    step = state.visit.step
    if not isinstance(step, AwaitUpload):
        raise ValueError("no phone is awaited")
    scan, choose, wait = "now", "next", "next"
    words = _("一次传一个文件。传好了，这里会自己换到下一页。")
    title = _("请用手机扫这个方块")
    if not step.url:
        title, words = _("正在准备"), _("请等几秒，方块马上出来。")
    elif step.receiving:
        scan, choose, wait = "done", "done", "now"
        title, words = _("正在收您的文件"), _("文件大的话要等一会儿，请不要关手机。")
    steps = (
        Step(_("打开微信，扫一扫上面的方块"), scan),
        Step(_("在手机上选好，碰“传给小屋”"), choose),
        Step(_("等这里换到下一页"), wait),
    )
    return PrintUploadView(title, step.url, steps, words)


def spoken(view: PrintUploadView) -> Utterance:
    return say(view.title, *(x.text for x in view.steps if view.code), view.words)


class PrintUploadScreen(Screen):
    name = "print_upload"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.code = self.add(QrImage(self.kit, "print_upload.code"))
        self.ladder = self.add(Ladder(self.kit, "print_upload.steps"))
        self.words = self.add(Message(self.kit, "print_upload.words"))

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        side = px(_CODE)
        self.code.place(Box(body.x + (body.w - side) // 2, body.y + px(4), side, side))
        height = self.words.fit(body.w)
        self.words.place(Box(body.x, body.bottom - height, body.w, height))
        top = self.code.box.bottom + px(10)
        ladder = min(px(112), self.words.box.y - gap - top)
        self.ladder.place(Box(body.x, top, body.w, ladder))

    def show(self, view: PrintUploadView) -> None:
        self.heading.say(view.title)
        self.code.show(view.code)
        self.ladder.show(view.steps)
        self.words.say(view.words)
        self.shape(view.words)
