"""The volunteers' handbook as one file: its pages, the lessons there are, and its pictures within.

``python -m tests.gallery --handbook`` draws the pictures anew from the real screens.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable

from kiosk.classroom.known import FOLDER
from kiosk.classroom.lesson import Lesson

PICTURES = FOLDER / "handbook"
PAGES = PICTURES / "handbook.html"
_LESSONS = "<!-- lessons -->"
_PICTURE = re.compile(r'src="(\w+\.png)"')


def made(lessons: Iterable[Lesson]) -> str:
    """The handbook's HTML, for a browser and for paper. Raises OSError if a part is missing."""
    page = PAGES.read_text(encoding="utf-8")
    rows = "\n".join(_row(x) for x in lessons)
    return _PICTURE.sub(_inside, page.replace(_LESSONS, rows))


def _row(lesson: Lesson) -> str:
    title, about = html.escape(lesson.title), html.escape(lesson.about)
    needs = html.escape("；".join(lesson.needs))
    first = f"<td><strong>{title}</strong><br>{about}</td>"
    return f"<tr>{first}<td>{lesson.minutes} 分钟</td><td>{needs}</td></tr>"


def _inside(found: re.Match[str]) -> str:
    data = base64.b64encode((PICTURES / found[1]).read_bytes()).decode()
    return f'src="data:image/png;base64,{data}"'
