"""What a volunteer sees of a class, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.state import PRINTER, Device, Level, State
from kiosk.core.visit.class_steps import (
    MOST_LEARNERS,
    Certificate,
    ClassDigits,
    ClassLesson,
    ClassLessons,
    ClassName,
    ClassRoom,
    Classroom,
    Learned,
    Learner,
    LessonEntry,
    Paper,
)
from kiosk.core.visit.steps import CallPerson, Step
from tests.support.states_staff import staffed

LESSONS = tuple(
    LessonEntry(f"lesson_{n}", title, about, 10)
    for n, (title, about) in enumerate(
        (
            ("敢碰一碰", "碰错了没关系，机器不会坏。学会碰、返回、首页。"),
            ("扫账单，缴电费", "拿一张纸账单，扫一扫，刷卡，拿小票。"),
            ("输户号，缴水费", "没有账单也行：找到户号，一个一个输进去。"),
            ("用手机付钱", "打开手机的付款码，对准红光，不用输密码。"),
            ("自己量血压", "坐好，伸手，等一等，看懂三个数字。"),
        )
    )
)
DONE = Learned("lesson_1", "扫账单，缴电费", 8, 8, 6, whole=True)
HALF = Learned("lesson_1", "扫账单，缴电费", 8, 3, 2, whole=False)
TWO = (Learner("王阿姨"), Learner("尾号0000", (DONE,)))
ROOM = Classroom("小义工", TWO, 1, LESSONS)
FULL = replace(ROOM, learners=tuple(Learner(f"欧阳老师{n}", (DONE,)) for n in range(MOST_LEARNERS)))

CERTIFICATE = Certificate(FULL.learners[1].name, 7)
FAILED = replace(CERTIFICATE, paper=Paper.FAILED)


def taught(step: Step, room: Classroom = ROOM) -> State:
    return staffed(step, classroom=room)


STATES: dict[str, State] = {
    "call_volunteer": staffed(CallPerson()),
    "class_room": taught(ClassRoom()),
    "class_room_empty": taught(ClassRoom(), Classroom("小义工")),
    "class_room_full": taught(ClassRoom(), FULL),
    "class_room_learned": taught(ClassRoom(), replace(FULL, latest=DONE)),
    "class_room_half": taught(ClassRoom(), replace(ROOM, latest=HALF)),
    "class_room_printing": taught(ClassRoom(), replace(FULL, at=1, certificate=CERTIFICATE)),
    "class_room_no_paper": replace(
        taught(ClassRoom(), replace(FULL, at=1, certificate=FAILED)),
        devices={PRINTER: Device(Level.UNAVAILABLE, "paper_out")},
    ),
    "class_room_not_printed": taught(ClassRoom(), replace(FULL, certificate=FAILED)),
    "class_room_perhaps_printed": taught(
        ClassRoom(), replace(FULL, at=1, certificate=replace(CERTIFICATE, paper=Paper.UNKNOWN))
    ),
    "class_name": taught(ClassName()),
    "class_name_chosen": taught(ClassName("王")),
    "class_name_others": taught(ClassName(page=2)),
    "class_digits": taught(ClassDigits()),
    "class_digits_typed": taught(ClassDigits("0000")),
    "class_lessons": taught(ClassLessons()),
    "class_lessons_2": taught(ClassLessons(1)),
    "class_wait": taught(ClassLesson(LESSONS[1])),
    "class_failed": taught(ClassLesson(LESSONS[1], failed=True)),
}
