"""The yellow band 练习, and the volunteer's controls that open from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from screens.drawing import Box, Rects
from screens.theme import SPACE
from screens.widgets.base import Kit, Pair, Widget
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.panel import Panel

WORDS = {
    "back": "上一步",
    "again": "再说一遍",
    "next": "下一步",
    "hint": "提示",
    "skip": "跳过",
    "end": "结束这课",
}
"""The volunteer's controls by what they are called in the runner."""
LEAVE = "有人要办事，结束练习"
_COLUMNS = 3
_MOST = 3
_BUTTON = 32.0
_GAP = 6.0


class Band(Widget):
    """It never leaves while anything is practised. ``opened`` is called by 义工."""

    def __init__(self, kit: Kit, opened: Callable[[], None]) -> None:
        super().__init__(kit, "guide.band")
        self._ground = Rects(self.theme, self.solid, "practice")
        label: dict[str, Any] = {
            "on": "practice",
            "colour": "on_practice",
            "anchor": "middle",
            "face": "bold",
        }
        self._words = self.add(
            Label(kit, "guide.practice", "练习 · 不会真的扣钱", em_mm=11.5, **label)
        )
        self._step = self.add(Label(kit, "guide.step", em_mm=9.0, align="right", **label))
        self._button = self.add(
            Button(kit, "guide.volunteer", "义工", opened, kind="band", em_mm=11.0)
        )

    def show(self, number: int, count: int) -> None:
        """Which step it is."""
        self._step.say(f"第 {number} 步，共 {count} 步")

    def place(self, box: Box) -> None:
        super().place(box)
        px, margin = self.theme.px, self.theme.px(SPACE.margin)
        self._ground.place((box,))
        button = px(38)
        high = px(23)
        self._button.place(
            Box(box.right - margin - button, box.y + (box.h - high) // 2, button, high)
        )
        words = px(110)
        self._words.place(Box(box.x + margin, box.y, words, box.h))
        left = box.x + margin + words
        self._step.place(Box(left, box.y, self._button.box.x - px(5) - left, box.h))

    def repaint(self) -> None:
        self._ground.paint()

    def pairs(self) -> tuple[Pair, ...]:
        return (Pair("on_practice", "practice", "text"),)


class Sheet(Widget):
    """``chosen`` gets a control's word, the number of what is let happen, or ``leave``."""

    def __init__(self, kit: Kit, chosen: Callable[[str], None]) -> None:
        super().__init__(kit, "guide.sheet")
        self._panel = self.add(Panel(kit))
        self._words = [self.add(self._button(word, text, chosen)) for word, text in WORDS.items()]
        self._count = 0
        self._numbers = [""] * _MOST
        self._acts = [
            self.add(
                Button(
                    kit,
                    f"guide.act.{n}",
                    "",
                    lambda n=n: chosen(self._numbers[n]),  # type: ignore[misc]
                    em_mm=11.0,
                )
            )
            for n in range(_MOST)
        ]
        self._leave = self.add(self._button("leave", LEAVE, chosen, kind="stop"))
        self._close = self.add(self._button("close", "收起", chosen))

    def _button(
        self, word: str, text: str, chosen: Callable[[str], None], kind: str = "plain"
    ) -> Button:
        return Button(self.kit, f"guide.{word}", text, lambda: chosen(word), kind=kind, em_mm=11.0)

    def show(self, controls: tuple[tuple[int, str], ...]) -> None:
        """What the volunteer can let happen in this step."""
        for n, button in enumerate(self._acts):
            button.visible = n < len(controls)
            if n < len(controls):
                self._numbers[n] = str(controls[n][0])
                button.say(controls[n][1])
        self._count = min(len(controls), _MOST)

    def _rows(self) -> int:
        return -(-len(self._words) // _COLUMNS) + self._count + 2

    def fit(self, width: int) -> int:  # noqa: ARG002  # as the card's
        """The height that it needs, in pixels."""
        px = self.theme.px
        return self._rows() * (px(_BUTTON) + px(_GAP)) + px(_GAP)

    def place(self, box: Box) -> None:
        super().place(box)
        px, gap = self.theme.px, self.theme.px(_GAP)
        self._panel.place(box)
        high = px(_BUTTON)
        inner = box.inset(gap)
        width = (inner.w - (_COLUMNS - 1) * gap) // _COLUMNS
        for n, button in enumerate(self._words):
            x = inner.x + (n % _COLUMNS) * (width + gap)
            button.place(Box(x, inner.y + (n // _COLUMNS) * (high + gap), width, high))
        y = inner.y + -(-len(self._words) // _COLUMNS) * (high + gap)
        for n, button in enumerate(self._acts):
            button.visible = n < self._count
            if button.visible:
                button.place(Box(inner.x, y, inner.w, high))
                y += high + gap
        for button in (self._close, self._leave):
            button.place(Box(inner.x, y, inner.w, high))
            y += high + gap
