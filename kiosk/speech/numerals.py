"""Figures in Chinese words: sums of money, counts, clocks, numbers that are spelt."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
LONGEST = 8
"""A whole number with more digits is spelt: nobody hears a value in it."""
_PLACES = ("", "十", "百", "千")


def number(value: int) -> str:
    """``128`` → 一百二十八, ``20010`` → 两万零一十. Below 10⁸; a negative one begins with 负."""
    if value < 0:
        return "负" + number(-value)
    if value >= 10**LONGEST:
        return spelt(str(value))
    high, low = divmod(value, 10_000)
    words = _below_10000(high) + "万" if high else ""
    if not words or low:
        words += ("零" if words and low < 1000 else "") + _below_10000(low)
    words = words.replace("二千", "两千")
    if words.startswith("二万"):
        words = "两" + words[1:]
    # 一十二 is 十二 where nothing stands before it.
    return words[1:] if words.startswith("一十") else words


def _below_10000(value: int) -> str:
    if value == 0:
        return DIGITS[0]
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + _PLACES[place]
        gap = digit == 0
    return words


def count(value: int) -> str:
    """A number before a measure word: two is 两."""
    return "两" if value == 2 else number(value)


def spelt(figures: str) -> str:
    """``021-0000`` → 零二一零零零零: figure by figure; what isn't one is left out."""
    return "".join(DIGITS[int(x)] for x in figures if x in "0123456789")


def amount(fen: int) -> str:
    """``12840`` fen → 一百二十八元四角, ``10005`` → 一百元零五分."""
    if fen < 0:
        return "负" + amount(-fen)
    yuan, rest = divmod(fen, 100)
    jiao, left = divmod(rest, 10)
    words = count(yuan) + "元" if yuan or not rest else ""
    if jiao:
        words += DIGITS[jiao] + "角"
    if left:
        words += ("零" if yuan and not jiao else "") + DIGITS[left] + "分"
    return words


def clock(hour: int, minute: int) -> str:
    """``20, 5`` → 二十点零五分; a full hour has no minutes."""
    if minute == 0:
        return count(hour) + "点"
    return count(hour) + "点" + ("零" if minute < 10 else "") + number(minute) + "分"
