"""The runner, event by event: hints grow with waiting, mistakes lead back, nothing stays broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.classroom import reading, runner
from kiosk.classroom.conditions import Condition, Facts, facts_of
from kiosk.classroom.lesson import Act, By, Fault, Lesson, Mistake, Outside, Step
from kiosk.classroom.results import Help
from kiosk.classroom.runner import Control, Do, Ended, Pressed, Rang, Run, Say, Seen, Wake
from tests.support.all_states import STATES

HOME, BILL, BILLS, RICE = (Facts(screen=x) for x in ("home", "bill", "bills", "rice"))


def on(*screens: str) -> Condition:
    return Condition(words=(("screen", screens),))


BROKEN = Fault(Act("receipt_printer", "paper_out"), Act("receipt_printer", "paper_in"))
SCAN = Act("scanner", "scan", {"bill": "3100004417"})
LESSON = Lesson(
    "test",
    "标题",
    "内容",
    5,
    (
        Step(
            "begin",
            "碰缴费",
            "轻轻碰",
            "home.pay_bill",
            on("home"),
            on("bill"),
            "指一指",
            do=("home.pay_bill",),
            mistakes=(Mistake("rice", on("rice"), "这是买米", "nav.back"),),
        ),
        Step(
            "scan",
            "扫账单",
            at=on("bill"),
            done=on("bills"),
            do=("outside.0",),
            outside=(Outside(SCAN, By.LEARNER, "好了"),),
            faults=(BROKEN,),
        ),
        Step("praise", "真好", done=Condition(numbers=(("seconds", 8, 1e9),))),
    ),
    common=(Mistake("help", on("help"), "这是帮助", "help.close"),),
)


class Led:
    """A run with its commands at hand."""

    def __init__(self, lesson: Lesson = LESSON, facts: Facts = HOME) -> None:
        self.run, self.commands = runner.begin(lesson, facts, 0.0)

    def happen(self, event: runner.Event) -> Run:
        self.run, self.commands = runner.decide(self.run, event)
        return self.run

    def see(self, facts: Facts, now: float) -> Run:
        return self.happen(Seen(facts, now))

    def all(self, kind: type) -> list[object]:
        return [x for x in self.commands if isinstance(x, kind)]

    @property
    def wake(self) -> float | None:
        found = self.all(Wake)[-1]
        assert isinstance(found, Wake)
        return found.at

    @property
    def said(self) -> tuple[str, ...]:
        return tuple(t for x in self.all(Say) if isinstance(x, Say) for t in x.texts)


def test_it_begins_by_saying_what_to_do_and_points_at_nothing_yet() -> None:
    led = Led()
    assert led.said == ("碰缴费", "轻轻碰")
    shown = runner.guidance(led.run)
    assert (shown.number, shown.count, shown.target) == (1, 3, "home.pay_bill")
    assert not shown.finger
    assert not shown.light
    assert led.wake == 15.0


def test_help_grows_with_waiting_and_is_remembered() -> None:
    led = Led()
    found = []
    for _ in range(4):
        assert led.wake is not None
        led.happen(Rang(led.wake))
        shown = runner.guidance(led.run)
        found.append((led.run.now, bool(led.said), shown.finger, shown.light, shown.hint))
    assert found == [
        (15.0, True, False, False, ""),
        (30.0, False, True, False, ""),
        (45.0, False, True, True, ""),
        (60.0, True, True, True, "指一指"),
    ]
    assert led.wake is None
    led.see(BILL, 70.0)
    assert led.run.results[0].help is Help.WORDS
    assert not led.run.results[0].alone
    assert led.run.results[0].seconds == 70.0


def test_whoever_does_something_is_not_hurried() -> None:
    led = Led()
    led.see(replace(HOME, lower=True), 12.0)
    assert led.wake == 27.0
    led.see(replace(HOME, lower=True, devices={"scanner": "busy"}), 20.0)
    assert led.wake == 27.0  # a machine's news is nothing that the learner did


def test_a_step_is_done_by_the_state_and_the_next_one_is_said() -> None:
    led = Led()
    led.see(BILL, 3.0)
    assert led.run.step.id == "scan"
    assert led.said == ("扫账单",)
    assert led.run.results[0].alone
    assert led.run.results[0].seconds == 3.0
    assert runner.guidance(led.run).buttons == ((0, "好了"),)


def test_a_mistake_is_answered_once_and_leads_back() -> None:
    led = Led()
    led.see(RICE, 2.0)
    shown = runner.guidance(led.run)
    assert (shown.text, shown.target, shown.kind, shown.light) == (
        "这是买米",
        "nav.back",
        True,
        True,
    )
    assert led.said == ("这是买米",)
    led.see(RICE, 4.0)
    assert led.said == ()
    led.see(HOME, 6.0)
    assert led.said == ("碰缴费", "轻轻碰")
    led.see(BILL, 8.0)
    assert led.run.results[0].mistakes == ("rice",)
    assert led.run.results[0].alone


def test_mistakes_of_everywhere_count_only_away_from_the_step() -> None:
    led = Led()
    led.see(Facts(screen="help"), 1.0)
    assert led.run.mistake is not None
    assert led.run.mistake.id == "help"
    lesson = replace(
        LESSON, steps=(replace(LESSON.steps[0], at=on("home", "help")), *LESSON.steps[1:])
    )
    led = Led(lesson)
    led.see(Facts(screen="help"), 1.0)
    assert led.run.mistake is None


def test_english_by_accident_is_led_back_wherever_it_happens() -> None:
    shipped = next(x for x in reading.shipped() if x.name == "power_bill")
    led = Led(shipped)
    led.see(replace(HOME, language="en"), 1.0)  # where the step can be done
    drawn = runner.guidance(led.run)
    assert (drawn.target, drawn.kind) == ("nav.language", True)
    led.see(replace(BILL, language="en"), 2.0)
    assert runner.guidance(led.run).target == "nav.home"
    led.see(BILL, 3.0)
    assert (led.run.step.id, led.run.mistake) == ("scan", None)


def test_who_leaves_the_path_is_led_on_from_where_they_are() -> None:
    led = Led()
    led.see(BILL, 3.0)
    led.see(HOME, 5.0)
    assert led.run.step.id == "begin"
    assert led.said == ("碰缴费", "轻轻碰")
    led.see(BILL, 6.0)
    assert led.run.results[0].times == 2
    assert led.run.results[0].seconds == 4.0


def test_nobody_is_led_back_past_a_milestone() -> None:
    steps = (LESSON.steps[0], replace(LESSON.steps[1], milestone=True), LESSON.steps[2])
    led = Led(replace(LESSON, steps=steps))
    led.see(BILL, 3.0)
    led.see(HOME, 5.0)
    assert led.run.step.id == "scan"


def test_what_was_broken_on_purpose_is_put_right_however_the_step_ends() -> None:
    for end in (Seen(BILLS, 9.0), Control("skip", 9.0), Control("back", 9.0), Control("end", 9.0)):
        led = Led()
        led.see(BILL, 3.0)
        assert Do(BROKEN.set) in led.commands
        led.happen(end)
        assert Do(BROKEN.undo) in led.commands
        assert led.run.faults == ()


def test_what_is_to_break_on_pressing_breaks_after_it_and_lasts_until_repaired() -> None:
    scan = replace(LESSON.steps[1], faults=(replace(BROKEN, pressed=True, lasts=True),))
    after = replace(scan, id="after", at=on("bills"), done=on("home"), faults=())
    mended = Step("mended", "修好了", done=on("bill"), do=("nav.home",), repairs=True)
    led = Led(replace(LESSON, steps=(LESSON.steps[0], scan, after, mended)))
    led.see(BILL, 3.0)
    assert led.all(Do) == []
    led.happen(Pressed(0, 4.0))
    assert led.all(Do) == [Do(SCAN), Do(BROKEN.set)]
    led.happen(Pressed(0, 4.5))
    assert led.all(Do) == [Do(SCAN)]
    led.see(BILLS, 5.0)
    assert led.all(Do) == []
    led.see(HOME, 6.0)
    assert led.all(Do) == [Do(BROKEN.undo)]


def test_time_alone_ends_a_step_that_only_tells() -> None:
    led = Led()
    led.see(BILL, 1.0)
    led.see(BILLS, 2.0)
    assert led.wake == 10.0
    led.happen(Rang(9.0))
    assert not led.run.ended
    assert led.wake == 10.0
    led.happen(Rang(10.0))
    assert led.run.ended
    assert led.commands == (Wake(None), Ended(led.run.results, True))
    led.happen(Rang(11.0))
    assert led.commands == ()


def test_next_and_skip_go_on_and_do_not_fall_back_at_once() -> None:
    led = Led()
    led.happen(Control("next", 2.0))
    assert led.run.step.id == "scan"
    assert led.run.results[0].help is Help.VOLUNTEER
    led.see(HOME, 3.0)  # still at home: whoever went on by hand stays
    assert led.run.step.id == "scan"
    led.see(BILL, 4.0)
    led.see(HOME, 5.0)  # it could be done, and was left: now it is as ever
    assert led.run.step.id == "begin"
    led.happen(Control("skip", 6.0))
    assert led.run.results[0].skipped


def test_back_waits_until_the_step_is_undone_and_done_again() -> None:
    led = Led()
    led.see(BILL, 3.0)
    led.happen(Control("back", 4.0))
    assert led.run.step.id == "begin"
    led.see(BILL, 5.0)
    assert led.run.step.id == "begin"
    led.see(HOME, 6.0)
    led.see(BILL, 7.0)
    assert led.run.step.id == "scan"
    led = Led()
    led.happen(Control("back", 1.0))
    assert led.run.step.id == "begin"


def test_say_again_and_hint_help_at_once() -> None:
    led = Led()
    led.happen(Control("again", 1.0))
    assert led.said == ("碰缴费", "轻轻碰")
    assert led.run.result.help is Help.AGAIN
    led.happen(Control("hint", 2.0))
    led.happen(Control("hint", 3.0))
    assert runner.guidance(led.run).finger
    for _ in range(5):
        led.happen(Control("hint", 4.0))
    assert led.run.level is Help.WORDS


def test_ending_early_says_so() -> None:
    led = Led()
    led.happen(Control("end", 4.0))
    ended = led.all(Ended)[0]
    assert isinstance(ended, Ended)
    assert not ended.whole
    assert not ended.results[0].done


def test_what_happens_by_itself_happens_once_and_in_time() -> None:
    take = Outside(Act("rice_mill", "take"), By.CABIN, after_s=5.0)
    steps = (LESSON.steps[0], replace(LESSON.steps[1], outside=(take,), faults=()))
    led = Led(replace(LESSON, steps=steps))
    led.see(BILL, 1.0)
    assert led.wake == 6.0
    led.happen(Pressed(0, 2.0))  # nobody's to press
    assert led.commands == ()
    led.happen(Rang(6.0))
    assert led.all(Do) == [Do(take.act)]
    led.happen(Rang(16.0))
    assert led.all(Do) == []


@pytest.mark.parametrize("name", sorted(STATES))
def test_facts_hold_nothing_of_a_person(name: str) -> None:
    facts = facts_of(STATES[name])
    words = repr(replace(facts, devices={}, order_id=""))
    assert not any(x in words for x in ("3100004417", "3200000082", "**", "118", "systolic"))
    assert facts.screen
