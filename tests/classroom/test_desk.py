"""The desk of a class: practice cabins come and go, and what goes wrong with them is said."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kiosk.classroom import reading
from kiosk.classroom.child import Child, ChildError
from kiosk.classroom.desk import ClassDesk
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.stage import Practised
from kiosk.core.visit import class_messages as k
from kiosk.core.visit import messages as m
from kiosk.lanes import ThreadLanes
from kiosk.pages import PageStore

PATIENCE_S = 30.0


class Cabin:
    """The real cabin's side: what it is told, and what its window is given to show."""

    def __init__(
        self,
        child: Callable[[], Child] = Child,
        lessons: Callable[[], tuple[Lesson, ...]] = reading.shipped,
    ) -> None:
        self.told: list[object] = []
        self.shown: list[Practised | None] = []
        self.children: list[Child] = []
        self.lanes = ThreadLanes(self.told.append)

        def made() -> Child:
            self.children.append(child())
            return self.children[-1]

        self.desk = ClassDesk(
            self.lanes,
            self.told.append,
            self.shown.append,
            PageStore(),
            lessons=lessons,
            child=made,
        )

    @property
    def newest(self) -> Practised | None:
        return self.shown[-1] if self.shown else None

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, (self.told, self.shown[-1:])
            time.sleep(0.02)

    def close(self) -> None:
        self.desk.ask(k.CloseClass())
        self.until(lambda: all(not x.alive for x in self.children))
        self.lanes.close()


@pytest.fixture
def cabin() -> Iterator[Cabin]:
    before = set(threading.enumerate())
    made = Cabin()
    yield made
    made.close()

    def left() -> list[str]:
        fresh = [x.name for x in threading.enumerate() if x not in before]
        return [x for x in fresh if "supervisor" not in x]  # the process's own, not a class's

    made.until(lambda: not left())


def begun(cabin: Cabin, number: int, lesson: str) -> Practised:
    cabin.desk.ask(k.Practise(number, lesson, "王阿姨"))
    cabin.until(lambda: cabin.newest is not None)
    assert cabin.newest is not None
    return cabin.newest


def test_a_class_knows_its_lessons_and_has_one_child(cabin: Cabin) -> None:
    cabin.desk.ask(k.OpenClass())
    cabin.until(lambda: bool(cabin.told))
    known = cabin.told[0]
    assert isinstance(known, k.LessonsKnown)
    assert [x.name for x in known.lessons] == [x.name for x in reading.shipped()]
    for number in (1, 2):
        practised = begun(cabin, number, "power_bill")
        assert practised.run.lesson.name == "power_bill"
        assert practised.state.orders == {}
        cabin.desk.ask(k.StopPractice())
        assert cabin.newest is None
    assert len(cabin.children) == 1


def test_touches_reach_the_practice_cabin_and_say_that_the_class_is_alive(cabin: Cabin) -> None:
    practised = begun(cabin, 1, "power_bill")
    practised.hand.touched("home.pay_bill", "", practised.state.version)
    cabin.until(lambda: cabin.newest is not None and cabin.newest.run.index == 1)
    assert k.Practising() in cabin.told
    practised.hand.pressed(0)  # the bill is held there
    cabin.until(lambda: cabin.newest is not None and cabin.newest.run.facts.bills == 1)


def test_an_end_is_told_with_what_was_learned(cabin: Cabin) -> None:
    practised = begun(cabin, 7, "power_bill")
    practised.hand.control("end")
    cabin.until(lambda: any(isinstance(x, k.LessonOver) for x in cabin.told))
    over = next(x for x in cabin.told if isinstance(x, k.LessonOver))
    assert (over.number, over.learned.lesson, over.learned.whole) == (7, "power_bill", False)
    assert cabin.newest is None


def hasty() -> tuple[Lesson, ...]:
    """The shipped lessons, with help that comes within a second."""
    return tuple(
        replace(x, steps=tuple(replace(y, hints_s=(0.2, 0.4, 0.6, 0.8)) for y in x.steps))
        for x in reading.shipped()
    )


def test_help_comes_by_itself_when_somebody_hesitates() -> None:
    cabin = Cabin(lessons=hasty)
    begun(cabin, 1, "power_bill")
    cabin.until(lambda: cabin.newest is not None and bool(cabin.newest.guidance.hint))
    seen = [x for x in cabin.shown if x is not None]
    assert not seen[0].guidance.finger
    help_came = [(x.said, x.guidance.finger, x.guidance.light) for x in seen]
    assert help_came == sorted(help_came)  # said again, the finger, the light, the hint
    assert (seen[-1].guidance.finger, seen[-1].guidance.light) == (True, True)
    assert seen[-1].said == seen[0].said + 2
    cabin.close()


def test_a_lesson_left_while_it_is_being_opened_never_shows(cabin: Cabin) -> None:
    cabin.desk.ask(k.Practise(1, "power_bill", "王阿姨"))
    cabin.desk.ask(k.StopPractice())
    practised = begun(cabin, 2, "touch")
    assert practised.run.lesson.name == "touch"
    assert [x for x in cabin.shown if x is not None and x.run.lesson.name != "touch"] == []


def test_a_child_that_has_died_is_begun_again(cabin: Cabin) -> None:
    begun(cabin, 1, "touch")
    cabin.children[0]._process.kill()
    cabin.children[0]._process.wait()
    cabin.desk.ask(k.StopPractice())
    assert begun(cabin, 2, "touch").run.index == 0
    assert len(cabin.children) == 2


def test_a_child_that_dies_in_a_lesson_is_told(cabin: Cabin) -> None:
    begun(cabin, 5, "touch")
    folder = cabin.children[0].folder
    cabin.children[0]._process.kill()
    cabin.until(lambda: k.PracticeFailed(5) in cabin.told)
    assert cabin.newest is None
    assert folder.exists()
    begun(cabin, 6, "touch")
    assert not folder.exists()  # what was killed has taken nothing away itself


def test_a_picture_that_comes_late_covers_nothing(cabin: Cabin) -> None:
    """The leader may be about to show something just as the lesson ends, however it ends."""
    practised = begun(cabin, 7, "touch")
    cabin.children[0]._process.kill()
    cabin.until(lambda: k.PracticeFailed(7) in cabin.told)
    cabin.desk._show_of(7, practised)
    assert cabin.newest is None
    practised = begun(cabin, 8, "touch")
    cabin.desk.ask(k.StopPractice())
    cabin.desk._show_of(8, practised)
    assert cabin.newest is None
    assert cabin.told.count(k.PracticeFailed(7)) == 1


def test_a_cabin_that_cannot_be_opened_is_said_and_the_class_goes_on() -> None:
    def none() -> Child:
        raise ChildError("no memory")

    cabin = Cabin(none)
    cabin.desk.ask(k.OpenClass())
    cabin.desk.ask(k.Practise(3, "touch", "王阿姨"))
    cabin.until(lambda: len(cabin.told) == 2)
    assert isinstance(cabin.told[0], k.LessonsKnown)
    assert cabin.told[1] == k.PracticeFailed(3)
    cabin.desk.ask(k.Practise(4, "no_such_lesson", "王阿姨"))
    cabin.until(lambda: len(cabin.told) == 3)
    assert cabin.told[2] == k.PracticeFailed(4)
    assert all(isinstance(x, m.VisitEvent) for x in cabin.told)
    cabin.lanes.close()
