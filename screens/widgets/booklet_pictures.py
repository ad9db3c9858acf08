"""Drawn pictures of 病历本: a card above the place where it is laid, a booklet in its slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kiosk.i18n import _
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label
from screens.widgets.pictures import arrow_down, part

SHORT = 4  # characters of a name that fit on the booklet in the larger size


class CardPicture(Widget):
    """An ID card, an arrow down, and the plate it is laid on; while it is read it lies there."""

    role = "image"
    CARD = 85.6 / 54.0  # width to height of an ID-1 card (ISO/IEC 7810)

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._plate = RoundBox(self.theme, self.solid, self.ink, "off", "edge")
        self._card = RoundBox(self.theme, self.solid, self.ink, "card", "ink")
        self._lines = Rects(self.theme, self.solid, "edge")
        self._face = Rects(self.theme, self.solid, "info_edge")
        self._arrow = Rects(self.theme, self.solid, "action")
        self._lies = False

    @property
    def text(self) -> str:
        return _("身份证的样子：平放在读卡口上")

    def show(self, *, lies: bool) -> None:
        """Lying on the plate, or to be laid there."""
        if lies != self._lies:
            self._lies = lies
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        room = box.h - px(26)
        if room <= px(20):
            return
        height = min(room // 2, round(box.w * 0.62 / self.CARD))
        width = round(height * self.CARD)
        plate = Box(0, 0, round(width * 1.25), round(height * 0.55)) if self._lies else None
        x = box.x + (box.w - width) // 2
        plate_w, plate_h = width + px(30), height + px(14)
        top = box.y + max(0, box.h - plate_h - (0 if plate else height + px(24))) // 2
        if plate is not None:
            lying = Box(box.x + (box.w - plate_w) // 2, top, plate_w, plate_h)
            card = Box(x, top + px(7), width, height)
            self._arrow.place(())
        else:
            card = Box(x, top, width, height)
            arrow = Box(box.x + box.w // 2 - px(8), card.bottom + px(4), px(16), px(15))
            self._arrow.place(arrow_down(arrow))
            lying = Box(box.x + (box.w - plate_w) // 2, arrow.bottom + px(5), plate_w, px(22))
        self._plate.place(lying, px(6), px(0.6))
        self._card.place(card, px(5), px(0.75))
        rows = [part(card, 0.08, 0.16 + 0.15 * n, 0.46 - 0.12 * (n % 2), 0.05) for n in range(4)]
        self._lines.place((*rows, part(card, 0.08, 0.82, 0.84, 0.06)))
        self._face.place((part(card, 0.70, 0.14, 0.16, 0.24), part(card, 0.64, 0.42, 0.28, 0.28)))

    def repaint(self) -> None:
        self._plate.paint("off", "edge")
        self._card.paint("card", "ink")
        for rects in (self._lines, self._face, self._arrow):
            rects.paint()


class SlotPicture(Widget):
    """The slot, and a booklet in it: on its way, there to be taken, or going back."""

    role = "image"
    OUT: ClassVar[Mapping[str, float]] = {"moving": 0.35, "at_take": 1.0, "calling_back": 0.35}
    """How much of the booklet can be seen, as a share of all there is to see."""

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._book = Rects(self.theme, self.solid, "seal_booklet")
        self._pages = Rects(self.theme, self.solid, "on_seal")
        self._slot = RoundBox(self.theme, self.solid, self.ink, "off", "edge")
        self._gap = Rects(self.theme, self.solid, "ink")
        self._arrow = Rects(self.theme, self.solid, "action")
        name = _("病历本")
        self._name = self.add(
            Label(
                kit,
                "",
                name,
                em_mm=14.0 if len(name) <= SHORT else 11.0,
                face="bold",
                colour="on_seal",
                on="seal_booklet",
                align="center",
                anchor="middle",
                role="",
            )
        )
        self._where = "moving"

    @property
    def text(self) -> str:
        return _("出本口的样子：本子从这里出来")

    def show(self, where: str) -> None:
        """``moving``, ``at_take`` or ``calling_back``."""
        if where != self._where:
            self._where = where
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        slot_h, gap_h = px(30), px(5)
        room = box.h - slot_h - px(26)
        if room <= px(20):
            return
        share = self.OUT[self._where]
        full = min(room, px(110))
        width = min(round(full * 0.72), box.w // 2)
        height = round(full * share)
        slot_w = width + px(50)
        top = box.y + (box.h - slot_h - full - px(24)) // 2
        slot = Box(box.x + (box.w - slot_w) // 2, top, slot_w, slot_h)
        gap = Box(slot.x + px(16), slot.bottom - px(10) - gap_h, slot.w - px(32), gap_h)
        book = Box(box.x + (box.w - width) // 2, gap.bottom - px(2), width, height + px(8))
        self._slot.place(slot, px(5), px(0.6))
        self._gap.place((gap,))
        self._book.place((book,))
        there = self._where == "at_take"
        self._name.visible = there
        self._name.place(Box(book.x, book.y + book.h // 4, book.w, px(24)))
        self._pages.place((part(book, 0.1, 0.86, 0.8, 0.02), part(book, 0.1, 0.92, 0.8, 0.02)))
        arrow = Box(box.x + box.w // 2 - px(8), book.bottom + px(5), px(16), px(15))
        self._arrow.place(arrow_down(arrow) if self._where != "calling_back" else ())

    def repaint(self) -> None:
        self._slot.paint("off", "edge")
        for rects in (self._book, self._pages, self._gap, self._arrow):
            rects.paint()
        if hasattr(self, "_name"):
            self._name.paint("on_seal", "seal_booklet")
