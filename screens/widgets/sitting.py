"""How to sit for a measurement: a person on a chair, drawn, with numbers and what they mean.

Posture: back supported, feet flat, arm at the height of the heart, no talking (blood-pressure
meter protocol, section 2).
"""

from __future__ import annotations

from kiosk.i18n import N_, _
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label

POSTURE = (N_("背靠着椅背"), N_("两脚放平"), N_("手臂和心一样高"), N_("不说话"))
ARM = (N_("把袖子卷起来"), N_("手臂伸到底"), N_("手心向上，放松"), N_("不说话，不动"))
_ASPECT = 1.0
_DISC = 13.0  # diameter of a number's disc, mm
_EM = 13.0

# Where the numbers stand on the picture, by shares of it.
_AT_POSTURE = ((0.03, 0.40), (0.70, 0.84), (0.86, 0.25), (0.74, 0.03))
_AT_ARM = ((0.46, 0.22), (0.67, 0.17), (0.87, 0.24), (0.74, 0.03))


def _part(box: Box, x: float, y: float, w: float, h: float) -> Box:
    """A box by shares of the picture."""
    return Box(
        box.x + round(box.w * x),
        box.y + round(box.h * y),
        max(1, round(box.w * w)),
        max(1, round(box.h * h)),
    )


class _Number(Widget):
    """A number on a disc."""

    role = ""

    def __init__(self, kit: Kit, number: int) -> None:
        super().__init__(kit)
        self._disc = RoundBox(self.theme, self.solid, self.ink, "action", "")
        self.add(
            Label(
                kit,
                text=str(number),
                em_mm=10.0,
                face="bold",
                colour="on_action",
                on="action",
                align="center",
                anchor="middle",
                role="",
            )
        )

    def place(self, box: Box) -> None:
        super().place(box)
        self._disc.place(box, box.w // 2)
        self.children[0].place(box)

    def repaint(self) -> None:
        self._disc.paint("action", "")


class _Sitter(Widget):
    """Somebody sits upright, feet on the floor, an arm in the meter on the table."""

    role = "image"

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._wood = Rects(self.theme, self.solid, "edge")
        self._clothes = Rects(self.theme, self.solid, "action")
        self._skin = Rects(self.theme, self.solid, "wait_edge")
        self._meter = Rects(self.theme, self.solid, "ink")
        self._cuff = Rects(self.theme, self.solid, "info_edge")
        self._heart = Rects(self.theme, self.solid, "on_action")
        self._head = RoundBox(self.theme, self.solid, self.ink, "wait_edge", "")
        self._bubble = RoundBox(self.theme, self.solid, self.ink, "card", "edge")
        self._hush = self.add(
            Label(
                kit,
                text="嘘",
                em_mm=12.0,
                face="bold",
                on="card",
                align="center",
                anchor="middle",
                role="",
            )
        )

    @property
    def text(self) -> str:
        return _("坐的样子：背靠椅背，两脚放平，手臂放在血压计里，和心一样高")

    def place(self, box: Box) -> None:
        super().place(box)
        self._wood.place(
            (
                _part(box, 0.00, 0.965, 1.0, 0.012),
                _part(box, 0.115, 0.27, 0.035, 0.42),
                _part(box, 0.115, 0.655, 0.36, 0.035),
                _part(box, 0.13, 0.69, 0.03, 0.275),
                _part(box, 0.43, 0.69, 0.03, 0.275),
                _part(box, 0.60, 0.50, 0.40, 0.035),
                _part(box, 0.93, 0.535, 0.03, 0.43),
            )
        )
        self._clothes.place(
            (
                _part(box, 0.16, 0.27, 0.20, 0.385),
                _part(box, 0.16, 0.55, 0.44, 0.105),
                _part(box, 0.51, 0.55, 0.09, 0.36),
                _part(box, 0.51, 0.90, 0.17, 0.065),
            )
        )
        arm = _part(box, 0.28, 0.395, 0.62, 0.075)
        neck = _part(box, 0.235, 0.22, 0.06, 0.05)
        self._skin.place((neck, arm))
        self._meter.place((_part(box, 0.56, 0.345, 0.24, 0.155),))
        self._cuff.place((_part(box, 0.575, 0.36, 0.21, 0.125),))
        self._heart.place(_heart(_part(box, 0.185, 0.385, 0.075, 0.08)))
        self._head.place(_part(box, 0.185, 0.055, 0.17, 0.17), box.w)
        bubble = _part(box, 0.44, 0.03, 0.24, 0.16)
        self._bubble.place(bubble, self.theme.px(5), self.theme.px(0.6))
        self._hush.place(bubble)

    def repaint(self) -> None:
        parts = (self._wood, self._clothes, self._skin, self._meter, self._cuff, self._heart)
        for part in parts:
            part.paint()
        self._head.paint("wait_edge", "")
        self._bubble.paint("card", "edge")


def _heart(box: Box) -> list[Box]:
    """A heart as rows of pixels: two halves of a disc above a point."""
    rows = []
    for row in range(box.h):
        down = row / box.h
        if down < 0.3:
            bump = box.w // 2
            wide = round(bump * (1 - (1 - down / 0.3) ** 2) ** 0.5)
            for left in (box.x, box.x + bump):
                rows.append(Box(left + (bump - wide) // 2, box.y + row, wide, 1))
        else:
            wide = max(1, round(box.w * (1 - (down - 0.3) / 0.7)))
            rows.append(Box(box.x + (box.w - wide) // 2, box.y + row, wide, 1))
    return rows


class Sitting(Widget):
    """The picture with its numbers on the left, what they mean on the right."""

    def __init__(self, kit: Kit, widget_id: str, *, arm: bool = False) -> None:
        super().__init__(kit)
        self._sentences = ARM if arm else POSTURE
        self._places = _AT_ARM if arm else _AT_POSTURE
        self._sitter = self.add(_Sitter(kit, widget_id))
        self._marks = [self.add(_Number(kit, n)) for n in range(1, 5)]
        self._numbers = [self.add(_Number(kit, n)) for n in range(1, 5)]
        self._words = [
            self.add(Label(kit, f"{widget_id}.{n}", em_mm=_EM, anchor="middle"))
            for n in range(1, 5)
        ]

    def show(self) -> None:
        """Take the sentences in the language spoken."""
        for label, sentence in zip(self._words, self._sentences, strict=True):
            label.say(_(sentence))

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        disc = px(_DISC)
        side = min(box.h, round(box.w * 0.52 * _ASPECT))
        picture = Box(box.x, box.y + (box.h - side) // 2, side, side)
        self._sitter.place(picture)
        for mark, (x, y) in zip(self._marks, self._places, strict=True):
            mark.place(Box(picture.x + round(side * x), picture.y + round(side * y), disc, disc))
        left = picture.right + px(8)
        row = picture.h // 4
        for n, (number, words) in enumerate(zip(self._numbers, self._words, strict=True)):
            y = picture.y + n * row
            number.place(Box(left, y + (row - disc) // 2, disc, disc))
            x = left + disc + px(4)
            words.place(Box(x, y, box.right - x, row))
