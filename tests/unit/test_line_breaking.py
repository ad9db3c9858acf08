"""Chinese line breaking, with a ruler on which every character is ten wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.linebreak import NOT_FIRST, NOT_LAST, break_lines


def ruler(text: str) -> float:
    return 10.0 * len(text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("量血压", 100, ["量血压"]),
        ("水电煤\n缴费", 100, ["水电煤", "缴费"]),
        ("机器的线路断了一，我们还不知道", 80, ["机器的线路断了", "一，我们还不知道"]),
        ("请拿好（收据）再走，谢谢您的", 80, ["请拿好（收据）再", "走，谢谢您的"]),
        ("一共要付钱（收据）在下面", 60, ["一共要付钱", "（收据）", "在下面"]),
        ("长粒香出了 1.25 千克，少的退", 120, ["长粒香出了 1.25 ".strip(), "千克，少的退"]),
        ("您可以用U盘，或者过一会儿", 60, ["您可以用", "U盘，或者过", "一会儿"]),
        ("您一共要付 ¥128.40 元整", 90, ["您一共要付", "¥128.40 元", "整"]),
    ],
)
def test_lines(text, width, lines):
    assert break_lines(text, width, ruler) == lines


def test_a_number_is_never_broken():
    assert "4417" in break_lines("户号尾号是4417的电费", 70, ruler)[1]


def test_the_last_line_is_no_lonely_character():
    lines = break_lines("我们一直在问，问到有结果为止。", 140, ruler)
    assert len(lines) == 2
    assert len(lines[-1]) >= 3


def test_a_piece_wider_than_the_line_stands_alone():
    assert break_lines("单号38011122004712345678好", 60, ruler)[1] == "38011122004712345678"


CHINESE = st.text(st.sampled_from("的一是不了人我在有他，。！？（）「」、：12 "), max_size=60)


@given(CHINESE, st.integers(8, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text, characters):
    lines = break_lines(text, 10.0 * characters, ruler)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


PROSE = st.lists(
    st.tuples(
        st.text("的一是不了人我在有他", min_size=1, max_size=9), st.sampled_from("，。！？；")
    ),
    min_size=1,
    max_size=8,
).map(lambda parts: "".join(words + mark for words, mark in parts))


@given(PROSE, st.integers(6, 30))
def test_prose_follows_the_rules(text, characters):
    lines = break_lines(text, 10.0 * characters, ruler)
    assert all(ruler(line) <= 10.0 * characters for line in lines)
    assert not any(line[0] in NOT_FIRST or line[-1] in NOT_LAST for line in lines)


def test_what_stands_on_a_button_is_named_in_one_line() -> None:
    lines = break_lines("碰到旁边的了，没关系。碰一下「返回」就回来。", 17 * 10, ruler)
    assert any("「返回」" in line for line in lines)
    assert all(len(line) <= 17 for line in lines)
