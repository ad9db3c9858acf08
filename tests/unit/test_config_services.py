"""cabin.toml about the home screen: booklets and notices, every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import config
from kiosk.core.booklet import BookletRules
from kiosk.core.notices import Notice
from tests.unit.test_config import EXAMPLE, FILES, SMALL, complete, mistakes

MACHINES = """\
[devices.booklet_dispenser]
driver = "qu_cd"
port = "/dev/b"
[devices.id_reader]
driver = "sam_v"
port = "/dev/i"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    return tmp_path


def settings(folder: Path, more: str) -> config.Settings:
    (folder / "cabin.toml").write_text(complete(SMALL + more))
    return config.load(folder / "cabin.toml")


def test_a_cabin_without_the_section_gives_no_booklets(folder: Path) -> None:
    assert settings(folder, "").booklet is None
    assert settings(folder, "").notices == ()


def test_the_example_shows_the_defaults_of_booklets(folder: Path) -> None:
    (folder / "example.toml").write_bytes(EXAMPLE.read_bytes())
    assert config.load(folder / "example.toml").booklet == BookletRules()
    assert settings(folder, MACHINES + "[booklet]\n").booklet == BookletRules(365, False)
    some = "[booklet]\nper_days = 30\ninsurance_code = true\n"
    assert settings(folder, MACHINES + some).booklet == BookletRules(30, True)


def test_the_notices_of_the_example_are_good_ones(folder: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    begin = text.index("# [[notice]]")
    notice = "\n".join(x.removeprefix("# ") for x in text[begin:].split("\n\n")[0].splitlines())
    (found,) = settings(folder, notice + "\n").notices
    assert found == Notice("小义工课堂", "学缴水电费，学自己量血压。义工手把手教。", 2, "09:30")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("[booklet]\nper_days = 0\n", "booklet.per_days = 0 is out of range; allowed: 1 … 3650"),
        ("[booklet]\nper_day = 3\n", "booklet.per_day is not known (did you mean per_days?)"),
        ('[booklet]\ninsurance_code = "yes"\n', "is not a switch; allowed: true or false"),
        ('[[notice]]\ntext = "x"\n', "notice[1].title is missing; allowed: 1 … 10 characters"),
        (
            '[[notice]]\ntitle = "一二三四五六七八九十十一"\ntext = "x"\n',
            "is not 1 … 10 characters",
        ),
        (
            '[[notice]]\ntitle = "x"\ntext = "x"\nweekday = "wednesday"\n',
            "allowed: mon | tue | wed | thu | fri | sat | sun",
        ),
        (
            '[[notice]]\ntitle = "x"\ntext = "x"\ntime = "09:30"\n',
            "stands without a weekday; allowed: mon | tue | wed | thu | fri | sat | sun for week",
        ),
        ('[[notice]]\ntitle = "x"\ntext = "x"\nweekday = "wed"\ntime = "25:00"\n', "time of day"),
    ],
)
def test_each_mistake_is_named(folder: Path, more: str, expected: str) -> None:
    found = mistakes(folder, SMALL + more + MACHINES)
    assert len(found) == 1, found
    assert expected in found[0]


def test_booklets_want_both_machines(folder: Path) -> None:
    found = mistakes(folder, SMALL + "[booklet]\n")
    assert [x.partition("; ")[0].partition(": ")[2] for x in found] == [
        "section [devices.booklet_dispenser] is missing",
        "section [devices.id_reader] is missing",
    ]
