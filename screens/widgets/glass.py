"""The scanner: as a small sign, and its glass with what is laid on it or taken away."""

from __future__ import annotations

from kiosk.i18n import _
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label
from screens.widgets.pictures import arrow_down, part

CARD, PAGE = "card", "page"
_GLASS_MM = (216.0, 297.0)
_SIZES_MM = {CARD: (85.6, 54.0), PAGE: (190.0, 262.0)}


def arrow_up(box: Box) -> list[Box]:
    """As `arrow_down`, the other way."""
    return [Box(x.x, box.y + box.bottom - x.bottom, x.w, x.h) for x in arrow_down(box)]


class ScannerIcon(Widget):
    """A lid that stands open over a glass with a sheet on it."""

    role = "image"

    def __init__(self, kit: Kit, colour: str = "action") -> None:
        super().__init__(kit)
        self._colour = colour
        self._lid = RoundBox(self.theme, self.solid, self.ink, "card", colour)
        self._body = RoundBox(self.theme, self.solid, self.ink, colour, "")
        self._sheet = Rects(self.theme, self.solid, "card")

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        high = min(box.h, box.w)
        y = box.y + (box.h - high) // 2
        half = high * 2 // 5
        self._lid.place(Box(box.x + box.w // 12, y, box.w * 5 // 6, half), px(1.6), px(1.2))
        body = Box(box.x, y + half + px(1), box.w, high - half - px(1))
        self._body.place(body, px(2.4))
        self._sheet.place((part(body, 0.12, 0.18, 0.5, 0.5),))

    def repaint(self) -> None:
        self._lid.paint("card", self._colour)
        self._body.paint(self._colour, "")
        self._sheet.paint()


class GlassPicture(Widget):
    """The glass from above, with the mark in its corner: the original lies at it, or is lifted."""

    role = "image"

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._body = RoundBox(self.theme, self.solid, self.ink, "off", "edge")
        self._glass = RoundBox(self.theme, self.solid, self.ink, "info", "info_edge")
        self._mark = Rects(self.theme, self.solid, "action")
        self._sheet = RoundBox(self.theme, self.solid, self.ink, "card", "ink")
        self._arrow = Rects(self.theme, self.solid, "action")
        self._lines = Rects(self.theme, self.solid, "edge")
        self._down = self.add(
            Label(
                kit,
                "",
                "",
                em_mm=11.0,
                face="bold",
                on="card",
                align="center",
                anchor="middle",
                role="",
            )
        )
        self._what, self._taken = PAGE, False

    @property
    def text(self) -> str:
        if self._taken:
            return _("玻璃板的样子：原件拿起来了")
        return _("玻璃板的样子：原件朝下，放在左上角")

    def show(self, what: str, down: str = "", *, taken: bool = False) -> None:
        """``card`` or ``page``; ``down``: which side lies on the glass, in a word or two."""
        self._down.say(down)
        if (what, taken) != (self._what, self._taken):
            self._what, self._taken = what, taken
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        if box.h <= self.theme.px(60):
            return
        if self._taken:
            self._lifted(box)
        else:
            self._lying(box)

    def _lying(self, box: Box) -> None:
        px = self.theme.px
        rim = px(9)
        high = box.h - 2 * rim
        wide = min(round(high * _GLASS_MM[0] / _GLASS_MM[1]), box.w * 3 // 4)
        high = min(high, round(wide * _GLASS_MM[1] / _GLASS_MM[0]))
        glass = Box(box.x + (box.w - wide) // 2, box.y + (box.h - high) // 2, wide, high)
        self._body.place(glass.inset(-rim, -rim), px(5), px(0.6))
        self._glass.place(glass, px(1), px(0.6))
        per_mm = wide / _GLASS_MM[0]
        w, h = (round(x * per_mm) for x in _SIZES_MM[self._what])
        sheet = Box(glass.x + px(2), glass.y + px(2), w, h)
        self._sheet.place(sheet, px(3 if self._what == CARD else 0), px(0.75))
        self._down.place(Box(sheet.x, sheet.y, sheet.w, sheet.h))
        self._down.visible = True
        length, thick = px(13), px(3)
        x, y = glass.x - rim + px(2), glass.y - rim + px(2)
        self._mark.place((Box(x, y, length, thick), Box(x, y, thick, length)))
        self._arrow.place(())
        self._lines.place(())

    def _lifted(self, box: Box) -> None:
        px = self.theme.px
        wide = min(box.w * 2 // 3, px(150))
        sheet_h, arrow_h, plate_h = px(58), px(34), px(34)
        top = box.y + max(0, (box.h - sheet_h - arrow_h - plate_h - px(12)) // 2)
        sheet_w = round(sheet_h * 85.6 / 54.0)
        sheet = Box(box.x + (box.w - sheet_w) // 2, top, sheet_w, sheet_h)
        self._sheet.place(sheet, px(4), px(0.75))
        rows = [part(sheet, 0.08, 0.16 + 0.15 * n, 0.46 - 0.12 * (n % 2), 0.05) for n in range(4)]
        self._lines.place((*rows, part(sheet, 0.08, 0.82, 0.84, 0.06)))
        arrow = Box(box.x + box.w // 2 - px(14), top + sheet_h + px(6), px(28), arrow_h)
        self._arrow.place(arrow_up(arrow))
        plate = Box(box.x + (box.w - wide) // 2, arrow.bottom + px(6), wide, plate_h)
        self._body.place(plate, px(5), px(0.6))
        self._glass.place(plate.inset(px(8), px(8)), px(1), px(0.6))
        self._mark.place(())
        self._down.place(Box())
        self._down.visible = False

    def repaint(self) -> None:
        self._body.paint("off", "edge")
        self._glass.paint("info", "info_edge")
        self._sheet.paint("card", "ink")
        for rects in (self._mark, self._arrow, self._lines):
            rects.paint()
        if hasattr(self, "_down"):
            self._down.paint("ink", "card")
