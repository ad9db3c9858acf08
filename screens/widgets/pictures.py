"""Drawn pictures where people would rather look than read: a bill, a slip, the reader's light."""

from __future__ import annotations

from kiosk.i18n import _
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label


class _Paper(Widget):
    """A sheet of paper above the reader's red light; subclasses write on it."""

    role = "image"
    ASPECT = 0.72  # width of the sheet to its height

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self.sheet = RoundBox(self.theme, self.solid, self.ink, "code", "edge")
        self.light = Rects(self.theme, self.solid, "stop")
        self.lines = Rects(self.theme, self.solid, "edge")
        self.dark = Rects(self.theme, self.solid, "on_code")
        self.mark = Rects(self.theme, self.solid, "action")

    def place(self, box: Box) -> None:
        super().place(box)
        if not box.h:
            return
        px = self.theme.px
        light = px(5)
        height = box.h - px(16)
        width = min(round(height * self.ASPECT), box.w)
        sheet = Box(box.x + (box.w - width) // 2, box.y, width, height)
        self.sheet.place(sheet, px(3), px(0.6))
        beam = round(width * 0.7)
        self.light.place((Box(box.x + (box.w - beam) // 2, box.bottom - light, beam, light),))
        self.write(sheet)

    def write(self, sheet: Box) -> None:
        """Draw what stands on the sheet."""
        raise NotImplementedError

    def repaint(self) -> None:
        self.sheet.paint("code", "edge")
        for rects in (self.light, self.lines, self.dark, self.mark):
            rects.paint()


def _part(sheet: Box, x: float, y: float, w: float, h: float) -> Box:
    """A box by shares of the sheet."""
    return Box(
        sheet.x + round(sheet.w * x),
        sheet.y + round(sheet.h * y),
        max(1, round(sheet.w * w)),
        max(1, round(sheet.h * h)),
    )


class BillPicture(_Paper):
    """A utility bill: the barcode at its foot, the account number framed."""

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self.account = self.add(
            Label(
                kit,
                "",
                _("户号"),
                em_mm=9.0,
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
        return _("账单的样子：户号在上面，条码在下面")

    def write(self, sheet: Box) -> None:
        rows = [_part(sheet, 0.1, 0.30 + 0.075 * n, 0.8 - 0.2 * (n % 2), 0.022) for n in range(4)]
        self.lines.place((_part(sheet, 0.1, 0.07, 0.45, 0.035), *rows))
        frame = _part(sheet, 0.1, 0.135, 0.8, 0.12)
        self.mark.place((frame,))
        self.account.place(frame)
        bars = []
        x, widths = 0.14, (3, 1, 2, 1, 1, 3, 1, 2, 2, 1, 3, 1, 1, 2, 1, 3, 2, 1, 1, 2)
        for n, width in enumerate(widths):
            share = width * 0.0215
            if n % 2 == 0:
                bars.append(_part(sheet, x, 0.70, share, 0.20))
            x += share
        self.dark.place(tuple(bars))


class SlipPicture(_Paper):
    """Our own slip: some lines and the square code at its foot."""

    ASPECT = 0.6

    @property
    def text(self) -> str:
        return _("小票的样子：方块在下面")

    def write(self, sheet: Box) -> None:
        rows = [_part(sheet, 0.12, 0.16 + 0.07 * n, 0.76 - 0.25 * (n % 2), 0.02) for n in range(4)]
        self.lines.place((_part(sheet, 0.25, 0.06, 0.5, 0.045), *rows))
        side = 0.5
        height = side * sheet.w / sheet.h
        left, top = (1 - side) / 2, 0.93 - height
        cells = ("1110111", "1010101", "1110111", "0001010", "1110110", "1011001", "1110101")
        self.dark.place(
            tuple(
                _part(
                    sheet,
                    left + side * x / 7,
                    top + height * y / 7,
                    side / 7 + 0.002,
                    height / 7 + 0.002,
                )
                for y, row in enumerate(cells)
                for x, cell in enumerate(row)
                if cell == "1"
            )
        )
