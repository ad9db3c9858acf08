"""A learner by the last four digits of their phone number."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.class_steps import DIGITS, ClassDigits
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.digitpad import DigitPad
from screens.widgets.label import Label
from screens.widgets.panel import Panel


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
        self.field = self.add(Panel(self.kit))
        self.digits = self.add(
            Label(
                self.kit,
                "class_digits.typed",
                em_mm=22.0,
                face="bold",
                on="card",
                align="center",
                anchor="middle",
                personal=True,
            )
        )
        self.pad = self.add(
            DigitPad(self.kit, "class.key", lambda key: self.send("class.key", key))
        )
        self.done = self.add(
            Button(
                self.kit,
                "class.digits_done",
                "加进来",
                lambda: self.send("class.digits_done", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        field = Box(body.x, body.y + px(SPACE.air), body.w, px(40))
        self.field.place(field)
        self.digits.place(field.inset(px(9), 0))
        button = px(SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        pad = px(150)
        self.pad.place(Box(body.x, self.done.box.y - gap - pad, body.w, pad))

    def show(self, view: ClassDigitsView) -> None:
        self.heading.say(view.title)
        self.digits.say("  ".join(view.digits))
        self.pad.enable(len(view.digits) < DIGITS, bool(view.digits))
        self.done.enable(len(view.digits) == DIGITS)
