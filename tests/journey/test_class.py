"""小义工课堂 at the glass: a class from sign-in to its end, and nothing practised is real."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiosk.classroom import reading
from kiosk.core.access import REFUSED, SIGNED_IN, SIGNED_OUT, TRIED
from kiosk.core.state import PRINTER
from tests.journey import classes
from tests.journey.fumbling import Fumbler
from tests.journey.stage import Stage, shown

pytestmark = pytest.mark.window

SHIPPED = [x.name for x in reading.shipped()]
QUICK = {"power_bill": True, "phone_code": False}
"""Which are played in every run, and whether with every mistake."""


STAFF = (TRIED, REFUSED, SIGNED_IN, SIGNED_OUT)
"""What a class writes into the real journal: who came in and went."""


def real_world(stage: Stage, *lent: str) -> dict[str, object]:
    """What of the real cabin must not change by anything that is practised, but for what is lent:
    what every machine and gateway was asked, the ledgers outside, and every row of the journal.
    """
    rows = [f"{x['stream']} {x['kind']}" for x in stage.exported() if "kind" in x]
    assert not [x for x in rows if x == "None None"]
    return {
        **{x: state for x, state in stage.bench.states().items() if x not in lent},
        "ledger": stage.bench.ledger(),
        "journal": [x for x in rows if not x.endswith(STAFF)],
    }


def children(stage: Stage) -> list[psutil.Process]:
    """The processes of the kiosk that are a practice cabin."""
    assert stage.kiosk.process is not None
    found = psutil.Process(stage.kiosk.process.pid).children(recursive=True)
    return [x for x in found if "sim" in x.cmdline()]


def gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_whole_class_with_two_learners(stage: Stage) -> None:
    before = real_world(stage, PRINTER)
    classes.open_class(stage)
    classes.add_learner(stage, surname=0, title=0)
    classes.add_learner(stage, surname=3, title=1)
    lesson = classes.lesson("power_bill")
    screen = classes.choose_lesson(stage, lesson)
    assert "不会真的扣钱" in stage.kiosk.everything()
    assert screen["practice"]["lesson"] == lesson.name
    for _step in lesson.steps:  # the volunteer shows it all
        classes.control(stage, "next")
    stage.kiosk.on("class_room")
    said = stage.kiosk.everything()
    assert f"陈爷叔 学完了《{lesson.title}》：共 {len(lesson.steps)} 步，0 步是自己做的" in said
    _certificate_at_the_second_try(stage)
    stage.kiosk.touch("class.learner.0")
    stage.kiosk.wait_for(lambda _: "现在轮到 王阿姨" in stage.kiosk.everything(), "her turn")
    classes.choose_lesson(stage, lesson)
    assert stage.kiosk.settled()["screen"] == "home"  # nobody has been here
    classes.control(stage, "skip")
    classes.control(stage, "end")
    stage.kiosk.on("class_room")
    assert "停在这里" in stage.kiosk.everything()
    (child,) = children(stage)
    stage.kiosk.touch("class.leave")
    stage.kiosk.on("home")
    stage.until(lambda: gone(child), "the practice cabin has gone")
    assert "陈爷叔" not in stage.kiosk.everything()
    assert real_world(stage, PRINTER) == before
    assert "陈爷叔" not in stage.kiosk.log.read_text()


def _certificate_at_the_second_try(stage: Stage) -> None:
    """The paper has run out; the volunteer is told, puts some in, and tries again."""
    stage.bench.act(PRINTER, "paper_out")
    stage.kiosk.wait_for(lambda x: x["devices"][PRINTER][0] == "unavailable", "no paper")
    stage.kiosk.touch("class.certificate")
    stage.kiosk.wait_for(
        lambda _: "陈爷叔 的证书没有打出来。没纸了" in stage.kiosk.everything(), "being told"
    )
    stage.bench.act(PRINTER, "paper_in")
    stage.kiosk.wait_for(lambda x: x["devices"][PRINTER][0] == "ready", "paper")
    papers = len(stage.bench.receipts())
    stage.kiosk.touch("class.certificate")
    stage.kiosk.wait_for(lambda _: "陈爷叔 的证书打好了" in stage.kiosk.everything(), "paper")
    assert len(stage.bench.receipts()) == papers + 1
    assert "陈爷叔" in stage.paper()


def test_a_resident_ends_practice_in_two_touches(stage: Stage) -> None:
    classes.open_class(stage)
    stage.kiosk.touch("class.add")
    stage.kiosk.on("class_name")
    stage.kiosk.touch("class.by_phone")
    stage.kiosk.on("class_digits")
    for digit in "0000":
        stage.kiosk.touch(f"class.key.{digit}")
    stage.kiosk.touch("class.digits_done")
    stage.kiosk.on("class_room")
    classes.choose_lesson(stage, classes.lesson("power_bill"))
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    (child,) = children(stage)
    stage.kiosk.touch("guide.volunteer")
    stage.kiosk.touch("guide.leave")
    screen = stage.kiosk.on("home")
    assert not classes.practising(screen)
    assert "练习" not in stage.kiosk.everything()
    stage.until(lambda: gone(child), "the practice cabin has gone")
    stage.pay_by_card(stage.bill())  # for real


def test_a_kill_in_a_class_leaves_nothing_of_it(stage: Stage) -> None:
    before = real_world(stage, "bp_meter")  # every start says stop to the cuff
    classes.open_class(stage)
    classes.add_learner(stage)
    classes.choose_lesson(stage, classes.lesson("power_bill"))
    _ask_to_pay(stage)
    (child,) = children(stage)
    assert classes.folders_of(child.pid)
    stage.kiosk.kill()
    stage.until(lambda: gone(child), "the practice cabin has gone")
    stage.until(lambda: not classes.folders_of(child.pid), "its folder has gone")
    stage.kiosk.start()
    screen = stage.kiosk.on("home")
    assert not classes.practising(screen)
    assert real_world(stage, "bp_meter") == before


def test_a_practice_cabin_that_dies_is_told_and_another_one_opens(stage: Stage) -> None:
    lesson = classes.lesson("power_bill")
    classes.open_class(stage)
    classes.add_learner(stage)
    classes.choose_lesson(stage, lesson)
    (child,) = children(stage)
    child.kill()
    stage.kiosk.wait_for(
        lambda x: x["screen"] == "class_wait" and "没有动过钱" in stage.kiosk.everything(),
        "being told",
    )
    stage.kiosk.touch("nav.back")
    stage.kiosk.on("class_lessons")
    stage.kiosk.touch("nav.back")
    stage.kiosk.on("class_room")
    classes.choose_lesson(stage, lesson)
    assert stage.kiosk.settled()["screen"] == "home"
    assert not classes.folders_of(child.pid)
    classes.control(stage, "leave")
    stage.kiosk.on("home")


def _ask_to_pay(stage: Stage) -> None:
    """From the first step of the lesson until the practised terminal wants a card."""
    stage.kiosk.touch("home.pay_bill")
    stage.kiosk.on("bill")
    stage.kiosk.touch("guide.press.0")
    stage.kiosk.on("bills")
    stage.kiosk.touch("bills.pay")
    stage.kiosk.on("confirm")
    stage.kiosk.touch("confirm.pay.terminal")
    stage.kiosk.on("pay")


def _touched(stage: Stage, count: int, seed: int) -> None:
    lesson = classes.lesson("power_bill")
    fumbler = Fumbler(stage, lesson, random.Random(seed))
    before = real_world(stage, *lesson.real)
    fumbler.begin()
    _ask_to_pay(stage)  # or nothing was practised that could go the wrong way
    stage.kiosk.wait_for(lambda x: shown(x, "guide.press.0") is not None, "the card")
    stage.kiosk.touch("guide.press.0")
    stage.kiosk.wait_for(lambda x: x["practice"]["facts"]["payment"] == "paid", "paying")
    for _ in range(count):
        fumbler.touch()
    fumbler.leave()
    assert real_world(stage, *lesson.real) == before


def test_random_touches_reach_nothing_real(stage: Stage, seed: int) -> None:
    _touched(stage, 200, seed)


def _played(name: str, errs: bool) -> Any:
    marks = () if QUICK.get(name) is errs else (pytest.mark.long,)
    return pytest.param(name, errs, marks=marks, id=f"{name}-{'errs' if errs else 'right'}")


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_20000_random_touches_reach_nothing_real(stage: Stage, seed: int) -> None:
    _touched(stage, 20_000, seed)


@pytest.mark.parametrize(("name", "errs"), [_played(x, y) for x in SHIPPED for y in (False, True)])
@pytest.mark.timeout(900)
def test_a_shipped_lesson_played_to_its_end(stage: Stage, name: str, errs: bool) -> None:
    lesson = classes.lesson(name)
    before = real_world(stage, *lesson.real)
    classes.open_class(stage)
    classes.add_learner(stage)
    classes.choose_lesson(stage, lesson)
    classes.play(stage, lesson, errs=errs)
    assert f"学完了《{lesson.title}》" in stage.kiosk.everything()
    stage.kiosk.touch("class.leave")
    stage.kiosk.on("home")
    assert real_world(stage, *lesson.real) == before


def test_the_practice_cabin_opens_nothing_of_the_real_one(stage: Stage) -> None:
    """What the kiosk has open in a class, less what it had before, is all in memory."""
    real = _opened(stage)
    classes.open_class(stage)
    classes.add_learner(stage)
    classes.choose_lesson(stage, classes.lesson("touch"))
    fresh = [x for x in _opened(stage) if x not in real]
    (child,) = children(stage)
    own = {x.path for x in child.open_files()}
    practice = [x for x in fresh if "/cabin-" in x]
    assert practice, fresh
    assert all(x.startswith("/dev/shm/") for x in practice), fresh
    assert not [x for x in fresh if str(stage.cabin.folder) in x], fresh
    assert not [x for x in own if str(stage.cabin.folder) in x], own
    classes.control(stage, "leave")
    stage.kiosk.on("home")


def _opened(stage: Stage) -> set[str]:
    assert stage.kiosk.process is not None
    folder = Path(f"/proc/{stage.kiosk.process.pid}/fd")
    found = set()
    for link in folder.iterdir():
        try:
            found.add(str(link.readlink()))
        except OSError:
            continue  # closed meanwhile
    return found


def test_the_first_receipt_of_a_learner_is_of_paper(stage: Stage) -> None:
    """The lesson borrows the real printer; what comes out says that it is practice."""
    lesson = classes.lesson("power_bill")
    before = real_world(stage, PRINTER)
    papers = len(stage.bench.receipts())
    classes.open_class(stage)
    classes.add_learner(stage)
    classes.choose_lesson(stage, lesson)
    _ask_to_pay(stage)
    stage.kiosk.wait_for(lambda x: shown(x, "guide.press.0") is not None, "the card")
    stage.kiosk.touch("guide.press.0")
    stage.kiosk.on("result")
    assert len(stage.bench.receipts()) == papers + 1
    assert "练习" in stage.paper()
    assert "电费" in stage.paper()
    classes.control(stage, "leave")
    stage.kiosk.on("home")
    assert real_world(stage, PRINTER) == before
    stage.pay_by_card(stage.bill())  # the printer is the real cabin's again
    assert "练习" not in stage.paper()


@pytest.mark.parametrize("way_out", ["leave", "end"])
def test_a_lent_meter_presses_nobody_when_the_class_ends(stage: Stage, way_out: str) -> None:
    """The lesson on blood pressure borrows the real meter; every way out of it lets the cuff go."""
    before = stage.bench.state("bp_meter")
    classes.open_class(stage)
    classes.add_learner(stage)
    classes.choose_lesson(stage, classes.lesson("blood_pressure"))
    for widget, screen in (
        ("home.clinic", "clinic_welcome"),
        ("clinic.begin", "clinic_rest"),
        ("clinic.rested", "clinic_arm"),
        ("clinic.start", "clinic_measuring"),
    ):
        stage.until(
            lambda w=widget: classes.touch(stage, stage.kiosk.settled(), w),  # type: ignore[misc]
            widget,
        )
        stage.kiosk.on(screen)
    stage.bench.until("bp_meter", lambda state: int(state["pressure"]) > 20)
    classes.control(stage, way_out)
    if way_out == "end":
        stage.kiosk.on("class_room")
    stage.bench.until("bp_meter", lambda state: state["stops"] > before["stops"])
    stage.bench.until("bp_meter", lambda state: int(state["pressure"]) == 0)
    if way_out == "end":
        stage.kiosk.touch("class.leave")
    stage.kiosk.on("home")
    after = stage.bench.state("bp_meter")
    assert after["starts"] == before["starts"] + 1
    assert after["stops"] > before["stops"]
    stage.kiosk.wait_for(lambda x: x["devices"]["bp_meter"][0] == "ready", "the meter, ready again")
    stage.kiosk.widget("home.clinic")
