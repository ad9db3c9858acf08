"""A class from sign-in to its end. Pure.

Who leads it is one of the staff; what is practised is none of the real cabin's business: it goes
through ``Practise`` to a cabin of its own, and all that comes back is what was learned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from kiosk.core.access import Operator
from kiosk.core.state import State
from kiosk.core.visit import class_messages as k
from kiosk.core.visit.class_steps import (
    DIGITS,
    Certificate,
    ClassDigits,
    ClassLesson,
    ClassLessons,
    ClassName,
    ClassRoom,
    Classroom,
    ClassStep,
    Learner,
    LessonEntry,
)
from kiosk.core.visit.common import IDLE, Moved, go, leave, next_request, stay
from kiosk.core.visit.digits import typed
from kiosk.core.visit.messages import Ring, Touched

QUIET_S = 45 * 60.0
"""A class waits so long for a touch; a volunteer who forgot to end it doesn't keep the cabin."""
LEAVE = "class.leave"
"""Somebody has come for real business, or the class is over."""
SURNAMES = (
    *("王", "李", "张", "陈", "刘", "沈", "周", "徐", "朱", "陆", "顾", "杨"),
    *("吴", "黄", "赵", "孙", "马", "胡", "金", "钱", "唐", "曹", "施", "蔡"),
    *("林", "何", "高", "郭", "罗", "宋", "谢", "许", "姚", "邵", "俞", "丁"),
)
NAMES_A_PAGE = 12
TITLES = ("阿姨", "爷叔", "老师", "师傅")
LESSONS_A_PAGE = 4


_T = TypeVar("_T")


def surnames_on(page: int) -> tuple[str, ...]:
    return SURNAMES[page * NAMES_A_PAGE :][:NAMES_A_PAGE]


def lessons_on(room: Classroom, page: int) -> tuple[LessonEntry, ...]:
    return room.lessons[page * LESSONS_A_PAGE :][:LESSONS_A_PAGE]


def _chosen(among: tuple[_T, ...], value: str) -> _T | None:
    """The one at that place, if there is one."""
    return among[int(value)] if value.isdecimal() and int(value) < len(among) else None


def enter(state: State, who: Operator) -> Moved:
    """A volunteer has signed in."""
    visit = replace(state.visit, classroom=Classroom(who.name))
    return go(replace(state, visit=visit), ClassRoom(), k.OpenClass(), Ring(IDLE, QUIET_S))


def happened(state: State, event: k.ClassEvent) -> Moved:
    room, step = state.visit.classroom, state.visit.step
    if room is None:
        return stay(state)
    match event:
        case k.LessonsKnown():
            return _with(state, lessons=event.lessons), ()
        case k.Practising() if isinstance(step, ClassStep):
            return state, (Ring(IDLE, QUIET_S),)
        case k.PracticeFailed(number=room.number) if isinstance(step, ClassLesson):
            return go(state, replace(step, failed=True))
        case k.CertificateTold():
            return _certificate_told(state, event, room)
        case k.LessonOver(number=room.number) if isinstance(step, ClassLesson):
            return _learned(state, event, room)
        case _:
            return stay(state)


def _certificate_told(state: State, event: k.CertificateTold, room: Classroom) -> Moved:
    asked = room.certificate
    if asked is None or asked.request != event.request:
        return stay(state)
    return _with(state, certificate=replace(asked, paper=event.paper)), ()


def _learned(state: State, event: k.LessonOver, room: Classroom) -> Moved:
    learner = room.learner
    if learner is None:
        return go(state, ClassRoom())
    fresh = replace(learner, learned=(*learner.learned, event.learned))
    learners = (*room.learners[: room.at], fresh, *room.learners[room.at + 1 :])
    return go(_with(_on(state, room), learners=learners, latest=event.learned), ClassRoom())


def touched(state: State, touch: Touched, step: ClassStep) -> Moved:
    """Let a touch take effect; each of them says that the class is alive."""
    room = state.visit.classroom
    if room is None or touch.target == LEAVE:
        return leave(state)
    state, commands = _touched(state, touch, step, room)
    return state, (*commands, Ring(IDLE, QUIET_S))


