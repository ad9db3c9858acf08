"""What 查一笔 and a result share: what became of each line, what comes next, and 好了."""

from __future__ import annotations

from typing import Protocol

from kiosk.i18n import _
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.ladder import Ladder, Step
from screens.widgets.message import Message

_ROW, _TALL = 34, 44  # height of a line's row, mm; and where one has two lines
_EDGES = 8  # of the ladder together, mm


class Ending(Protocol):
    """How it ended: a step for each line, the first sentence and the others."""

    @property
    def steps(self) -> tuple[Step, ...]: ...
    @property
    def lead(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def amber(self) -> bool: ...


def tell_ending(view: Ending, ladder: Ladder, words: Message, done: Button) -> None:
    """Show it; whoever calls lays out again."""
    ladder.visible = bool(view.steps)
    ladder.show(view.steps)
    words.turn("wait" if view.amber else "info")
    words.say(view.words, view.lead)
    done.say(_("好了"))


def place_ending(body: Box, top: int, ladder: Ladder, words: Message, done: Button) -> None:
    """Place ladder and words one below the other from ``top`` (pixels), the button at the end."""
    px = done.theme.px
    gap, button = px(SPACE.gap), px(SPACE.button)
    done.place(Box(body.x, body.bottom - button, body.w, button))
    height = words.fit(body.w)
    if ladder.visible:
        room = body.bottom - button - height - 2 * gap - top
        row = _TALL if ladder.tall else _ROW
        ladder.place(Box(body.x, top, body.w, min(px(row * ladder.count + _EDGES), room)))
        top = ladder.box.bottom + gap
    words.place(Box(body.x, top, body.w, height))
