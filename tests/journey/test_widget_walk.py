"""Every widget of every screen in every variant, by day and by night, keeps the rules.

Sizes, places and colours are those of a real window of 1080×1920 pixels on 21.5 inches.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kiosk.classroom.known import widgets
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.reading import shipped
from kiosk.i18n import read_po
from kiosk.speech.phrases import known
from screens import fonts

# The fixture draws every screen there is: most of a minute, more beside other work.
pytestmark = [pytest.mark.window, pytest.mark.timeout(480)]

Walk = dict[str, Any]
MIDDLE = 1920 // 2
STAFF = ("sign_in", "tech_", "class_")
"""Screens of the staff: silent, in Chinese only, and as high as a grown-up reaches."""
CATALOGUE = Path(fonts.__file__).parents[1] / "kiosk/locale/en/LC_MESSAGES/kiosk.po"


@pytest.fixture(scope="module")
def walk(display: str, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    process = subprocess.run(
        [sys.executable, "-m", "tests.journey.widget_walk", str(tmp_path_factory.mktemp("data"))],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    report: Walk = json.loads(process.stdout)
    return report


def test_sizes_types_contrast_and_room_keep_the_rules(walk: Walk) -> None:
    assert walk["broken"] == {}


def test_the_rules_see_what_is_spoilt(walk: Walk) -> None:
    assert walk["unseen"] == []


def test_every_screen_was_walked(walk: Walk) -> None:
    modules = (Path(fonts.__file__).parent).glob("*.py")
    made = [
        x for x in modules if re.search(r"\n    name = \"\w+\"\n", x.read_text(encoding="utf-8"))
    ]
    assert len(walk["screens"]) == len(made)


def test_whatever_can_be_touched_is_called_by_what_it_does_and_does_it(walk: Walk) -> None:
    assert walk["dead"] == []


QUOTED = re.compile(r"「([^」]+)」")
NO_BUTTON = {"嘀", "收付款", "传给小屋", "扫一扫"}
"""Quoted in lessons, and not on our glass."""


def _named(lesson: Lesson) -> Iterator[tuple[str, str, str]]:
    """Where a lesson speaks, what it points at there, and what it says."""
    for step in lesson.steps:
        yield step.id, step.target, step.text
        yield step.id, "", f"{step.more}{step.hint}"
        for mistake in (*step.mistakes, *lesson.common):
            yield f"{step.id}.{mistake.id}", mistake.target, mistake.say


@pytest.mark.parametrize("lesson", shipped(), ids=lambda x: x.name)
def test_a_lesson_calls_each_button_by_what_stands_on_it(walk: Walk, lesson: Lesson) -> None:
    """Whoever is told to touch 「查一查」 looks for these words."""
    every = {text for texts in walk["labels"].values() for text in texts}
    said = list(_named(lesson))
    strange = {x for _place, _target, text in said for x in QUOTED.findall(text)} - NO_BUTTON
    assert {x for x in strange if not any(x in text for text in every)} == set()
    wrong = [
        f"{place}: {text} ({target}: {walk['labels'][target]})"
        for place, target, text in said
        if target in walk["labels"] and (names := QUOTED.findall(text))
        if not any(name in label for name in names for label in walk["labels"][target])
    ]
    assert wrong == []


def test_the_ways_out_have_the_same_places_on_every_screen(walk: Walk) -> None:
    assert set(walk["bar"]) == {
        "nav.back",
        "nav.home",
        "nav.help",
        "nav.lower",
        "nav.sound",
        "nav.language",
    }
    assert {name: len(places) for name, places in walk["bar"].items()} == dict.fromkeys(
        walk["bar"], 1
    )


def test_the_ways_out_are_offered_where_they_do_no_harm(walk: Walk) -> None:
    assert walk["ways_out"] == []


def test_no_reading_leaves_the_glass_by_the_inspect_socket(walk: Walk) -> None:
    assert walk["private"] > 100
    assert walk["betrayed"] == []


def test_lower_brings_controls_down_and_into_the_lower_half(walk: Walk) -> None:
    for name, tops in walk["tops"].items():
        assert tops["True"] >= tops["False"], name
    assert walk["tops"]["home"]["True"] >= walk["tops"]["home"]["False"] + 200
    high = {name for name, tops in walk["tops"].items() if tops["True"] < MIDDLE}
    # Lists of three and more things to choose among need more room than the lower half has.
    long = ("bills", "institution_", "topup_", "call_volunteer", *STAFF)
    assert {x for x in high if not x.startswith(long)} == set()
    assert "bills_2" not in high
    assert "institution_4" not in high


def test_every_screen_has_words_and_they_stand_on_it(walk: Walk) -> None:
    silent = {screen for screen, entry, _full in walk["said"].values() if not entry}
    assert {x for x in silent if not x.startswith(STAFF)} == {"attract"}
    assert walk["not_shown"] == []


def test_screens_of_the_second_language_go_with_the_visit(walk: Walk) -> None:
    assert walk["languages"] == [["en", "zh"], ["zh"]]


def test_guidance_keeps_the_rules_in_every_step_of_every_lesson(walk: Walk) -> None:
    assert walk["guided"] == []


def test_lessons_know_the_widgets_of_every_screen(walk: Walk) -> None:
    """What a lesson may point at. Made anew by
    ``python -m tests.journey.widget_walk /tmp ids >kiosk/classroom/widgets.json``.
    """
    assert {x: list(ids) for x, ids in widgets().items()} == walk["ids"]


def test_names_and_account_numbers_are_said_only_when_asked_for(walk: Walk) -> None:
    personal = re.compile(r"\*\*|4417|0082|7730|0900|0001$|\d{8,}|3 1 0 0")
    asked: set[str] = set()
    for name, (screen, entry, full) in walk["said"].items():
        if screen == "call" or "books_closed" in name:
            continue  # the office's own telephone numbers
        assert [x for x in entry if personal.search(x)] == [], name
        if [x for x in full if personal.search(x)]:
            asked.add(screen)
    assert asked == {"account", "bills", "confirm", "topup"}
    for name, (screen, entry, full) in walk["said"].items():
        if screen == "confirm_goods" and name.startswith("booklet_confirm zh"):
            assert ("给 王*" in full, "给 王*" in entry) == (True, False)


def test_a_reading_is_said_to_whoever_asks_and_every_alarm_at_once(walk: Walk) -> None:
    clinic = {n: x for n, x in walk["said"].items() if x[0].startswith("clinic_")}
    told = {"clinic_pause", "clinic_symptoms", "clinic_result"}
    for name, (screen, entry, full) in clinic.items():
        for texts in (entry,) if screen in told else (entry, full):
            figures = {x for text in texts for x in re.findall(r"\d+", text)}
            assert figures <= ({"10"} if screen == "clinic_welcome" else {"120"}), name
    assert "立即就医\n或拨打 120" in clinic["clinic_alert zh"][1]
    assert "请立即就医，或拨打 120。" in clinic["clinic_result_emergency zh"][1]
    assert "请坐着歇一歇，再量一次，今天就去看医生。" in clinic["clinic_result_doctor_today zh"][1]
    calm = clinic["clinic_result_first zh"]
    assert [x for x in calm[2] if x not in calm[1]] == [
        "高压 145",
        "低压 90",
        "脉搏 每分钟 70 次",
        "1 级高血压范围",
        "请换几天再来量，再拿着结果去社区医院看看。",
    ]


def test_what_is_said_in_chinese_can_be_recorded(walk: Walk) -> None:
    """Each sentence has an id; what has none are numbers, bills by their months, and what a cabin
    has words of its own for: people, goods, notices, files."""
    free = re.compile(
        r"[\d¥.,\s-]+|.*\d+ 月.*|.*\d:\d\d.*|.*电力.*|.*位数字.*|.*付费电|\w+会|\w+义工|夜间值班"
        r"|.*充值|(长粒香|珍珠米|示例稻花香米|门急诊就医记录册)( \w+)?|留着胚芽又香\w+"
        r"|学缴水电费.*|\d+ / \d+ 页|(文件：)?.*\.(pdf|jpg|png)|[W喜□]+|(a\.b)+",
        re.DOTALL,
    )
    nameless = {
        text
        for name, (_screen, _entry, full) in walk["said"].items()
        for text in full
        if name.endswith(" zh") and not known(text) and not free.fullmatch(text)
    }
    assert nameless == set()


@cache
def _drawn(path: str, index: int, character: str) -> bytes:
    mask = _font(path, index).getmask(character)
    return bytes(mask) + repr(mask.size).encode()


@cache
def _font(path: str, index: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(path, 32, index=index)


def _characters(walk: Walk) -> dict[str, set[str]]:
    """What each face has to draw: all that the walk showed, and every sentence in either font."""
    wanted: dict[str, set[str]] = {x: set() for x in ("regular", "bold", "serif")}
    for face, text in walk["texts"]:
        wanted[face] |= set(text)
    for chinese, english in read_po(CATALOGUE.read_text(encoding="utf-8")).items():
        for face in ("regular", "bold"):
            wanted[face] |= set(chinese + english)
    return {face: {x for x in found if not x.isspace()} for face, found in wanted.items()}


def test_every_character_is_in_the_fonts(walk: Walk) -> None:
    def missing(face: str, character: str) -> bool:
        """Whether the font draws what it draws for a code point that is no character."""
        path = walk["fonts"][face]
        return _drawn(path, 0, character) == _drawn(path, 0, "\U0010fffe")

    assert missing("bold", "ꦏ")  # Javanese: in none of these fonts
    wanted = _characters(walk)
    assert {(f, x) for f, found in wanted.items() for x in found if missing(f, x)} == set()


def test_every_character_has_its_mainland_form(walk: Walk) -> None:
    """As the mainland face of the installed collection draws it, not as its first face does."""
    for face, (file_name, family) in fonts._FACES.items():
        source = str(next(d / file_name for d in fonts.SEARCH if (d / file_name).is_file()))
        index = next(n for n in range(5) if _font(source, n).getname()[0] == family)
        characters = _characters(walk)[face]
        path = walk["fonts"][face]
        differing = {x for x in characters if _drawn(path, 0, x) != _drawn(source, index, x)}
        assert differing == set(), face
        if face != "serif":
            assert any(_drawn(path, 0, x) != _drawn(source, 0, x) for x in characters)
