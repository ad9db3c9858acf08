"""Where people get stuck, screen by screen: the class record as a table, CSV or a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.classroom.lesson import Lesson, Step
from kiosk.classroom.record import Count, Entry

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_HELPS = ("again", "finger", "light", "words", "volunteer")
_COLUMNS = (
    *("day", "lesson", "step", "screen", "came", "alone"),
    *(f"help_{x}" for x in _HELPS),
    *("skipped", "seconds", "mistakes"),
)
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
)
WIDTH, EDGE, ROW, BAR_LEFT, BAR_RIGHT = 1500, 50, 74, 640, 1240
INK, SOFT, RULE, PAPER = "#14232e", "#3a4650", "#d9d3c4", "#fbf8f1"
ALONE, HELPED, STUCK = "#1d5b2f", "#e0a63b", "#a3201a"


@dataclass(frozen=True, slots=True)
class Stuck:
    """A screen: its sums, and the step and the mistake that most people have trouble with."""

    screen: str
    count: Count
    lesson: str
    step: str

    @property
    def share(self) -> float:
        """How many of those who came here were stuck, 0 to 1."""
        return self.count.stuck / max(1, self.count.came)


def by_screen(entries: Iterable[Entry]) -> list[Stuck]:
    """The screens, those first on which the greatest share of learners was stuck."""
    sums: dict[str, Count] = {}
    steps: dict[str, dict[tuple[str, str], Count]] = {}
    for x in entries:
        if not (screen := x.screen):
            continue  # a step that only tells something has no screen of its own
        sums.setdefault(screen, Count()).add(x.count)
        of_step = steps.setdefault(screen, {}).setdefault((x.lesson, x.step), Count())
        of_step.add(x.count)
    found = []
    for screen, count in sums.items():
        lesson, step = max(steps[screen], key=lambda x: (steps[screen][x].stuck, x))
        found.append(Stuck(screen, count, lesson, step))
    return sorted(found, key=lambda x: (-x.share, -x.count.came, x.screen))


def table(entries: Iterable[Entry]) -> str:
    """For a terminal: a line for each screen."""
    head = "screen             came alone helped stuck   s each"
    lines = [f"{head}  hardest step, most frequent mistake"]
    for x in by_screen(entries):
        count = x.count
        mistake = next((f", {n} × {m}" for m, n in count.mistakes.most_common(1)), "")
        lines.append(
            f"{x.screen:18} {count.came:4} {count.alone:5} {count.helped.total():6} "
            f"{count.stuck:5} {count.seconds / max(1, count.came):8.0f}  "
            f"{x.lesson}.{x.step}{mistake}"
        )
    return "\n".join(lines)


def as_csv(entries: Iterable[Entry]) -> str:
    """Every step of every day with its counts; mistakes as ``id:3 id:1``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for x in sorted(entries, key=lambda x: (x.day, x.lesson)):
        count = x.count
        mistakes = " ".join(f"{name}:{n}" for name, n in count.mistakes.most_common())
        helped = [count.helped[name] for name in _HELPS]
        place = x.day.isoformat(), x.lesson, x.step, x.screen
        row = *place, count.came, count.alone, *helped, count.skipped, count.seconds, mistakes
        writer.writerow(row)
    return out.getvalue()


def draw(entries: tuple[Entry, ...], lessons: Iterable[Lesson], file: Path) -> None:
    """The picture, in Chinese: for the office. OSError if it can't be written."""
    from PIL import Image
    from PIL import ImageDraw as Drawing

    words = {(x.name, s.id): (x, s) for x in lessons for s in x.steps}
    rows = by_screen(entries)
    height = 230 + ROW * max(1, len(rows)) + 60
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen = Drawing.Draw(image)
    pen.text((EDGE, 36), "小义工课堂：大家卡在哪一页", font=_font(40), fill=INK)
    days = sorted({x.day for x in entries})
    when = f"{days[0]} 至 {days[-1]}" if days else "还没有记录"
    note = f"{when}，只有人数，没有姓名。卡住的人多的，在最上面。"
    pen.text((EDGE, 96), note, font=_font(24), fill=SOFT)
    _legend(pen, 150)
    for n, row in enumerate(rows):
        _row(pen, 220 + n * ROW, row, words)
    image.save(file)


def _legend(pen: ImageDraw, top: int) -> None:
    left = BAR_LEFT
    for ink, text in ((ALONE, "自己做的"), (HELPED, "再说一遍就会"), (STUCK, "要人帮")):
        pen.rectangle((left, top + 6, left + 24, top + 30), fill=ink)
        pen.text((left + 34, top), text, font=_font(24), fill=SOFT)
        left += 220


def _row(
    pen: ImageDraw, top: int, row: Stuck, words: Mapping[tuple[str, str], tuple[Lesson, Step]]
) -> None:
    """A screen: what is done there, and a bar as long as the share of each kind."""
    count = row.count
    known = words.get((row.lesson, row.step))
    text = known[1].text if known else row.step
    title = known[0].title if known else row.lesson
    pen.text((EDGE, top), _cut(text, 21), font=_font(26), fill=INK)
    pen.text((EDGE, top + 34), f"{title} · {row.screen}", font=_font(20), fill=SOFT)
    came = max(1, count.came)
    room = BAR_RIGHT - BAR_LEFT
    left = float(BAR_LEFT)
    easy = count.came - count.alone - count.stuck
    for ink, share in ((ALONE, count.alone), (HELPED, easy), (STUCK, count.stuck)):
        right = left + room * share / came
        if share > 0:
            pen.rectangle((left, top + 6, right - 2, top + 40), fill=ink)
        left = right
    numbers = f"{count.stuck} / {count.came} 人次，{count.seconds / came:.0f} 秒"
    pen.text((BAR_RIGHT + 16, top + 8), numbers, font=_font(22), fill=INK)
    pen.line((EDGE, top + ROW - 8, WIDTH - EDGE, top + ROW - 8), fill=RULE, width=2)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _font(size: int) -> FreeTypeFont:
    """A Chinese font. Raises OSError, with what to install, if there is none."""
    from PIL import ImageFont

    path = next((x for x in _FONTS if Path(x).exists()), None)
    if path is None:
        raise OSError("no Chinese font: apt install fonts-noto-cjk")
    return ImageFont.truetype(path, size, index=2)  # the mainland face of the collection
