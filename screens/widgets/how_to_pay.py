"""Card or phone: what to do at the payment terminal, as two pictures with a line each."""

from __future__ import annotations

from screens.drawing import Box, Rects, RoundBox
from screens.theme import TYPE
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label
from screens.widgets.panel import Panel

_ROW = 27.0  # height of a way with its picture, mm
_PAD = (11.0, 7.0)
_ICON = 28.0  # width of a picture, mm
_BETWEEN = 3.0  # between the ways and the last line, mm


class CardIcon(Widget):
    """A bank card: its stripe and its chip."""

    role = "image"

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._card = RoundBox(self.theme, self.solid, self.ink, "action", "")
        self._light = Rects(self.theme, self.solid, "on_action")

    def place(self, box: Box) -> None:
        super().place(box)
        card = Box(box.x, box.y + box.h // 8, box.w, box.h * 3 // 4)
        self._card.place(card, self.theme.px(2))
        stripe = Box(card.x, card.y + card.h // 6, card.w, card.h // 6)
        chip = Box(card.x + card.w // 8, card.y + card.h * 3 // 5, card.w // 5, card.h // 5)
        self._light.place((stripe, chip))

    def repaint(self) -> None:
        self._card.paint("action", "")
        self._light.paint()


class PhoneIcon(Widget):
    """A phone with a code on it."""

    role = "image"
    CELLS = ("11011", "10001", "00100", "10011", "11010")

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._phone = RoundBox(self.theme, self.solid, self.ink, "action", "")
        self._glass = Rects(self.theme, self.solid, "on_action")
        self._code = Rects(self.theme, self.solid, "action")

    def place(self, box: Box) -> None:
        super().place(box)
        width = box.h * 5 // 8
        phone = Box(box.x + (box.w - width) // 2, box.y, width, box.h)
        self._phone.place(phone, self.theme.px(2.4))
        edge = self.theme.px(1.4)
        glass = phone.inset(edge, 2 * edge)
        self._glass.place((glass,))
        cell = (glass.w - 2 * edge) // len(self.CELLS)
        x = glass.x + (glass.w - cell * len(self.CELLS)) // 2
        y = glass.y + (glass.h - cell * len(self.CELLS)) // 2
        self._code.place(
            Box(x + column * cell, y + row * cell, cell, cell)
            for row, cells in enumerate(self.CELLS)
            for column, value in enumerate(cells)
            if value == "1"
        )

    def repaint(self) -> None:
        self._phone.paint("action", "")
        self._glass.paint()
        self._code.paint()


class HowToPay(Widget):
    """A panel with both ways and a last line under them."""

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit)
        self._panel = self.add(Panel(kit, kind="info"))
        self._icons = (self.add(CardIcon(kit)), self.add(PhoneIcon(kit)))
        self._ways = [
            self.add(Label(kit, f"{widget_id}.{name}", em_mm=12.0, on="info", anchor="middle"))
            for name in ("card", "phone")
        ]
        self._last = self.add(Label(kit, f"{widget_id}.last", em_mm=11.0, on="info"))

    def say(self, card: str, phone: str, last: str) -> None:
        """A line for each way, and what is true of both."""
        for label, text in zip((*self._ways, self._last), (card, phone, last), strict=True):
            label.say(text)

    def fit(self) -> int:
        """Height in pixels of the panel."""
        px = self.theme.px
        return 2 * px(_ROW) + px(_BETWEEN) + self._last.line_px + 2 * px(_PAD[1])

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._panel.place(box)
        inner = box.inset(px(_PAD[0]), px(_PAD[1]))
        row, side = px(_ROW), px(_ICON)
        x = inner.x + side + px(8)
        for n, (icon, label) in enumerate(zip(self._icons, self._ways, strict=True)):
            top = inner.y + n * row
            icon.place(Box(inner.x, top + px(2), side, row - px(4)))
            label.place(Box(x, top, inner.right - x, row))
        line = round(px(self._last.em_mm) * TYPE.line)
        self._last.place(Box(x, inner.y + 2 * row + px(_BETWEEN), inner.right - x, line))
