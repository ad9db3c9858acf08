"""A lesson under way: what happens to it, what it wants, what is to be drawn. Frozen values.

``runner`` decides on them.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.classroom.conditions import Facts
from kiosk.classroom.lesson import Act, Fault, Lesson, Mistake, Step
from kiosk.classroom.results import Help, StepResult

# What happens


@dataclass(frozen=True, slots=True)
class Seen:
    """The practice cabin's state has changed."""

    facts: Facts
    now: float


@dataclass(frozen=True, slots=True)
class Rang:
    """The time asked for by ``Wake`` has come."""

    now: float


@dataclass(frozen=True, slots=True)
class Control:
    """The volunteer touched ``back``, ``again``, ``next``, ``hint``, ``skip`` or ``end``."""

    word: str
    now: float


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button of ``Step.outside[index]`` was touched, on the card or among the controls."""

    index: int
    now: float


Event = Seen | Rang | Control | Pressed
CONTROLS = ("back", "again", "next", "hint", "skip", "end")


# What is wanted


@dataclass(frozen=True, slots=True)
class Say:
    """Say these one after the other; what is being said is cut off."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Do:
    """Let this happen in the simulated cabin. ``order_id`` is the newest order at its screen."""

    act: Act
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Wake:
    """Send ``Rang`` at ``at``; None: no more. The newest counts."""

    at: float | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The lesson is over: what was learned, step by step. ``whole``: it came to its end."""

    results: tuple[StepResult, ...]
    whole: bool


Command = Say | Do | Wake | Ended


@dataclass(frozen=True, slots=True)
class Run:
    """A lesson under way.

    ``began`` is when the step did, ``quiet`` since when nothing has happened. ``level`` is the help
    given by waiting or asking; ``held``: the step has just been chosen by hand: it isn't left
    backwards until it could be done, nor forwards until it has been undone once. ``acted``: which
    ``outside`` of the step have happened by themselves. ``faults`` are to be undone. ``order_id``
    is the newest order of the lesson.
    """

    lesson: Lesson
    facts: Facts
    now: float
    index: int = 0
    began: float = 0.0
    quiet: float = 0.0
    level: Help = Help.NONE
    mistake: Mistake | None = None
    held: bool = False
    rearmed: bool = True
    acted: frozenset[int] = frozenset()
    faults: tuple[Fault, ...] = ()
    results: tuple[StepResult, ...] = ()
    order_id: str = ""
    ended: bool = False

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.index]

    @property
    def result(self) -> StepResult:
        return self.results[self.index]


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to draw. ``number`` of ``count`` steps; ``kind``: ``text`` is about a mistake.

    ``hint`` is for the volunteer's eye. ``target`` is a widget's id, empty for none; ``finger``
    and ``light`` whether it is pointed at and lit. ``buttons``: index and label of what the
    learner lets happen outside; ``controls`` the same for the volunteer. ``shown`` counts what
    was given to be drawn.
    """

    number: int
    count: int
    text: str
    more: str = ""
    hint: str = ""
    target: str = ""
    finger: bool = False
    light: bool = False
    kind: bool = False
    buttons: tuple[tuple[int, str], ...] = ()
    controls: tuple[tuple[int, str], ...] = ()
    shown: int = 0


Moved = tuple[Run, tuple[Command, ...]]
