"""Which lesson? A row each, with what it is about."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.class_decide import LESSONS_A_PAGE, lessons_on
from kiosk.core.visit.class_steps import ClassLessons, Learner, LessonEntry
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.pick import Pick


@dataclass(frozen=True, slots=True)
class ClassLessonsView:
    """``lessons``: title, and what it is about."""

    title: str
    hint: str
    lessons: tuple[tuple[str, str], ...]
    more: bool


def view_of(state: State) -> ClassLessonsView:
    step, room = state.visit.step, state.visit.classroom
    if not isinstance(step, ClassLessons) or room is None or room.learner is None:
        raise ValueError("no lesson is chosen")
    learner = room.learner
    return ClassLessonsView(
        f"{learner.name}，学哪一课？",
        "选好以后，把屏幕让给学员。",
        tuple((x.title, _about(x, learner)) for x in lessons_on(room, step.page)),
        len(room.lessons) > LESSONS_A_PAGE,
    )


def _about(lesson: LessonEntry, learner: Learner) -> str:
    done = any(x.lesson == lesson.name and x.whole for x in learner.learned)
    return f"{'学过了。' if done else ''}约 {lesson.minutes} 分钟。{lesson.about}"


def spoken(view: ClassLessonsView) -> Utterance:  # noqa: ARG001
    """The volunteer reads for themselves."""
    return SILENCE


class ClassLessonsScreen(Screen):
    name = "class_lessons"
    offers = ("back", "home")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "class_lessons.hint", em_mm=11.0, colour="soft"))
        self.rows = [
            self.add(
                Pick(
                    self.kit,
                    f"class.lesson.{n}",
                    lambda n=n: self.send("class.lesson", str(n)),  # type: ignore[misc]
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
                row.show(*view.lessons[n])
        self.more.visible = view.more
        self.shape(view.lessons)
