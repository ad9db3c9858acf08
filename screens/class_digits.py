"""A learner by the last four digits of their phone number."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.class_steps import DIGITS, ClassDigits
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.number_pad import NumberPad


@dataclass(frozen=True, slots=True)
class ClassDigitsView:
    title: str
    digits: str


def view_of(state: State) -> ClassDigitsView:
    step = state.visit.step
    if not isinstance(step, ClassDigits):
        raise ValueError("nobody is asked for a number")
    return ClassDigitsView("手机号最后四位", step.digits)


def spoken(view: ClassDigitsView) -> Utterance:  # noqa: ARG001
    """The volunteer reads for themselves."""
    return SILENCE


class ClassDigitsScreen(Screen):
    name = "class_digits"
    offers = ("back", "home")

    def build(self) -> None:
        self.number = self.add(
            NumberPad(
                *(self.kit, "class_digits.typed"),
                *("class.key", "class.digits_done", "加进来"),
                self.send,
            )
        )

    def arrange(self, body: Box) -> None:
        top = self.theme.px(SPACE.air)
        self.number.place(Box(body.x, body.y + top, body.w, body.h - top))

    def show(self, view: ClassDigitsView) -> None:
        self.heading.say(view.title)
        count = len(view.digits)
        self.number.show("  ".join(view.digits), room=count < DIGITS, ready=count == DIGITS)
