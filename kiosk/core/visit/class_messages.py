"""What a class hears and wants. Nothing is journalled: no money and no goods move in a class."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.visit.class_steps import Learned, LessonEntry, Paper
from kiosk.core.visit.messages import StaffCommand, VisitEvent


@dataclass(frozen=True, slots=True)
class ClassEvent(VisitEvent):
    pass


@dataclass(frozen=True, slots=True)
class LessonsKnown(ClassEvent):
    lessons: tuple[LessonEntry, ...]


@dataclass(frozen=True, slots=True)
class Practising(ClassEvent):
    """Somebody has touched the practice cabin: the class is alive."""


@dataclass(frozen=True, slots=True)
class PracticeFailed(ClassEvent):
    """The practice cabin could not be opened, or has broken down."""

    number: int


@dataclass(frozen=True, slots=True)
class LessonOver(ClassEvent):
    number: int
    learned: Learned


@dataclass(frozen=True, slots=True)
class CertificateTold(ClassEvent):
    """What has become of the certificate asked for under that number."""

    request: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class ClassCommand(StaffCommand):
    pass


@dataclass(frozen=True, slots=True)
class OpenClass(ClassCommand):
    """Which lessons are there? And let the practice cabin's machines start meanwhile."""


@dataclass(frozen=True, slots=True)
class Practise(ClassCommand):
    """Open a practice cabin in which nobody has been, and lead through that lesson there."""

    number: int
    lesson: str
    learner: str


@dataclass(frozen=True, slots=True)
class StopPractice(ClassCommand):
    """Away with that cabin, whatever it is at: nothing of it was real."""


@dataclass(frozen=True, slots=True)
class CloseClass(ClassCommand):
    """The class is over: no child process, no journal in memory, no name stays."""


@dataclass(frozen=True, slots=True)
class PrintCertificate(ClassCommand):
    """On the real receipt printer, for the learner whose turn it is."""

    request: int
    learner: str
    learned: tuple[Learned, ...]
