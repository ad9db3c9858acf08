"""声音: say it once more, louder, softer, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.sound import loudness
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label

CHOICES = (
    ("again", N_("再说一遍")),
    ("louder", N_("大声一点")),
    ("softer", N_("小声一点")),
    ("mute", N_("不要声音")),
)
ROWS = (("again",), ("softer", "louder"), ("mute",))


@dataclass(frozen=True, slots=True)
class SoundView:
    """``words`` tell the step; ``open`` names the choices that change anything now."""

    title: str
    words: str
    open: tuple[str, ...]
    low: bool = False


def view_of(state: State) -> SoundView:
    step, steps = loudness(state), state.rules.volume_steps
    if step:
        words = _("现在是第 {step} 档，最响是第 {steps} 档。").format(step=step, steps=steps)
    else:
        words = _("现在没有声音。")
    possible = {"again": step > 0, "louder": step < steps, "softer": step > 1, "mute": step > 0}
    choices = tuple(x for x, allowed in possible.items() if allowed)
    return SoundView(_("声音这样可以吗？"), words, choices, state.visit.lower)


def spoken(view: SoundView) -> Utterance:
    return say(view.words)


class SoundScreen(Screen):
    name = "sound"
    offers = ()

    def build(self) -> None:
        self.words = self.add(Label(self.kit, "sound.words", em_mm=13.0))
        self.choices = {
            choice: self.add(
                Button(
                    self.kit,
                    f"sound.{choice}",
                    _(text),
                    lambda choice=choice: self.send(f"sound.{choice}", None),  # type: ignore[misc]
                    guard=True,
                    em_mm=18.0,
                )
            )
            for choice, text in CHOICES
        }
        self.close = self.add(
            Button(
                self.kit,
                "sound.close",
                _("好了，回去"),
                lambda: self.send("sound.close", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.close.place(Box(body.x, body.bottom - button, body.w, button))
        height = px(38 if self.low else 56)
        half = (body.w - gap) // 2
        top = self.close.box.y - len(ROWS) * (height + gap)
        for n, row in enumerate(ROWS):
            y, width = top + n * (height + gap), body.w if len(row) == 1 else half
            for column, choice in enumerate(row):
                x = body.x + column * (half + gap)
                self.choices[choice].place(Box(x, y, width, height))
        words = body.y + px(3)
        self.words.place(Box(body.x, words, body.w, top - gap - words))

    def show(self, view: SoundView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        for choice, button in self.choices.items():
            button.enable(choice in view.open)
        self.shape(low=view.low)
