"""[rice] in cabin.toml: what is read, and that every mistake is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kiosk import config
from kiosk.config_rice import LEVELS, months_later
from tests.unit.test_config import EXAMPLE, SMALL, complete, folder, mistakes

__all__ = ["folder"]

HEAD = '[devices.rice_mill]\ndriver = "rice_mill"\nport = "/dev/z"\n'
RICE = """\
[rice]
merchant = "示例粮油店"
phone = "021-0000 0003"
trial_from = 2026-10-01
trial_until = 2027-03-31
[[rice.bin]]
number = 1
name = "长粒香"
origin = "东北"
price_fen_per_500g = 480
more_per_mille = [60, 80, 100]
"""


def test_the_example_sells_two_kinds(folder: Path) -> None:
    (folder / "cabin.toml").write_bytes(EXAMPLE.read_bytes())
    shop = config.load(folder / "cabin.toml").rice
    assert shop is not None
    assert [x.number for x in shop.bins] == [1, 2]
    assert shop.levels == LEVELS
    assert shop.least_price_fen == 480


def test_levels_can_be_named_otherwise(folder: Path) -> None:
    level = '[[rice.level]]\nname = "糙"\nmill = 5\nwords = "碾得最少"\n'
    text = RICE.replace("[60, 80, 100]", "[60]") + level
    (folder / "cabin.toml").write_text(complete(SMALL + HEAD + text))
    shop = config.load(folder / "cabin.toml").rice
    assert shop is not None
    assert [(x.name, x.mill) for x in shop.levels] == [("糙", 5)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2027-03-31", "2026-12-31", "is not 3 to 6 months after trial_from; allowed: 2027-01-01"),
        ("2027-03-31", "2027-04-02", "is not 3 to 6 months after trial_from"),
        ("2026-10-01", '"2026-10-01"', "is not a date"),
        ("2026-10-01", "2026-10-01T10:00:00", "is not a date"),
        ("trial_from = 2026-10-01\n", "", "rice.trial_from is missing"),
        ("number = 1", "number = 3", "is out of range; allowed: 1 … 2"),
        ("= 480", "= 0", "is out of range"),
        ("[60, 80, 100]", "[60, 80]", "is not one for each level; allowed: a list of 3"),
        ("[60, 80, 100]", "[60, 80, 301]", "is not one for each level"),
        ("[60, 80, 100]", "[60, 80, true]", "is not one for each level"),
        ("more_per_mille = [60, 80, 100]\n", "", "more_per_mille is missing"),
        ('"长粒香"', '"名字太长的一种米"', "is not 1 … 6 characters"),
        ('"长粒香"', '"长粒香"\npicture = "brown"', "allowed: none | long | round"),
        ("[[rice.bin]]", "[[rice.bins]]", "rice has no bin"),
        ("phone", "telephone", "rice.telephone is not known"),
    ],
)
def test_each_mistake_is_named(folder: Path, old: str, new: str, sentence: str) -> None:
    assert old in RICE
    found = mistakes(folder, complete(SMALL + HEAD + RICE.replace(old, new, 1)))
    assert any(sentence in x for x in found), found


def test_a_bin_and_a_level_stand_there_once(folder: Path) -> None:
    again = RICE[RICE.index("[[rice.bin]]") :]
    found = mistakes(folder, complete(SMALL + HEAD + RICE + again))
    assert any("rice.bin[2].number = 1 is there twice" in x for x in found), found


def test_rice_without_a_mill_is_a_mistake(folder: Path) -> None:
    found = mistakes(folder, complete(SMALL + RICE))
    assert any("section [devices.rice_mill] is missing" in x for x in found), found


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 10, 1), 3, date(2027, 1, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
