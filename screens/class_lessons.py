"""Which lesson? A row each, with what it is about."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.class_decide import LESSONS_A_PAGE
from kiosk.core.visit.class_steps import ClassLessons, Learner
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.pick import Pick


@dataclass(frozen=True, slots=True)
class ClassLessonsView:
    """``lessons``: name, title, and what it is about."""

    title: str
    hint: str
    lessons: tuple[tuple[str, str, str], ...]
    more: bool


def view_of(state: State) -> ClassLessonsView:
    step, room = state.visit.step, state.visit.classroom
    if not isinstance(step, ClassLessons) or room is None or room.learner is None:
        raise ValueError("no lesson is chosen")
    page = room.lessons[step.page * LESSONS_A_PAGE :][:LESSONS_A_PAGE]
    learner = room.learner
    return ClassLessonsView(
        f"{learner.name}，学哪一课？",
        "选好以后，把屏幕让给学员。",
        tuple((x.name, x.title, _about(x.name, x.about, x.minutes, learner)) for x in page),
        len(room.lessons) > LESSONS_A_PAGE,
    )


def _about(name: str, about: str, minutes: int, learner: Learner) -> str:
    learned = "学过了。" if any(x.lesson == name and x.whole for x in learner.learned) else ""
    return f"{learned}约 {minutes} 分钟。{about}"


def spoken(view: ClassLessonsView) -> Utterance:  # noqa: ARG001
    """The volunteer reads for themselves."""
    return SILENCE


class ClassLessonsScreen(Screen):
    name = "class_lessons"
    offers = ("back", "home")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "class_lessons.hint", em_mm=11.0, colour="soft"))
        self._names = [""] * LESSONS_A_PAGE
        self.rows = [
            self.add(
                Pick(
                    self.kit,
                    f"class.lesson.{n}",
                    lambda n=n: self.send("class.lesson", self._names[n]),  # type: ignore[misc]
                    em_mm=15.0,
                )
            )
            for n in range(LESSONS_A_PAGE)
        ]
        self.more = self.add(
            Button(
                self.kit,
                "class.more",
                "别的课",
                lambda: self.send("class.more", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        high = px(SPACE.button)
        self.more.place(Box(body.x, body.bottom - high, body.w, high))
        top = self.hint.box.bottom + px(SPACE.air)
        row = (self.more.box.y - gap - top) // LESSONS_A_PAGE - px(5)
        for n, one in enumerate(self.rows):
            one.place(Box(body.x, top + n * (row + px(5)), body.w, row))

    def show(self, view: ClassLessonsView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for n, row in enumerate(self.rows):
            row.visible = n < len(view.lessons)
            if row.visible:
                self._names[n], title, about = view.lessons[n]
                row.show(title, about)
        self.more.visible = view.more
        self.shape(view.lessons)
