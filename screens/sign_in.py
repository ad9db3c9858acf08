"""The PIN of one of the staff: a digit pad, and a dot for each digit."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.access import LONGEST_PIN, SHORTEST_PIN, find
from kiosk.core.state import State
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.digitpad import DigitPad
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class SignInView:
    """``open``: keys are taken; ``room``: for another digit; ``ready``: there are enough."""

    title: str
    dots: str
    note: str
    open: bool
    room: bool
    ready: bool


def view_of(state: State) -> SignInView:
    step = state.visit.step
    who = find(state.rules.operators, step.operator) if isinstance(step, SignIn) else None
    if not isinstance(step, SignIn) or who is None:
        raise ValueError("nobody types a PIN")
    dots = "正在核对……" if step.request else "●" * step.typed
    takes = not step.request and not step.wait_s
    return SignInView(
        f"{who.name}，请输入密码",
        dots,
        _note(step),
        takes,
        takes and step.typed < LONGEST_PIN,
        takes and step.typed >= SHORTEST_PIN,
    )


def _note(step: SignIn) -> str:
    wrong = "密码不对。" if step.refused else ""
    if step.wait_s:
        return f"{wrong}请过 {step.wait_s} 秒再输。"
    return f"{wrong}请再输一次。" if wrong else ""


def spoken(view: SignInView) -> Utterance:  # noqa: ARG001
    """Staff read for themselves."""
    return SILENCE


class SignInScreen(Screen):
    name = "sign_in"
    offers = ("back", "home")

    def build(self) -> None:
        self.field = self.add(Panel(self.kit))
        self.dots = self.add(
            Label(
                self.kit,
                "sign_in.dots",
                em_mm=16.0,
                on="card",
                align="center",
                anchor="middle",
                personal=True,
            )
        )
        self.note = self.add(Message(self.kit, "sign_in.note", "wait"))
        self.pad = self.add(DigitPad(self.kit, "pin.key", lambda key: self.send("pin.key", key)))
        self.done = self.add(
            Button(
                self.kit,
                "pin.done",
                "登录",
                lambda: self.send("pin.done", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        field = Box(body.x, body.y + px(SPACE.air), body.w, px(34))
        self.field.place(field)
        self.dots.place(field.inset(px(9), 0))
        if self.note.visible:
            note = Box(body.x, field.bottom + gap, body.w, self.note.fit(body.w))
            self.note.place(note)
        button = px(SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        pad = px(150)
        self.pad.place(Box(body.x, self.done.box.y - gap - pad, body.w, pad))

    def show(self, view: SignInView) -> None:
        self.heading.say(view.title)
        self.dots.say(view.dots)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.pad.enable(view.room, view.open and bool(view.dots))
        self.done.enable(view.ready)
        self.shape(bool(view.note))
