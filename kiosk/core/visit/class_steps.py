"""小义工课堂: the steps of a class at the real cabin, and who is in it.

A class is held in the visit alone: names go with it. While a lesson is practised the kiosk shows
the practice cabin's screens over ``ClassLesson``; the real cabin does nothing meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_LEARNERS = 5
DIGITS = 4
"""The end of a phone number."""


@dataclass(frozen=True, slots=True)
class LessonEntry:
    """A lesson that can be chosen."""

    name: str
    title: str
    about: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a lesson: so many of its ``steps`` were done, and ``alone`` without help."""

    lesson: str
    title: str
    steps: int
    done: int
    alone: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Learner:
    """``name`` is what somebody wants to be called, or the end of a phone number."""

    name: str
    learned: tuple[Learned, ...] = ()


class Paper(StrEnum):
    """What has become of a certificate. ``UNKNOWN``: it may have been printed."""

    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The newest certificate: of whom, by the number under which it was asked for."""

    learner: str
    request: int
    paper: Paper = Paper.PRINTING


@dataclass(frozen=True, slots=True)
class Classroom:
    """``at`` is whose turn it is. ``number`` counts the lessons begun, so that what a lesson that
    is over says comes too late. ``latest`` is what has just been learned, for one look;
    ``certificate`` stays until something else is done, or longer while it is being printed.
    """

    volunteer: str
    learners: tuple[Learner, ...] = ()
    at: int = -1
    lessons: tuple[LessonEntry, ...] = ()
    number: int = 0
    latest: Learned | None = None
    certificate: Certificate | None = None

    @property
    def learner(self) -> Learner | None:
        return self.learners[self.at] if 0 <= self.at < len(self.learners) else None

    @property
    def printing(self) -> bool:
        return self.certificate is not None and self.certificate.paper is Paper.PRINTING

    @property
    def full(self) -> bool:
        return len(self.learners) >= MOST_LEARNERS


@dataclass(frozen=True, slots=True)
class ClassRoom:
    """Who is here, whose turn it is."""


@dataclass(frozen=True, slots=True)
class ClassName:
    """What is somebody called: a surname out of a list, and how one says it."""

    surname: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class ClassDigits:
    digits: str = ""


@dataclass(frozen=True, slots=True)
class ClassLessons:
    page: int = 0


@dataclass(frozen=True, slots=True)
class ClassLesson:
    """A lesson is practised, or its cabin is being opened. ``failed``: it can't be."""

    lesson: LessonEntry
    failed: bool = False


ClassStep = ClassRoom | ClassName | ClassDigits | ClassLessons | ClassLesson
CLASS_SCREENS: dict[type, str] = {
    ClassRoom: "class_room",
    ClassName: "class_name",
    ClassDigits: "class_digits",
    ClassLessons: "class_lessons",
    ClassLesson: "class_wait",
}
