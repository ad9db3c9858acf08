"""Lessons that borrow the real printer end well though its paper runs out in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.classroom import runner
from kiosk.classroom.learner import Learner
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.reading import shipped
from kiosk.core.state import PRINTER
from tests.support.virtual_class import Class

LESSONS = [x for x in shipped() if PRINTER in x.real]
LONGEST_S = 300.0


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
@pytest.mark.parametrize("trouble", ["paper_out", "cover_open"])
def test_no_paper_is_no_dead_end(tmp_path: Path, lesson: Lesson, trouble: str) -> None:
    room, learner = Class(tmp_path), Learner()
    room.begin(lesson)
    start, broken = room.now, False
    while room.ended is None and room.now - start < LONGEST_S:
        room.live(0.7)
        if room.ended is not None:
            break
        assert room.run is not None
        if not broken and (room.screen == "clinic_result" or room.facts.payment == "requested"):
            room.kiosk.act(PRINTER, trouble)
            broken = True
        wanted = learner.next(room.run, room.facts)
        if isinstance(wanted, str):
            room.touch(wanted)
        elif wanted is not None:
            room.happen(runner.Pressed(wanted, room.now))
    assert broken
    assert room.ended is not None, (room.screen, room.run and room.run.step.id)
    assert room.ended.whole
