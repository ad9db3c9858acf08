"""Drawn pictures where people would rather look than read: a bill or a slip above the reader."""

from __future__ import annotations

from kiosk.i18n import _
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label


class _Paper(Widget):
    """A sheet of paper, an arrow down, the reader's red light; subclasses write on the sheet."""

    role = "image"
    ASPECT = 0.72  # width of the sheet to its height

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._sheet = RoundBox(self.theme, self.solid, self.ink, "card", "edge")
        self._reader = RoundBox(self.theme, self.solid, self.ink, "off", "edge")
        self._light = Rects(self.theme, self.solid, "stop")
        self._arrow = Rects(self.theme, self.solid, "action")
        self.lines = Rects(self.theme, self.solid, "edge")
        self.dark = Rects(self.theme, self.solid, "ink")
        self.mark = Rects(self.theme, self.solid, "action")
        self._with_reader = True

    def show(self, *, reader: bool) -> None:
        """With the reader under the sheet, or the sheet alone."""
        if reader != self._with_reader:
            self._with_reader = reader
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        if box.h <= 0:
            return
        px = self.theme.px
        reader = Box(box.x + box.w // 4, box.bottom - px(18), box.w // 2, px(18))
        arrow = Box(box.x + box.w // 2 - px(8), reader.y - px(5) - px(15), px(16), px(15))
        height = (arrow.y - px(5) if self._with_reader else box.bottom) - box.y
        width = min(round(height * self.ASPECT), box.w)
        sheet = Box(box.x + (box.w - width) // 2, box.y, width, height)
        self._sheet.place(sheet, px(3), px(0.6))
        if self._with_reader:
            self._reader.place(reader, px(4), px(0.6))
            self._light.place((reader.inset(px(8), px(6)),))
            self._arrow.place(arrow_down(arrow))
        else:
            self._reader.place(Box(), 0)
            self._light.place(())
            self._arrow.place(())
        self.write(sheet)

    def write(self, sheet: Box) -> None:
        """Draw what stands on the sheet."""
        raise NotImplementedError

    def repaint(self) -> None:
        self._sheet.paint("card", "edge")
        self._reader.paint("off", "edge")
        for rects in (self._light, self._arrow, self.lines, self.dark, self.mark):
            rects.paint()


def arrow_down(box: Box) -> list[Box]:
    """A shaft and a head, the head as rows of pixels."""
    head = box.h * 3 // 5
    shaft = box.w // 3
    parts = [Box(box.x + (box.w - shaft) // 2, box.y, shaft, box.h - head)]
    for row in range(head):
        width = max(1, box.w * (head - row) // head)
        parts.append(Box(box.x + (box.w - width) // 2, box.bottom - head + row, width, 1))
    return parts


def frame(box: Box, width: int) -> tuple[Box, ...]:
    """The four sides of a box."""
    return (
        Box(box.x, box.y, box.w, width),
        Box(box.x, box.bottom - width, box.w, width),
        Box(box.x, box.y, width, box.h),
        Box(box.right - width, box.y, width, box.h),
    )


def part(sheet: Box, x: float, y: float, w: float, h: float) -> Box:
    """A box by shares of the sheet."""
    return Box(
        sheet.x + round(sheet.w * x),
        sheet.y + round(sheet.h * y),
        max(1, round(sheet.w * w)),
        max(1, round(sheet.h * h)),
    )


class BillPicture(_Paper):
    """A utility bill: its name, its account number, a barcode at its foot.

    What is asked for is marked: the barcode while the reader is shown, else the account number,
    or the name with ``mark="name"``.
    """

    def __init__(self, kit: Kit, widget_id: str, *, mark: str = "account") -> None:
        super().__init__(kit, widget_id)
        self._marks_name = mark == "name"
        self._band = Rects(self.theme, self.solid, "action")
        self._caption = self.add(
            Label(
                kit,
                "",
                _("单位名称") if self._marks_name else _("户号"),
                em_mm=10.0,
                face="bold",
                colour="on_action",
                on="action",
                align="center",
                anchor="middle",
                role="",
            )
        )

    @property
    def text(self) -> str:
        if self._marks_name:
            return _("账单的样子：缴费单位的名称在最上面")
        return _("账单的样子：户号在上面，条码在下面")

    def write(self, sheet: Box) -> None:
        rows = [part(sheet, 0.1, 0.33 + 0.08 * n, 0.8 - 0.2 * (n % 2), 0.022) for n in range(4)]
        marked, plain = part(sheet, 0.1, 0.15, 0.8, 0.13), part(sheet, 0.1, 0.07, 0.45, 0.035)
        if self._marks_name:
            marked, plain = part(sheet, 0.1, 0.06, 0.8, 0.13), part(sheet, 0.1, 0.24, 0.6, 0.035)
        self.lines.place((plain, *rows))
        self._band.place((marked,))
        self._paint_band()
        self._caption.place(marked)
        barcode = part(sheet, 0.08, 0.69, 0.84, 0.26)
        self.mark.place(frame(barcode, self.theme.px(1.5)) if self._with_reader else ())
        bars = []
        x, widths = 0.14, (3, 1, 2, 1, 1, 3, 1, 2, 2, 1, 3, 1, 1, 2, 1, 3, 2, 1, 1, 2)
        for n, width in enumerate(widths):
            share = width * 0.0215
            if n % 2 == 0:
                bars.append(part(sheet, x, 0.73, share, 0.18))
            x += share
        self.dark.place(tuple(bars))

    def _paint_band(self) -> None:
        ground, front = ("info", "ink") if self._with_reader else ("action", "on_action")
        self._band.paint(ground)
        self._caption.paint(front, ground)

    def repaint(self) -> None:
        super().repaint()
        if hasattr(self, "_caption"):
            self._paint_band()


class SlipPicture(_Paper):
    """Our own slip: some lines and the square code at its foot."""

    ASPECT = 0.62

    @property
    def text(self) -> str:
        return _("小票的样子：方块在下面")

    def write(self, sheet: Box) -> None:
        rows = [part(sheet, 0.12, 0.17 + 0.07 * n, 0.76 - 0.25 * (n % 2), 0.02) for n in range(4)]
        self.lines.place((part(sheet, 0.25, 0.07, 0.5, 0.045), *rows))
        cells = ("1110111", "1010101", "1110111", "0001010", "1110110", "1011001", "1110101")
        cell = max(1, round(sheet.w * 0.5 / 7))
        left = sheet.x + (sheet.w - 7 * cell) // 2
        top = sheet.y + round(sheet.h * 0.94) - 8 * cell
        self.dark.place(
            Box(left + x * cell, top + y * cell, cell, cell)
            for y, row in enumerate(cells)
            for x, value in enumerate(row)
            if value == "1"
        )
        around = Box(left, top, 7 * cell, 7 * cell).inset(-cell)
        self.mark.place(frame(around, self.theme.px(1.5)) if self._with_reader else ())
