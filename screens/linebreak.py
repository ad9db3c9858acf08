"""Breaking Chinese into lines by the usual rules.

No line begins with a closing mark or ends with an opening one; numbers and Latin words stay
whole; a last line is no lonely character.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# 标点避头尾: what no line may begin or end with (W3C, "Requirements for Chinese Text Layout", 3.1).
NOT_FIRST = frozenset("，。！？、；：）】》」』〉”’…—·%℃,.!?;:)]")
NOT_LAST = frozenset("（【《「『〈“‘¥￥([")

# A Latin word or number with what belongs to it stays whole, and so do a unit, a thing's name that
# is half Latin, and what stands on a button; everything else breaks anywhere.
_PIECES = re.compile(r"U盘|千克|「[^」]{1,4}」|[0-9A-Za-z¥.,:/*_@#%+\-–]+|\s+|.", re.DOTALL)
_SHORTEST_LAST = 3  # a last line of one or two characters looks like a mistake


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break ``text`` into lines no wider than ``width`` by ``measure`` (both in pixels).

    Line breaks in the text are kept. A single piece wider than ``width`` gets a line of its own.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _break_paragraph(paragraph, width, measure)
    return lines


def _break_paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if measure(text) <= width:
        return [text]
    lines: list[list[str]] = [[]]
    used = 0.0
    for piece in _PIECES.findall(text):
        advance = measure(piece)
        if lines[-1] and used + advance > width and not piece.isspace():
            carried = _carry(lines[-1], piece)
            lines.append(carried)
            used = sum(map(measure, carried))
        lines[-1].append(piece)
        used += advance
    _fill_last(lines, width, measure)
    return ["".join(line).strip() for line in lines]


def _carry(line: list[str], following: str) -> list[str]:
    """Take from the end of ``line`` what must go on to the next one with ``following``."""
    carried: list[str] = []
    first = following
    while len(line) > 1 and (first[0] in NOT_FIRST or line[-1][-1] in NOT_LAST):
        first = line.pop()
        carried.insert(0, first)
    return carried


def _fill_last(lines: list[list[str]], width: float, measure: Callable[[str], float]) -> None:
    """Move a piece or two down so that the last line is not a lonely character."""
    while len(lines) > 1 and len("".join(lines[-1])) < _SHORTEST_LAST and len(lines[-2]) > 4:
        before, last = lines[-2], lines[-1]
        moved = before.pop()
        moved_on = [*_carry(before, moved), moved]
        if sum(map(measure, moved_on + last)) > width:
            before.extend(moved_on)
            return
        last[:0] = moved_on
