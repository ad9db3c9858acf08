"""The glass is being scanned: how far it is, and not to touch anything."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import SIDES, Scanning
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.progress import Progress


@dataclass(frozen=True, slots=True)
class PrintScanningView:
    title: str
    figure: str
    share: float
    words: tuple[str, ...]


def view_of(state: State) -> PrintScanningView:
    step = state.visit.step
    if not isinstance(step, Scanning):
        raise ValueError("nothing is scanned")
    title = _("正在扫描")
    if SIDES[step.original] > 1:
        title = _("正在扫照片这面") if step.side == 1 else _("正在扫国徽这面")
    words = (_("请不要掀盖子，也不要动原件。"), _("一般十几秒钟就好，现在不会扣钱。"))
    return PrintScanningView(title, f"{step.percent}%", step.percent / 100, words)


def spoken(view: PrintScanningView) -> Utterance:
    return say(view.title, *view.words)


class PrintScanningScreen(Screen):
    name = "print_scanning"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.figure = self.add(
            Label(
                self.kit,
                "print_scanning.figure",
                em_mm=TYPE.figure * 0.6,
                face="bold",
                align="center",
                anchor="middle",
            )
        )
        self.bar = self.add(Progress(self.kit, "print_scanning.bar"))
        self.words = self.add(Message(self.kit, "print_scanning.words", em_mm=14.0))

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = body.y + px(SPACE.air)
        self.figure.place(Box(body.x, top, body.w, self.figure.line_px))
        self.bar.place(Box(body.x, self.figure.box.bottom + px(6), body.w, px(16)))
        top = self.bar.box.bottom + px(12)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))

    def show(self, view: PrintScanningView) -> None:
        self.heading.say(view.title)
        self.figure.say(view.figure)
        self.bar.show(view.share)
        self.words.say("\n\n".join(view.words))
        self.shape(view.words)
