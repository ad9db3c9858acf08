"""Fingers anywhere in a lesson: on the practised screen, the card, the volunteer's controls."""

from __future__ import annotations

import random

from kiosk.classroom.lesson import Lesson
from tests.journey import classes
from tests.journey.stage import Stage, enabled, shown
from tests.support.window import Screen

LEAVE = "guide.leave"


class Fumbler:
    """Touches without waiting for what comes of it, as hands do, and does now and then what the
    lesson says. 有人要办事 is left alone, wherever the controls are: it is the way out.
    """

    def __init__(self, stage: Stage, lesson: Lesson, chance: random.Random) -> None:
        self._stage, self._kiosk = stage, stage.kiosk
        self._lesson = lesson
        self._chance = chance
        self.band = 0
        self._forbidden = [0, 0, 0, 0]

    def begin(self) -> None:
        """From the home screen to the first step, with a look at where the way out is."""
        self._open()
        self._kiosk.touch("guide.volunteer")
        screen = self._kiosk.wait_for(controls, "the controls")
        self._forbidden = _box(screen, LEAVE)
        _left, top, _width, height = _box(screen, "guide.volunteer")
        self.band = top + height + 12
        self._kiosk.touch("guide.close")
        self._kiosk.wait_for(lambda x: not controls(x), "the screen below")

    def _open(self) -> None:
        classes.open_class(self._stage)
        classes.add_learner(self._stage)
        classes.choose_lesson(self._stage, self._lesson)

    def touch(self) -> None:
        """One finger."""
        screen = self._kiosk.wait_for(lambda x: x["screen"] != "class_wait", "the end of a lesson")
        if not classes.practising(screen):
            self._begin_again(screen)
        elif self._chance.random() < 0.3 and not controls(screen):
            wanted = screen["practice"]["target"] or "guide.press.0"
            self._tap(screen, wanted if shown(screen, wanted) else "guide.volunteer")
        else:
            self._kiosk.finger.touch(*self._somewhere(screen))

    def _begin_again(self, screen: Screen) -> None:
        """The lesson came to its end, and the newest finger may have met what stood below it."""
        name = screen["screen"]
        if name == "class_room" and enabled(screen, "class.choose"):
            classes.choose_lesson(self._stage, self._lesson)
            return
        assert name == "home" or name.startswith("class_"), f"the real {name} is shown in a class"
        if name != "home":
            self._kiosk.touch("nav.home")
            self._kiosk.on("home")
        self._open()

    def leave(self) -> None:
        """义工 and 有人要办事, however far the newest finger has come."""
        self._stage.until(self._has_left, "the end of practice")

    def _has_left(self) -> bool:
        screen = self._kiosk.settled()
        if classes.practising(screen):
            self._tap(screen, LEAVE if controls(screen) else "guide.volunteer")
        elif screen["screen"] == "class_room":
            self._kiosk.touch("class.leave")
        return screen["screen"] == "home" and not classes.practising(screen)

    def _tap(self, screen: Screen, widget: str) -> None:
        """A finger where that was, whatever is there now."""
        left, top, width, height = _box(screen, widget)
        self._kiosk.finger.touch(left + width // 2, top + height // 2)

    def _somewhere(self, screen: Screen) -> tuple[int, int]:
        """Mostly in the middle of something that can be touched, sometimes anywhere."""
        open_ = controls(screen)
        middles = [
            (left + width // 2, top + height // 2)
            for x in screen["widgets"]
            if x["role"] in ("button", "checkbox")
            if x["id"].startswith("guide.") or not open_
            for left, top, width, height in [x["box"]]
        ]
        below = [x for x in middles if x[1] > self.band and not self._is_way_out(*x)]
        if below and (open_ or self._chance.random() < 0.8):
            return self._chance.choice(below)
        while True:
            x, y = self._chance.randrange(8, 1072), self._chance.randrange(self.band, 1912)
            if not self._is_way_out(x, y):
                return x, y

    def _is_way_out(self, x: int, y: int) -> bool:
        left, top, width, height = self._forbidden
        return left <= x < left + width and top <= y < top + height


def controls(screen: Screen) -> bool:
    """Whether the volunteer's controls are open."""
    return shown(screen, LEAVE) is not None


def _box(screen: Screen, widget: str) -> list[int]:
    found = shown(screen, widget)
    assert found is not None, widget
    return [int(x) for x in found["box"]]
