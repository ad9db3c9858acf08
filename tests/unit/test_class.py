"""A class from sign-in to its end, as pure decisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.access import SIGNED_OUT, Operator, Purpose, Role
from kiosk.core.state import State
from kiosk.core.visit import class_messages as k
from kiosk.core.visit import messages as m
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit.class_decide import LEAVE, QUIET_S
from kiosk.core.visit.class_steps import (
    MOST_LEARNERS,
    ClassDigits,
    ClassLesson,
    ClassLessons,
    ClassName,
    ClassRoom,
    Classroom,
    ClassStep,
    Learned,
    Paper,
)
from kiosk.core.visit.common import IDLE
from kiosk.core.visit.decide import decide
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import AtOrder, CallPerson, Home, Overlay
from screens import class_room
from tests.support.states_class import DONE, FULL, LESSONS, ROOM, taught
from tests.support.states_staff import staffed

VOLUNTEER = Operator("volunteer-1", "小义工", Role.VOLUNTEER)


def touched(state: State, *touches: str) -> tuple[State, tuple[m.VisitCommand, ...]]:
    """Touch one after the other: ``target`` or ``target=value``."""
    commands: tuple[m.VisitCommand, ...] = ()
    for touch in touches:
        target, _equals, value = touch.partition("=")
        state, more = decide(state, m.Touched(target, value, state.version))
        commands = (*commands, *more)
    return state, commands


def names(state: State) -> list[str]:
    assert state.visit.classroom is not None
    return [x.name for x in state.visit.classroom.learners]


def test_a_volunteer_signs_in_from_asking_for_help() -> None:
    state, _ = touched(staffed(CallPerson(), (VOLUNTEER,)), "call.volunteer")
    step = state.visit.step
    assert isinstance(step, SignIn)
    assert step.purpose is Purpose.CLASS
    state, commands = touched(state, *("pin.key=1",) * 6, "pin.done")
    request = state.visit.step.request
    state, commands = decide(state, s.PinChecked(request, VOLUNTEER.id))
    assert state.visit.step == ClassRoom()
    assert state.visit.classroom == Classroom("小义工")
    assert k.OpenClass() in commands
    assert m.Ring(IDLE, QUIET_S) in commands
    state, commands = touched(state, "nav.home")
    assert state.visit.operator is None
    written = [x for x in commands if isinstance(x, s.WriteDown)]
    assert [(x.kind, dict(x.body)["operator"]) for x in written] == [(SIGNED_OUT, VOLUNTEER.id)]


def test_nobody_else_of_the_staff_holds_a_class() -> None:
    state, commands = touched(
        staffed(CallPerson(), (Operator("t", "技术员", Role.TECHNICIAN),)), "call.volunteer"
    )
    assert isinstance(state.visit.step, CallPerson)
    assert k.OpenClass() not in commands


def test_no_class_begins_in_the_middle_of_an_order() -> None:
    from tests.support import states as orders

    state = orders.STATES["unknown"]
    assert isinstance(state.visit.step, AtOrder)
    state = replace(state, rules=replace(state.rules, operators=(VOLUNTEER,)))
    state, _ = touched(state, "nav.help", "help.call_person", "call.volunteer")
    assert isinstance(state.visit.step, CallPerson)


def test_learners_are_called_by_surname_or_the_end_of_a_number() -> None:
    state = taught(ClassRoom(), Classroom("小义工"))
    state, _ = touched(state, "class.add", "class.surname=0", "class.title=0")
    state, _ = touched(state, "class.add", "class.more", "class.surname=1", "class.title=3")
    state, _ = touched(state, "class.add", "class.by_phone", *("class.key=0",) * 3)
    state, _ = touched(state, "class.digits_done")
    assert isinstance(state.visit.step, ClassDigits)  # three are no end of a number
    state, _ = touched(state, "class.key=7", "class.digits_done")
    assert names(state) == ["王阿姨", "黄师傅", "尾号0007"]
    assert state.visit.classroom is not None
    assert state.visit.classroom.at == 2


def test_two_of_one_name_are_told_apart() -> None:
    state = taught(ClassRoom(), Classroom("小义工"))
    for _ in range(3):
        state, _commands = touched(state, "class.add", "class.surname=0", "class.title=0")
    assert names(state) == ["王阿姨", "王阿姨2", "王阿姨3"]


def test_a_full_class_takes_nobody_more() -> None:
    state, _ = touched(taught(ClassRoom(), FULL), "class.add")
    assert state.visit.step == ClassRoom()
    state, _ = touched(taught(ClassName("王"), FULL), "class.title=0")
    assert len(names(state)) == MOST_LEARNERS


def test_a_lesson_is_practised_by_whoever_is_at_turn() -> None:
    state, commands = touched(taught(ClassRoom()), "class.learner=0", "class.choose")
    assert state.visit.step == ClassLessons()
    state, commands = touched(state, "class.more", "class.lesson=0")
    assert k.Practise(1, "lesson_4", "王阿姨") in commands
    assert state.visit.step == ClassLesson(LESSONS[4])


def test_what_was_learned_is_the_learners_and_shown_once() -> None:
    state = taught(ClassLesson(LESSONS[1]), replace(ROOM, at=0, number=3))
    late, _ = decide(state, k.LessonOver(2, DONE))
    assert late == state
    state, _ = decide(state, k.LessonOver(3, DONE))
    room = state.visit.classroom
    assert room is not None
    assert state.visit.step == ClassRoom()
    assert (room.learners[0].learned, room.latest) == ((DONE,), DONE)
    state, _ = touched(state, "class.choose")
    assert state.visit.classroom is not None
    assert state.visit.classroom.latest is None


def test_a_certificate_is_for_what_was_learned() -> None:
    state, commands = touched(taught(ClassRoom()), "class.certificate")
    assert k.PrintCertificate(state.visit.requests, "尾号0000", (DONE,)) in commands
    _state, commands = touched(taught(ClassRoom(), replace(ROOM, at=0)), "class.certificate")
    assert not [x for x in commands if isinstance(x, k.PrintCertificate)]


def _papers(commands: tuple[m.VisitCommand, ...]) -> list[int]:
    return [x.request for x in commands if isinstance(x, k.PrintCertificate)]


def test_a_certificate_is_asked_for_once_and_told_of() -> None:
    state, commands = touched(taught(ClassRoom()), "class.certificate", "class.certificate")
    (request,) = _papers(commands)
    assert not class_room.view_of(state).certificate
    late, _ = decide(state, k.CertificateTold(request - 1, Paper.FAILED))
    assert late == state
    state, _ = decide(state, k.CertificateTold(request, Paper.FAILED))
    view = class_room.view_of(state)
    assert (view.certificate, view.again, view.trouble) == (True, True, True)
    assert "尾号0000 的证书没有打出来" in view.note
    state, commands = touched(state, "class.certificate")
    (request,) = _papers(commands)
    state, _ = decide(state, k.CertificateTold(request, Paper.PRINTED))
    view = class_room.view_of(state)
    assert (view.certificate, view.again, view.trouble) == (True, False, False)
    assert "打好了" in view.note
    state, _ = touched(state, "class.learner=0")
    assert class_room.view_of(state).note == ""


def test_whose_certificate_failed_is_said_though_somebody_else_has_the_turn() -> None:
    state, commands = touched(taught(ClassRoom()), "class.certificate", "class.learner=0")
    (request,) = _papers(commands)
    state, _ = decide(state, k.CertificateTold(request, Paper.UNKNOWN))
    view = class_room.view_of(state)
    assert "尾号0000" in view.note
    assert not view.again


def test_a_practice_cabin_that_fails_says_so() -> None:
    state = taught(ClassLesson(LESSONS[1]), replace(ROOM, number=3))
    assert decide(state, k.PracticeFailed(2))[0] == state
    state, _ = decide(state, k.PracticeFailed(3))
    assert state.visit.step == ClassLesson(LESSONS[1], failed=True)
    state, commands = touched(state, "nav.back")
    assert state.visit.step == ClassLessons()
    assert k.StopPractice() in commands


EVERY_STEP: tuple[ClassStep, ...] = (
    ClassRoom(),
    ClassName("王"),
    ClassDigits("12"),
    ClassLessons(),
    ClassLesson(LESSONS[0]),
)


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("way", ["nav.home", LEAVE])
def test_every_step_can_be_left_and_nothing_of_a_class_stays(step: ClassStep, way: str) -> None:
    state, commands = touched(taught(step), way)
    assert state.visit.step == Home()
    assert state.visit.classroom is None
    assert commands.count(k.CloseClass()) == 1


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda x: type(x).__name__)
def test_time_outs_wait_for_a_class_but_not_for_ever(step: ClassStep) -> None:
    state, commands = touched(taught(step), "class.nothing")
    waits = [x.seconds for x in commands if isinstance(x, m.Ring) and x.name == IDLE]
    assert waits == [QUIET_S]
    _state, commands = decide(state, k.Practising())
    assert commands == (m.Ring(IDLE, QUIET_S),)
    state, commands = decide(state, m.TimerRang(IDLE))
    assert state.visit.overlay is Overlay.NONE
    assert state.visit.step == Home()
    assert k.CloseClass() in commands


@pytest.mark.parametrize("step", EVERY_STEP, ids=lambda x: type(x).__name__)
def test_a_code_at_the_real_reader_does_nothing_in_a_class(step: ClassStep) -> None:
    state = taught(step)
    for event in (m.BillScanned("SH-POWER", "3100004417"), m.SlipScanned("X"), m.UnknownScanned()):
        assert decide(state, event)[0] == state


def test_events_of_a_class_that_is_over_come_too_late() -> None:
    state = staffed(Home())
    half = Learned("x", "x", 3, 1, 1, whole=False)
    events = (k.LessonsKnown(LESSONS), k.PracticeFailed(0), k.LessonOver(0, half), k.Practising())
    for event in events:
        assert decide(state, event) == (state, ())