def _touched(state: State, touch: Touched, step: ClassStep, room: Classroom) -> Moved:
    match step:
        case ClassRoom():
            return _touched_room(state, touch, room)
        case ClassName():
            return _touched_name(state, touch, step)
        case ClassDigits():
            return _touched_digits(state, touch, step)
        case ClassLessons():
            return _touched_lessons(state, touch, step, room)
        case _:
            return stay(state)


def _touched_room(state: State, touch: Touched, room: Classroom) -> Moved:
    match touch.target:
        case "class.learner" if touch.value.isdecimal() and int(touch.value) < len(room.learners):
            at = int(touch.value)
            return _with(_on(state, room), at=-1 if at == room.at else at), ()
        case "class.add" if not room.full:
            return go(state, ClassName())
        case "class.choose" if room.learner is not None and room.lessons:
            return go(_on(state, room), ClassLessons())
        case "class.certificate" if room.learner is not None and not room.printing:
            return _certificate(state, room.learner)
        case _:
            return stay(state)


def _on(state: State, room: Classroom) -> State:
    """Something else is done: what was told is told."""
    kept = room.certificate if room.printing else None
    return _with(state, latest=None, certificate=kept)


def _certificate(state: State, learner: Learner) -> Moved:
    """Print what a learner has learned to its end."""
    if not any(x.whole for x in learner.learned):
        return stay(state)
    state, request = next_request(state)
    asked = Certificate(learner.name, request)
    command = k.PrintCertificate(request, learner.name, learner.learned)
    return _with(state, latest=None, certificate=asked), (command,)


def _touched_name(state: State, touch: Touched, step: ClassName) -> Moved:
    match touch.target:
        case "class.surname":
            surname = _chosen(surnames_on(step.page), touch.value) or ""
            return go(state, replace(step, surname="" if surname == step.surname else surname))
        case "class.title" if step.surname:
            title = _chosen(TITLES, touch.value)
            return stay(state) if title is None else _add(state, step.surname + title)
        case "class.more":
            pages = -(-len(SURNAMES) // NAMES_A_PAGE)
            return go(state, replace(step, page=(step.page + 1) % pages, surname=""))
        case "class.by_phone":
            return go(state, ClassDigits())
        case _:
            return stay(state)


def _touched_digits(state: State, touch: Touched, step: ClassDigits) -> Moved:
    match touch.target:
        case "class.key":
            return go(state, ClassDigits(typed(step.digits, touch.value, DIGITS)))
        case "class.digits_done" if len(step.digits) == DIGITS:
            return _add(state, f"尾号{step.digits}")
        case _:
            return stay(state)


def _touched_lessons(state: State, touch: Touched, step: ClassLessons, room: Classroom) -> Moved:
    if touch.target == "class.more":
        pages = -(-len(room.lessons) // LESSONS_A_PAGE)
        return go(state, ClassLessons((step.page + 1) % pages))
    lesson = _chosen(lessons_on(room, step.page), touch.value)
    if touch.target != "class.lesson" or lesson is None or room.learner is None:
        return stay(state)
    number = room.number + 1
    state = _with(state, number=number)
    return go(state, ClassLesson(lesson), k.Practise(number, lesson.name, room.learner.name))


def _add(state: State, name: str) -> Moved:
    """Somebody more, and it is their turn. Two of one name are told apart by a number."""
    room = state.visit.classroom
    if room is None or room.full:
        return go(state, ClassRoom())
    taken = {x.name for x in room.learners}
    names = (name, *(f"{name}{n}" for n in range(2, len(taken) + 2)))
    fresh = Learner(next(x for x in names if x not in taken))
    learners = (*room.learners, fresh)
    fresh_room = _with(_on(state, room), learners=learners, at=len(learners) - 1)
    return go(fresh_room, ClassRoom())


def back(state: State, step: ClassStep) -> Moved:
    """返回: to who is here; from there the class isn't left by going back."""
    match step:
        case ClassRoom():
            return stay(state)
        case ClassDigits():
            return go(state, ClassName())
        case ClassLesson():
            return go(state, ClassLessons(), k.StopPractice())
        case _:
            return go(state, ClassRoom())


def _with(state: State, **changes: object) -> State:
    room = state.visit.classroom
    assert room is not None
    fresh = replace(room, **changes)  # type: ignore[arg-type]
    return replace(state, visit=replace(state.visit, classroom=fresh))
