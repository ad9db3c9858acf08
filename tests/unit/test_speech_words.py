"""From what stands on a screen to what is said, and what of it is recorded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk
from kiosk.i18n import read_po
from kiosk.speech import numerals
from kiosk.speech.aloud import aloud
from kiosk.speech.machine import READINGS, runs, with_readings
from kiosk.speech.phrases import NUMERALS, fragments, known, recordable, table
from kiosk.speech.utterance import Part, if_asked, say

PO = Path(kiosk.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "kiosk.po"
VALUES = {x: n for n, x in enumerate("零一二三四五六七八九")} | {"两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}


def value(words: str) -> int:
    """A Chinese number's value, read by the rule of the places alone."""
    total = part = digit = 0
    for word in words:
        if word in VALUES:
            digit = VALUES[word]
        elif word == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        else:
            part += (digit or 1) * PLACES[word]
            digit = 0
    return total + part + digit


@given(st.integers(0, 99_999_999))
def test_a_number_in_words_has_its_value(number: int) -> None:
    words = numerals.number(number)
    assert value(words) == number
    assert "零零" not in words
    assert number == 0 or not words.endswith("零")


@given(st.integers(0, 999_999_999))
def test_a_sum_in_words_is_that_sum(fen: int) -> None:
    found = re.fullmatch(r"(?:(\w+)元)?零?(?:(\w)角)?(?:(\w)分)?", numerals.amount(fen))
    assert found
    yuan, jiao, left = (value(x or "") for x in found.groups())
    assert 100 * yuan + 10 * jiao + left == fen


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("¥ 1,128.40", "一千一百二十八元四角"),
        ("-¥ 100.05", "负一百元零五分"),
        ("¥ 50", "五十元"),
        ("一次最多付 5000.00 元，请分几次付。", "一次最多付五千元，请分几次付。"),
        ("9–10 月 · 户号尾号 0417", "九到十月，户号尾号，零四一七"),
        ("居委会  021-0000 0001", "居委会，零二一零零零零零零零一"),
        ("8:30–17:05", "八点三十分到十七点零五分"),
        ("3801 1122 0047", "三八零一一一二二零零四七"),
        ("电费 2026-10", "电费二零二六年十月"),
        ("一共付 2 笔", "一共付两笔"),
        ("12 月", "十二月"),
        ("户名：金**", "户名：金"),
        ("点“扫一扫”，\n对准方块。", "点扫一扫，对准方块。"),
        ("310000441731000044", "三一零零零零四四一七三一零零零零四四"),
    ],
)
def test_figures_and_signs_become_words(shown: str, said: str) -> None:
    assert aloud(shown) == said


def test_english_says_yuan_and_spells_numbers() -> None:
    assert aloud("Amount ¥ 1,128.40", "en") == "Amount 1128 yuan 40"
    assert aloud("Number 3801 1122", "en") == "Number 3 8 0 1 1 1 2 2"


@given(st.text(max_size=200), st.sampled_from(["zh", "en"]))
def test_any_text_can_be_said(text: str, language: str) -> None:
    assert isinstance(aloud(text, language), str)
    assert fragments(text, language, lambda *_: True)


def test_characters_of_several_readings_get_theirs() -> None:
    assert with_readings("银行卡") == "yin2hang2卡"
    assert with_readings("请不要重复付款") == "请不要chong2复付款"
    assert all(re.search(r"[a-z]+[1-4]", x) for x in READINGS.values())


def test_chinese_names_in_an_english_sentence_are_chinese() -> None:
    assert runs("Asking: 电力 now", "en") == [("Asking: ", "en"), ("电力", "zh"), (" now", "en")]
    assert runs("…", "zh") == []


# Recorded phrases


def test_every_sentence_of_the_table_is_one_that_a_screen_has() -> None:
    sentences = {x.replace("\n", "") for x in read_po(PO.read_text(encoding="utf-8"))}
    assert {x for x in table().values() if x.replace("\n", "") not in sentences} == set()
    assert len(set(table().values())) == len(table())


def test_what_is_to_be_recorded_is_words_under_an_id_that_can_name_a_file() -> None:
    for phrase_id, text in recordable().items():
        assert re.fullmatch(r"[a-z0-9_.]{1,60}", phrase_id)
        assert re.search(r"\w", text)
        assert "{" not in text
    assert set(NUMERALS) <= set(recordable())


def ids(text: str, *missing: str, language: str = "zh") -> list[str]:
    """The recordings played for a text, "-" for the machine, if these are missing."""
    found = fragments(text, language, lambda phrase_id, _text: phrase_id not in missing)
    return [x.id or "-" for x in found]


def test_a_recorded_sentence_is_played_and_another_is_the_machines() -> None:
    welcome = table()["home.welcome"]
    assert ids(welcome) == ["home.welcome"]
    assert ids(welcome, "home.welcome") == ["-"]
    assert ids(welcome, language="en") == ["-"]
    assert ids("没有这样一句话。") == ["-"]


def test_a_sentence_with_a_number_is_played_in_pieces_or_not_at_all() -> None:
    assert ids("一共付 2 笔") == ["bills.count.1", "n.two", "bills.count.2"]
    assert ids("一共付 12 笔") == ["bills.count.1", "n.10", "n.2", "bills.count.2"]
    assert ids("一共付 2 笔", "bills.count.2") == ["-"]
    assert ids("一共付 2 笔", "n.two") == ["bills.count.1", "-", "bills.count.2"]
    assert ids("¥ 20.50") == ["n.2", "n.10", "n.yuan", "n.5", "n.jiao"]
    assert ids("¥ 20.50", "n.jiao") == ["-"]


def test_a_sum_that_takes_its_unit_in_is_the_machines() -> None:
    """41.30 元 is 四十一元三角: the recorded piece that begins with 元 doesn't follow it."""
    assert ids("已退 41.30 元，3 个工作日内回到原来的卡或账户。") == ["-"]
    assert "-" not in ids("已退 41.00 元，3 个工作日内回到原来的卡或账户。")


def test_a_phrase_is_known_by_its_text() -> None:
    assert known("查到三笔，要付哪几笔？") == "bills.found"
    assert known("没有这样一句话。") == ""


def test_what_is_asked_for_is_said_only_then() -> None:
    said = say("一", "", if_asked("二"), Part("三"))
    assert said.on_entry() == ("一", "三")
    assert said.in_full() == ("一", "二", "三")
