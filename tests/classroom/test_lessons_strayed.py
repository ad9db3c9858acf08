"""Whoever touches anything at all in the middle of a lesson is led through to its end.

The touches are the same in every run: a new way to go astray is found by more seeds, not by luck.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kiosk.classroom import runner
from kiosk.classroom.known import widgets
from kiosk.classroom.learner import Learner
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.reading import shipped
from tests.support.virtual_class import Class

TOUCHES = 40
ENOUGH = 400
NEVER = ("call.volunteer",)
"""In a practice cabin nobody signs in."""
AGAIN_S = 30.0
PATIENCE_S = 240.0
"""So long a volunteer waits for a step that nothing comes of, machines at work included."""


class Strayer:
    """Touches whatever its screen has, now and then what the lesson says; at last only that."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._right = Learner()

    def touch(self, room: Class, *, wild: bool) -> None:
        assert room.run is not None
        if wild and self._chance.random() < 0.6:
            room.touch(self._chance.choice([x for x in widgets()[room.screen] if x not in NEVER]))
            return
        right = self._right.next(room.run, room.facts)
        if isinstance(right, str):
            room.touch(right)
        elif right is not None:
            room.happen(runner.Pressed(right, room.now))

    def begin_anew(self) -> None:
        """Nothing came of it: do all of the step once more."""
        self._right = Learner()


def straying(room: Class, lesson: Lesson, seed: int) -> list[str]:
    """Play it; the steps at which nothing was left to be done, and the volunteer went on."""
    strayer = Strayer(random.Random(seed))
    room.begin(lesson)
    stuck: list[str] = []
    since, place = room.now, (-1, "", 0)
    for n in range(ENOUGH):
        room.live(1.5)
        if room.ended is not None:
            return stuck
        assert room.run is not None
        now = (room.run.index, room.screen, room.facts.digits)
        if now != place:
            since, place = room.now, now
        if room.now - since > AGAIN_S:
            strayer.begin_anew()
        if room.now - since > PATIENCE_S:
            stuck.append(f"{room.run.step.id} on {room.screen}")
            room.control("next")
            since = room.now
        if n > TOUCHES:
            room.live(8.0)
        if room.ended is None:
            strayer.touch(room, wild=n < TOUCHES)
    raise AssertionError(f"{lesson.name} doesn't end: {place}, {stuck}")


@pytest.mark.parametrize("lesson", shipped(), ids=lambda x: x.name)
def test_nobody_is_left_alone(tmp_path: Path, lesson: Lesson) -> None:
    assert straying(Class(tmp_path), lesson, 0) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 11))
@pytest.mark.parametrize("lesson", shipped(), ids=lambda x: x.name)
def test_nobody_is_left_alone_whatever_they_touch(
    tmp_path: Path, lesson: Lesson, seed: int
) -> None:
    assert straying(Class(tmp_path), lesson, seed) == []
