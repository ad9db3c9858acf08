"""``kiosk lesson check``: every error with its line; what is shipped has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.classroom import known
from kiosk.classroom.checking import check
from kiosk.classroom.cli import TEMPLATE
from kiosk.classroom.reading import COMMON, LessonError, common, load, shipped
from kiosk.main import main
from kiosk.speech.phrases import known as phrase_of
from sim.cabin import Cabin
from sim.clock import VirtualClock
from sim.faults import Faults

SHIPPED = [x for x in sorted(known.LESSONS.glob("*.toml")) if x.name != COMMON]
GOOD = TEMPLATE.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda x: x.stem)
def test_shipped_lessons_have_neither_errors_nor_warnings(file: Path) -> None:
    report = check(file)
    assert report.errors == ()
    assert report.warnings == ()


def test_the_lessons_that_were_asked_for_are_there_in_their_order() -> None:
    assert shipped()[0].name == "touch"
    assert {x.name for x in shipped()} >= {
        *("touch", "power_bill", "water_account", "phone_code", "blood_pressure"),
        *("print_phone", "rice", "unknown", "ask_help"),
    }
    numbers = [x.number for x in shipped()]
    assert numbers == sorted(set(numbers))


def test_what_lessons_say_can_be_recorded() -> None:
    said = [
        text
        for lesson in shipped()
        for step in lesson.steps
        for text in (step.text, step.more, *(x.say for x in step.mistakes))
        if text
    ]
    assert [x for x in (*said, *(x.say for x in common())) if not phrase_of(x)] == []


def test_the_template_passes_with_warnings_only(tmp_path: Path) -> None:
    assert main(["lesson", "new", "mine", "--folder", str(tmp_path)]) == 0
    report = check(tmp_path / "mine.toml")
    assert report.errors == ()
    assert len(report.warnings) >= 5
    assert main(["lesson", "check", str(tmp_path / "mine.toml")]) == 0
    assert main(["lesson", "new", "mine", "--folder", str(tmp_path)]) == 2
    assert main(["lesson", "new", "9", "--folder", str(tmp_path)]) == 2


def errors_of(tmp_path: Path, text: str, name: str = "mine") -> tuple[str, ...]:
    file = tmp_path / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return check(file).errors


OUTSIDE = (
    '\n[[step.outside]]\ndevice = "scanner"\naction = "scan"\nby = "learner"\nlabel = "好了"\n'
)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('target = "home.pay_bill"', 'target = "home.pay_bil"', "widget home.pay_bil is not known"),
        ('target = "home.pay_bill"', 'target = "rice.bin.1"\nat = { screen = "home" }', "isn't on"),
        ('done = { screen = "bill" }', 'done = { screen = "bil" }', "screen 'bil' is not known"),
        ('done = { screen = "bill" }', 'done = { screen = "home" }', "done as soon as it begins"),
        ('done = { screen = "bill" }', "", "done is missing"),
        ('done = { screen = "bill" }', 'done = { note = "x" }', "note 'x' is not known"),
        ('done = { screen = "bill" }', 'done = { payment = "payd" }', "payment 'payd'"),
        ('done = { screen = "bill" }', 'done = { digits = "x" }', 'digits = "x" is no number'),
        ('done = { screen = "bill" }', "done = {}", "asks nothing"),
        ('done = { screen = "bill" }', 'done = { scren = "bill" }', "did you mean screen?"),
        ('done = { screen = "bill" }', 'done = { screen = "rice" }', "leave can't be come to"),
        ('done = { screen = "bill" }', 'done = { device = { printer = "ready" } }', "'printer'"),
        ('done = { screen = "bill" }', 'done = { any = [{ screen = "bil" }] }', "screen 'bil'"),
        ('text = "…"\nmore', f'text = "{"长" * 29}"\nmore', "29 characters long; allowed: 28"),
        ("minutes = 10", "minutes = 0", "minutes = 0 is out of range"),
        ("minutes = 10", 'minutes = 10\nreal = ["terminal"]', "names terminal"),
        ('hint = "…"', "hint = 7", "hint = 7 is not a text"),
        ('hint = "…"', 'voice = ["home.welcom"]', "names no phrase home.welcom"),
        ('hint = "…"', "hints_s = [4, 3, 2, 1]", "does not grow"),
        ('do = ["home.rice"]', 'do = ["home.ric"]', "widget home.ric is not known"),
        ('do = ["home.rice"]', 'do = ["outside.0"]', "outside.0 is no [[step.outside]]"),
        ('id = "leave"', 'id = "begin"', "'begin' is there twice"),
        ("done = { seconds = 8 }", "done = { asked = true }", "praise can't be done"),
        ('id = "praise"', 'id = "praise"\ncolour = 1', "colour is not known"),
        (
            'target = "nav.home"',
            'target = "nav.home"' + OUTSIDE.replace('scan"', 'scann"'),
            "scann",
        ),
    ],
)
def test_each_error_is_found(tmp_path: Path, before: str, after: str, words: str) -> None:
    assert before in GOOD
    found = errors_of(tmp_path, GOOD.replace(before, after, 1))
    assert [x for x in found if words in x], found
    assert all(x.startswith(f"{tmp_path / 'mine.toml'}:") for x in found)


def test_the_line_is_that_of_the_error(tmp_path: Path) -> None:
    text = GOOD.replace('"nav.back"', '"nav.bak"')
    line = text.splitlines().index('target = "nav.bak"') + 1
    assert errors_of(tmp_path, text)[0].startswith(f"{tmp_path / 'mine.toml'}:{line}: ")


def test_a_fault_that_the_simulator_does_not_know_is_an_error(tmp_path: Path) -> None:
    fault = '\n[[step.fault]]\ndevice = "terminal"\nkind = "no_anser"\n'
    found = errors_of(tmp_path, GOOD + fault)
    assert len(found) == 1
    assert "did you mean no_answer?" in found[0]
    assert errors_of(tmp_path, GOOD + fault.replace("anser", "answer")) == ()


def test_what_is_no_toml_or_no_file_is_said(tmp_path: Path) -> None:
    assert ":3: is not TOML" in errors_of(tmp_path, "a = 1\nb = 2\nc = \n")[0]
    assert "there are no steps" in errors_of(tmp_path, 'title = "x"\nabout = "y"\nminutes = 1\n')[0]
    assert "can't name a lesson" in errors_of(tmp_path, GOOD, "Mein-Kurs")[0]
    assert "can't be read" in check(tmp_path / "nowhere.toml").errors[0]
    with pytest.raises(LessonError):
        load(tmp_path / "nowhere.toml")


def test_actions_are_those_of_the_simulated_cabin() -> None:
    """Devices that a lesson may name exist; what they offer now is among what it may name."""
    cabin = Cabin(VirtualClock(), Faults(0))
    for device, names in known.ACTIONS.items():
        line = cabin.lines.get(device)
        if line is not None:
            assert set(line.model.actions()) <= set(names), device
