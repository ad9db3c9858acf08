"""So high that it is asked how the person feels: two large answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.clinic_text import reading_words
from kiosk.core.clinic import Reading
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicSymptoms
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message
from screens.widgets.values import PressureValues

_HIGH = 94.0  # height of an answer, mm


@dataclass(frozen=True, slots=True)
class SymptomsView:
    title: str
    reading: Reading = field(repr=False)
    lead: str
    words: str


def view_of(state: State) -> SymptomsView:
    step = state.visit.step
    if not isinstance(step, ClinicSymptoms):
        raise ValueError("nothing is asked")
    return SymptomsView(
        _("您现在难受吗？"),
        step.session.readings[-1],
        _("头痛、胸痛、看不清、没力气"),
        _("有其中一样，就碰“有”。"),
    )


def spoken(view: SymptomsView) -> Utterance:
    """The reading is for the eyes, and for the ears of whoever asks."""
    return say(view.title, *map(if_asked, reading_words(view.reading)), view.lead, view.words)


class ClinicSymptomsScreen(Screen):
    name = "clinic_symptoms"
    offers = ("home", "help")

    def build(self) -> None:
        self.values = self.add(PressureValues(self.kit, "clinic_symptoms.value", em_mm=36.0))
        self.words = self.add(
            Message(self.kit, "clinic_symptoms.words", "wait", em_mm=14.0, lead_mm=17.0)
        )
        self.answers = [
            self.add(
                Button(
                    self.kit,
                    f"clinic.symptoms.{name}",
                    "",
                    lambda name=name: self.send(f"clinic.symptoms.{name}", None),  # type: ignore[misc]
                    guard=True,
                    em_mm=32.0,
                )
            )
            for name in ("yes", "no")
        ]

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        half, high = (body.w - gap) // 2, px(_HIGH)
        for n, answer in enumerate(self.answers):
            answer.place(Box(body.x + n * (half + gap), body.bottom - high, half, high))
        top = body.y + px(4)
        values = Box(body.x, top, body.w, self.values.fit())
        self.values.place(values)
        top = values.bottom + px(SPACE.air)
        self.words.place(Box(body.x, top, body.w, self.words.fit(body.w)))

    def show(self, view: SymptomsView) -> None:
        self.heading.say(view.title)
        self.values.show(view.reading)
        self.words.say(view.words, view.lead)
        for answer, text in zip(self.answers, (_("有"), _("没有")), strict=True):
            answer.say(text)
        self.shape(view.lead)
