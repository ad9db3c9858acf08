"""Every shipped lesson in a virtual cabin: by one who does all right, and by one who errs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.classroom.learner import Learner
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.reading import shipped
from tests.support.virtual_class import Class

LESSONS = shipped()


@pytest.fixture
def room(tmp_path: Path) -> Class:
    return Class(tmp_path)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_a_perfect_learner_does_every_step_alone(room: Class, lesson: Lesson) -> None:
    results = room.play(lesson, Learner())
    assert room.ended is not None
    assert room.ended.whole
    assert [x.step for x in results.values() if not x.alone] == []
    assert [(x.step, x.mistakes) for x in results.values() if x.mistakes] == []
    assert room.run is not None
    assert room.run.faults == ()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_every_mistake_is_noticed_and_leads_back(room: Class, lesson: Lesson) -> None:
    results = room.play(lesson, Learner(errs=True))
    assert room.ended is not None
    assert room.ended.whole
    wanted = {(s.id, m.id) for s in lesson.steps for m in s.mistakes if m.do}
    made = {(x.step, mistake) for x in results.values() for mistake in x.mistakes}
    assert wanted - made == set()
    said = {m.say for s in lesson.steps for m in s.mistakes if m.do}
    assert said <= set(room.said)
