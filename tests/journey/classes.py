"""What a volunteer and learners do at the glass, on a stage."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from kiosk.classroom import reading
from kiosk.classroom.conditions import Facts
from kiosk.classroom.learner import Learner, Next
from kiosk.classroom.lesson import By, Lesson
from kiosk.classroom.results import StepResult
from kiosk.classroom.runner import Run
from tests.journey.staff import PINS, type_pin
from tests.journey.stage import Stage, enabled, shown
from tests.support.window import Screen

LONGEST_S = 600.0
"""A lesson that takes longer is stuck."""
ANSWER_S = 3.0


def open_class(stage: Stage) -> Screen:
    """From the home screen to the class's own."""
    stage.kiosk.touch("home.call_person")
    stage.kiosk.on("call")
    stage.kiosk.touch("call.volunteer")
    stage.kiosk.on("sign_in")
    type_pin(stage, PINS["volunteer"])
    return stage.kiosk.on("class_room")


def add_learner(stage: Stage, surname: int = 0, title: int = 0) -> None:
    """One of the first page's surnames, and one of the four titles, by their places."""
    stage.kiosk.touch("class.add")
    stage.kiosk.on("class_name")
    stage.kiosk.touch(f"class.surname.{surname}")
    stage.kiosk.touch(f"class.title.{title}")
    stage.kiosk.on("class_room")


def practising(screen: Screen) -> bool:
    return bool(screen.get("practice"))


def choose_lesson(stage: Stage, lesson: Lesson) -> Screen:
    """From the class's screen to the first step of a lesson."""
    kiosk = stage.kiosk
    kiosk.touch("class.choose")
    screen = kiosk.on("class_lessons")
    while (row := row_of(screen, lesson.title)) is None:
        kiosk.touch("class.more")
        screen = kiosk.wait_for(lambda x, old=screen: x["version"] != old["version"], "more")  # type: ignore[misc]
    kiosk.touch(row)
    return kiosk.wait_for(practising, "a lesson")


def row_of(screen: Screen, title: str) -> str | None:
    """The row of a lesson, if it is on this page."""
    found = (x["id"] for x in screen["widgets"] if str(x["text"]).startswith(title))
    return next((str(x) for x in found if x.startswith("class.lesson.")), None)


def control(stage: Stage, word: str) -> None:
    """One of the volunteer's controls."""
    stage.kiosk.touch("guide.volunteer")
    stage.kiosk.touch(f"guide.{word}")


def run_of(screen: Screen, lesson: Lesson) -> Run:
    """The run that the window shows, as far as a learner goes by it."""
    told = screen["practice"]
    facts = Facts(**told["facts"])
    results = [StepResult(x.id) for x in lesson.steps]
    index = told["index"]
    results[index] = replace(results[index], times=told["times"], mistakes=tuple(told["mistakes"]))
    known = (*lesson.steps[index].mistakes, *lesson.common)
    mistake = next((x for x in known if x.id == told["mistake"]), None)
    return Run(lesson, facts, 0.0, index=index, mistake=mistake, results=tuple(results))


def play(stage: Stage, lesson: Lesson, *, errs: bool) -> Screen:
    """A whole lesson by touches, from its first step until the class's screen comes back."""
    learner = Learner(errs=errs)
    end = time.monotonic() + LONGEST_S
    screen = stage.kiosk.settled()
    later: tuple[object, str] | None = None
    while practising(screen):
        assert time.monotonic() < end, f"stuck: {screen['practice']}"
        run = run_of(screen, lesson)
        place = (run.index, run.result.times, run.mistake)
        wanted: Next = later[1] if later is not None and later[0] == place else None
        later = None
        if wanted is None:
            wanted = learner.next(run, run.facts)
        if isinstance(wanted, str):
            if not touch(stage, screen, wanted):
                later, wanted = (place, wanted), None
        elif wanted is not None:
            let_happen(stage, run, wanted)
        screen = changed(stage, screen, ANSWER_S if wanted is not None else 0.3)
    return stage.kiosk.on("class_room")


def changed(stage: Stage, before: Screen, patience_s: float) -> Screen:
    """The next picture; the same one if none comes."""
    end = time.monotonic() + patience_s
    while True:
        screen = stage.kiosk.settled()
        if screen["practised"] != before["practised"] or time.monotonic() > end:
            return screen
        time.sleep(0.02)


def touch(stage: Stage, screen: Screen, widget: str) -> bool:
    """Touch a widget of the practised screen; a card that lies on it is sent away first.

    False for one that can't be touched now: it isn't there any more, or not yet.
    """
    found = shown(screen, widget)
    if found is None or not found["enabled"]:
        return False
    left, top, width, height = found["box"]
    x, y = left + width // 2, top + height // 2
    card = shown(screen, "guide.card")
    if card is not None and _holds(card["box"], x, y):
        left, top, _width, _height = card["box"]
        stage.kiosk.finger.touch(left + 12, top + 12)
        stage.kiosk.wait_for(
            lambda s: (c := shown(s, "guide.card")) is None or not _holds(c["box"], x, y),
            f"{widget} without the card on it",
        )
    stage.kiosk.finger.touch(x, y)
    return True


def _holds(box: list[int], x: int, y: int) -> bool:
    left, top, width, height = box
    return left <= x < left + width and top <= y < top + height


def let_happen(stage: Stage, run: Run, index: int) -> None:
    """Touch the button of something outside, on the card or among the volunteer's controls."""
    outside = run.step.outside[index]
    if outside.by is By.VOLUNTEER:
        stage.kiosk.touch("guide.volunteer")
    prefix = "guide.act." if outside.by is By.VOLUNTEER else "guide.press."
    screen = stage.kiosk.wait_for(
        lambda x: not practising(x) or _button(x, prefix, outside.label) is not None,
        outside.label,
    )
    button = _button(screen, prefix, outside.label)
    if button is not None:
        stage.kiosk.touch(button)


def _button(screen: Screen, prefix: str, label: str) -> str | None:
    ids = [x["id"] for x in screen["widgets"] if x["text"] == label]
    return next((x for x in ids if x.startswith(prefix) and enabled(screen, x)), None)


def lesson(name: str) -> Lesson:
    return next(x for x in reading.shipped() if x.name == name)


def folders_of(pid: int) -> list[Path]:
    """What the practice cabin of that process has in memory now."""
    return list(Path("/dev/shm").glob(f"cabin-{pid}-*"))
