"""The pictures of the volunteers' handbook: the real screens, with a real lesson drawn over them.

``python -m tests.gallery --handbook`` draws them anew; ``texts.json`` beside them holds what can
be read on each, so that a test tells when a screen says something else.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.classroom import runner
from kiosk.classroom.conditions import facts_of
from kiosk.classroom.reading import shipped
from kiosk.classroom.runner import Control, Run, Seen
from kiosk.classroom.stage import Practised
from kiosk.core.state import State
from kiosk.core.visit.class_steps import ClassLessons, ClassRoom, Classroom, Learned, LessonEntry
from kiosk.core.visit.class_steps import Learner as Pupil
from tests.gallery import Easel, save_small
from tests.support.all_states import STATES
from tests.support.states_class import taught

WIDTH = 360


@dataclass(frozen=True)
class Shot:
    """A picture. ``lesson``: what is drawn over the screen; ``sheet``: its controls are open."""

    name: str
    state: State
    lesson: Run | None = None
    sheet: bool = False


class _Nobody:
    """Nobody touches a picture."""

    def touched(self, target: str, value: str, version: int) -> None:
        raise NotImplementedError

    def control(self, word: str) -> None:
        raise NotImplementedError

    def pressed(self, index: int) -> None:
        raise NotImplementedError


def shots() -> Iterator[Shot]:
    """Every picture of the handbook."""
    entries = tuple(LessonEntry(x.name, x.title, x.about, x.minutes) for x in shipped())
    done = Learned("touch", shipped()[0].title, 10, 10, 9, whole=True)
    room = Classroom("小义工", (Pupil("王阿姨", (done,)), Pupil("李爷叔")), 1, entries)
    yield Shot("enter", STATES["call_volunteer"])
    yield Shot("room", taught(ClassRoom(), room))
    yield Shot("lessons", taught(ClassLessons(), room))
    home, wrong = STATES["booklet_home"], STATES["rice"]
    run, _ = runner.begin(next(x for x in shipped() if x.name == "power_bill"), facts_of(home), 0.0)
    for _ in range(3):
        run, _ = runner.decide(run, Control("hint", 1.0))
    yield Shot("lit", home, run)
    strayed, _ = runner.decide(run, Seen(facts_of(wrong), 2.0))
    yield Shot("mistake", wrong, strayed)
    yield Shot("controls", home, run, sheet=True)


def draw_handbook(folder: Path) -> None:
    """Draw every picture, small and by day, and write down what can be read on it."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as data_dir:
        easel = Easel(Path(data_dir))
        for shot in shots():
            _show(easel, shot)
            save_small(easel.paint(), folder / f"{shot.name}.png", WIDTH)
            texts[shot.name] = _readable(easel)
    lines = json.dumps(texts, ensure_ascii=False, indent=1)
    (folder / "texts.json").write_text(lines + "\n", encoding="utf-8")


def _readable(easel: Easel) -> list[str]:
    from screens.walk import describe

    screen = easel.app._shown
    assert screen is not None
    found = [*describe(screen), *easel.app._guided()]
    return [str(x["text"]) for x in found if x["text"]]


def _show(easel: Easel, shot: Shot) -> None:
    from screens.window import guided

    picture: Any = easel.pictures.of(shot.state)
    if shot.lesson is not None:
        words = runner.guidance(shot.lesson)
        picture = guided(picture, Practised(shot.state, shot.lesson, words, _Nobody()))
    easel.show(picture)
    guide = easel.app._guide
    if guide is not None and shot.sheet:
        guide._open()
