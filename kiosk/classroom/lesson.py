"""What a lesson is: steps over the real screens. Frozen values, read from TOML by ``reading``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.classroom.conditions import ALWAYS, NEVER, Condition

HINTS_S = (15.0, 30.0, 45.0, 60.0)
"""So long after the last thing that happened it is said again, the finger shown, the target lit,
the volunteer's hint given: one after the other."""


class By(StrEnum):
    """Who lets something happen outside the kiosk."""

    LEARNER = "learner"
    """Touches the button on the card, having held the practice bill or card there."""
    VOLUNTEER = "volunteer"
    """Touches the button among the volunteer's controls."""
    CABIN = "cabin"
    """It happens by itself, ``after_s`` seconds after the step has begun."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to the simulated cabin, in the words of the bench (design, Simulator).

    ``device`` is one of the bench's, or ``faults`` with the actions ``set`` and ``clear``, whose
    body is a fault: ``{"device", "kind", …}``. ``outside.prepared`` makes the body that is sent.
    """

    device: str
    action: str
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that happens outside while a step lasts. ``label`` stands on its button."""

    act: Act
    by: By
    label: str = ""
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something goes wrong on purpose: when a step begins, or once a button of its ``outside`` was
    pressed (``pressed``). It is undone when that step is over; what ``lasts``, at the next step
    that ``repairs``, or with the lesson.
    """

    set: Act
    undo: Act
    lasts: bool = False
    pressed: bool = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that people do. While ``when`` holds, ``say`` is on the card and ``target`` is
    pointed at, the way back. ``do``: how a test makes it, as in ``Step.do``. ``anywhere``: a
    common one that counts also where the step can be done, before those of the step.
    """

    id: str
    when: Condition
    say: str
    target: str = ""
    do: tuple[str, ...] = ()
    voice: tuple[str, ...] = ()
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``text`` is large, ``more`` below it, ``hint`` the volunteer's words.

    ``at``: where it can be done; elsewhere the learner is led back to the last step that can.
    ``shown``: finger and light are there from the start. ``waits``: a machine works, nobody is
    waited for. ``repairs``: whatever was broken on purpose is put right.
    ``milestone``: nobody is led back to before it. ``do``: what a perfect
    learner does, ids of widgets to touch and ``outside.0`` for the first button of ``outside``.
    ``voice``: sentences of the screens that are said after ``text`` and ``more``.
    """

    id: str
    text: str
    more: str = ""
    target: str = ""
    at: Condition = ALWAYS
    done: Condition = NEVER
    hint: str = ""
    hints_s: tuple[float, ...] = HINTS_S
    shown: bool = False
    waits: bool = False
    repairs: bool = False
    milestone: bool = False
    do: tuple[str, ...] = ()
    voice: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    outside: tuple[Outside, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """``needs``: what the volunteer lays ready. ``real``: devices of the real cabin that the
    lesson may use (``bp_meter``, ``receipt_printer``); ``setup``: how the simulated cabin is made
    ready. ``common`` are mistakes of everywhere, asked after a step's own.
    """

    name: str
    title: str
    about: str
    minutes: int
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    number: int = 0
    real: tuple[str, ...] = ()
    setup: tuple[Act, ...] = ()
    common: tuple[Mistake, ...] = ()
