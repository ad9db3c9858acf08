"""Between choosing a lesson and its first step: the practice cabin is being opened, or can't be."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.class_steps import ClassLesson
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.message import Message


@dataclass(frozen=True, slots=True)
class ClassWaitView:
    title: str
    words: str
    failed: bool


def view_of(state: State) -> ClassWaitView:
    step = state.visit.step
    if not isinstance(step, ClassLesson):
        raise ValueError("no lesson begins")
    if step.failed:
        words = (
            "练习用的小屋开不起来，或停下了。真的小屋没有受影响，没有动过钱。\n"
            "请碰「返回」，再选一次。还不行，请告诉技术人员。"
        )
        return ClassWaitView("这一课现在开不了", words, failed=True)
    words = f"马上开始《{step.lesson.title}》。练习里的钱和机器都不是真的。"
    return ClassWaitView("请稍等几秒", words, failed=False)


def spoken(view: ClassWaitView) -> Utterance:  # noqa: ARG001
    """The volunteer reads for themselves."""
    return SILENCE


class ClassWaitScreen(Screen):
    name = "class_wait"
    offers = ("back", "home")

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "class_wait.words"))

    def arrange(self, body: Box) -> None:
        top = body.y + self.theme.px(SPACE.air)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))

    def show(self, view: ClassWaitView) -> None:
        self.heading.say(view.title)
        self.words.turn("wait" if view.failed else "info")
        self.words.say(view.words)
        self.shape(view.words)
