"""A row of the staff's lists: sign, name, word, and one line of what is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from screens.drawing import Box, Rects, RoundBox
from screens.theme import SPACE, TYPE
from screens.widgets.base import Kit, Touchable
from screens.widgets.label import Label

# sign: its character, ground, colour. Never by colour alone.
SIGNS = {
    "ok": ("✓", "done", "on_done"),
    "attention": ("!", "wait", "on_wait"),
    "bad": ("×", "stop", "on_stop"),
    "unknown": ("?", "seal_off", "on_seal"),
    "": ("", "paper", "ink"),
}


@dataclass(frozen=True, slots=True)
class StaffLine:
    """``target`` and ``value`` go out when it is touched; without a target it only tells."""

    title: str
    detail: str = ""
    word: str = ""
    sign: str = ""
    aside: str = ""
    target: str = ""
    value: str = ""


class StaffRow(Touchable):
    """Made once, shown with whatever line stands in its place."""

    min_mm = (60.0, 30.0)
    min_em_mm = 8.0
    role = "row"

    def __init__(self, kit: Kit, name: str, on_touch: Callable[[StaffLine], None]) -> None:
        self.line = StaffLine("")
        self._name = name
        super().__init__(kit, name, lambda: on_touch(self.line), guard=True)
        self.em_mm = TYPE.staff_small
        self._ground = Rects(self.theme, self.solid, "paper")
        self._rule = Rects(self.theme, self.solid, "edge")
        self._box = RoundBox(self.theme, self.solid, self.ink, "paper", "")
        self._sign = self.add(self._label(TYPE.staff, "bold", "center"))
        self._title = self.add(self._label(TYPE.staff, "bold", "left"))
        self._aside = self.add(self._label(TYPE.staff_small, "regular", "left"))
        self._word = self.add(self._label(TYPE.staff_small, "regular", "right"))
        self._detail = self.add(self._label(TYPE.staff_small, "regular", "left"))

    def _label(self, em_mm: float, face: str, align: str) -> Label:
        return Label(
            self.kit, em_mm=em_mm, face=face, align=align, anchor="middle", role="", personal=True
        )

    @property
    def text(self) -> str:
        line = self.line
        return " ".join(x for x in (line.title, line.aside, line.word, line.detail) if x)

    def show(self, line: StaffLine) -> None:
        """Show another line in the same place."""
        self.line = line
        self.id = ".".join(x for x in (line.target, line.value) if x) or self._name
        self.touchable = bool(line.target)
        self._sign.say(SIGNS[line.sign][0])
        self._title.say(line.title)
        self._word.say(line.word)
        self.place(self.box)
        self.repaint()

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._ground.place((box,))
        self._rule.place((Box(box.x, box.bottom - px(SPACE.edge), box.w, px(SPACE.edge)),))
        side = px(SPACE.staff_sign)
        sign = Box(box.x, box.y + (box.h - side) // 2, side, side) if self.line.sign else Box()
        self._box.place(sign, px(3.5))
        self._sign.place(sign)
        left = box.x + (side + px(5) if self.line.sign else 0)
        word = min(self._word.width_px + px(1), box.w // 2) if self.line.word else 0
        self._detail.say(self._cut(self._detail, self.line.detail, box.right - left))
        high = self._title.line_px if self.line.detail else box.h
        high = high if self.line.title else 0
        low = self._detail.line_px if self.line.detail else 0
        top = box.y + (box.h - high - low) // 2
        room = box.right - left - word - px(4)
        name = min(room, self._title.width_px + px(1))
        self._title.place(Box(left, top, name, high))
        beside = max(1, room - name - px(4))
        self._aside.say(self._cut(self._aside, self.line.aside, beside))
        self._aside.place(Box(left + name + px(4), top, beside, high))
        self._word.place(Box(box.right - word, top, word, high))
        self._detail.place(Box(left, top + high, box.right - left, low))

    def wipe(self) -> None:
        super().wipe()
        self.line = StaffLine("")
        self.id = self._name

    def _cut(self, label: Label, text: str, width: int) -> str:
        """As much of a text as has room on one line; what was cut off is told by ``…``."""
        measure = self.kit.texts.measure(label.face, self.theme.px(label.em_mm))
        if not text or measure(text) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            fits = measure(text[:middle] + "…") <= width
            low, high = (middle, high) if fits else (low, middle - 1)
        return text[:low] + "…"

    def repaint(self) -> None:
        _sign, ground, front = SIGNS[self.line.sign]
        on = "paper!" if self.pressed else "paper"
        self._ground.paint(on)
        self._rule.paint("edge")
        self._box.paint(ground if self.line.sign else on, "")
        self._sign.paint(front, ground)
        for label, colour in (
            (self._title, "ink"),
            (self._aside, "soft"),
            (self._word, "ink"),
            (self._detail, "soft"),
        ):
            label.paint(colour, "paper")
