"""What a volunteer and learners do at the glass, on a stage."""

from __future__ import annotations

from kiosk.classroom.learner import Next
from tests.journey.staff import PINS, type_pin
from tests.journey.stage import Stage
from tests.support.window import Screen


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


def choose_lesson(stage: Stage, number: int = 0) -> Screen:
    """From the class's screen to the first step of a lesson."""
    stage.kiosk.touch("class.choose")
    stage.kiosk.on("class_lessons")
    stage.kiosk.touch(f"class.lesson.{number}")
    return stage.kiosk.wait_for(practising, "a lesson")


def control(stage: Stage, word: str) -> None:
    """One of the volunteer's controls."""
    stage.kiosk.touch("guide.volunteer")
    stage.kiosk.touch(f"guide.{word}")


__all__ = ["Next", "add_learner", "choose_lesson", "control", "open_class", "practising"]
