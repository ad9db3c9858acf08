"""The biller is being asked; nothing costs anything yet."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import OpeningFile, PreparingPrint
from kiosk.core.visit.steps import CheckGoods, Looking, Rechecking
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label
from screens.widgets.ladder import Ladder, Step
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class LookingView:
    title: str
    words: str
    steps: tuple[Step, ...]
    back: bool
    note: str = ""


def view_of(state: State) -> LookingView:
    step = state.visit.step
    if isinstance(step, Rechecking):
        steps = (
            Step(_("您已经选好账单"), "done"),
            Step(_("再核对一遍金额"), "now"),
            Step(_("请您付款"), "next"),
        )
        title, words = _("正在核对账单"), _("请稍等几秒，还没有扣钱。")
        return LookingView(title, words, steps, back=True, note=note_text(step.note))
    if isinstance(step, CheckGoods):
        steps = (
            Step(_("您已经选好"), "done"),
            Step(_("看看打印机有没有纸"), "now"),
            Step(_("请您付款") if step.goods.total_fen else _("给您拿来"), "next"),
        )
        words = _("请稍等几秒，还没有扣钱。") if step.goods.total_fen else _("请稍等几秒。")
        return LookingView(_("正在准备"), words, steps, back=True)
    if isinstance(step, OpeningFile | PreparingPrint):
        return _printing(step)
    name = step.institution.name if isinstance(step, Looking) else _("缴费单位")
    steps = (
        Step(_("收到户号"), "done"),
        Step(_("正在问{name}").format(name=name), "now"),
        Step(_("给您看账单"), "next"),
    )
    back = isinstance(step, Looking)
    return LookingView(_("正在查账单"), _("一般几秒钟就好，现在不会扣钱。"), steps, back)


def _printing(step: OpeningFile | PreparingPrint) -> LookingView:
    if isinstance(step, OpeningFile):
        steps = (
            Step(_("文件收到了"), "done"),
            Step(_("正在打开"), "now"),
            Step(_("给您看每一页"), "next"),
        )
        return LookingView(_("正在打开文件"), _("一般几秒钟就好，现在不会扣钱。"), steps, back=True)
    steps = (
        Step(_("您已经选好"), "done"),
        Step(_("正在准备要打的页"), "now"),
        Step(_("请您核对"), "next"),
    )
    return LookingView(_("正在准备"), _("请稍等几秒，还没有扣钱。"), steps, back=True)


def spoken(view: LookingView) -> Utterance:
    return say(view.title, view.words)


class LookingScreen(Screen):
    name = "looking"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "looking.words", em_mm=12.0))
        self.ladder = self.add(Ladder(self.kit, "looking.ladder"))
        self.note = self.add(Message(self.kit, "looking.note", "wait"))

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        line = round(px(12.0) * TYPE.line)
        self.words.place(Box(body.x, body.y, body.w, line))
        self.ladder.place(Box(body.x, body.y + line + px(SPACE.air), body.w, px(140)))
        top = self.ladder.box.bottom + px(SPACE.gap)
        self.note.place(Box(body.x, top, body.w, self.note.fit(body.w)))

    def show(self, view: LookingView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.ladder.show(view.steps)
        self.note.say(view.note)
        self.note.visible = bool(view.note)
        self.shape(view.note)
        self.bottom.offer(("back", "home", "help") if view.back else ("help",))
