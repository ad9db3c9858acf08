"""Pictures of rice: grains of a kind, and the bag under the mill's door."""

from __future__ import annotations

from kiosk.i18n import _
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.pictures import arrow_down

_GRAINS = {
    # Places of grains by shares of the box, then width and height of one by shares of its height.
    "long": (((0.06, 0.10), (0.50, 0.22), (0.16, 0.46), (0.50, 0.58), (0.08, 0.78)), 0.42, 0.13),
    "round": (((0.10, 0.08), (0.52, 0.14), (0.28, 0.40), (0.62, 0.50), (0.14, 0.66)), 0.30, 0.22),
}


class Grains(Widget):
    """A few grains, ``long`` or ``round``, each with its germ; nothing for ``none``."""

    role = "image"

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._kind = "none"
        self._ground = RoundBox(self.theme, self.solid, self.ink, "info", "info_edge")
        self._grains = [
            RoundBox(self.theme, self.solid, self.ink, "card", "edge") for _ in range(5)
        ]
        self._germs = Rects(self.theme, self.solid, "wait_edge")

    def show(self, kind: str) -> None:
        """Show grains of this kind."""
        if kind != self._kind:
            self._kind = kind
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        if self._kind not in _GRAINS or box.h <= 0:
            return
        places, width, height = _GRAINS[self._kind]
        w, h, px = round(box.h * width), round(box.h * height), self.theme.px
        self._ground.place(box, px(5), px(0.5))
        germs = []
        for grain, (x, y) in zip(self._grains, places, strict=True):
            at = Box(box.x + round(box.w * x), box.y + round(box.h * y), w, h)
            grain.place(at, h // 2, px(0.6))
            side = max(1, h // 3)
            germs.append(Box(at.x + h // 4, at.y + (h - side) // 2, side, side))
        self._germs.place(germs)

    def repaint(self) -> None:
        self._ground.paint("info", "info_edge")
        for grain in self._grains:
            grain.paint("card", "edge")
        self._germs.paint()


class BagPicture(Widget):
    """The mill's front with its door, an arrow, and an open bag under it."""

    role = "image"

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._full = False
        self._mill = RoundBox(self.theme, self.solid, self.ink, "off", "edge")
        self._door = RoundBox(self.theme, self.solid, self.ink, "card", "ink")
        self._arrow = Rects(self.theme, self.solid, "action")
        self._bag = RoundBox(self.theme, self.solid, self.ink, "card", "action")
        self._mouth = Rects(self.theme, self.solid, "action")
        self._rice = Rects(self.theme, self.solid, "wait_edge")

    @property
    def text(self) -> str:
        return _("米口的样子：袋子张开，放在门的下面")

    def show(self, *, full: bool) -> None:
        """With rice in the bag, or empty."""
        if full != self._full:
            self._full = full
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        if box.h <= 0:
            return
        px = self.theme.px
        width = min(box.w, box.h * 4 // 5)
        x = box.x + (box.w - width) // 2
        mill = Box(x, box.y, width, box.h * 2 // 5)
        self._mill.place(mill, px(4), px(0.6))
        door = Box(x + width // 4, mill.y + mill.h // 4, width // 2, mill.h * 3 // 5)
        self._door.place(door, px(2), px(0.8))
        bag = Box(x + width // 5, box.y + box.h * 3 // 5, width * 3 // 5, box.h * 2 // 5)
        self._bag.place(bag, px(4), px(1.2))
        lip = px(2.4)
        self._mouth.place((Box(bag.x - px(3), bag.y, bag.w + 2 * px(3), lip),))
        rice = Box(bag.x, bag.y + bag.h // 2, bag.w, bag.h // 2).inset(px(5))
        self._rice.place((rice,) if self._full else ())
        side = box.h // 8
        high = bag.y - mill.bottom - px(6)
        self._arrow.place(arrow_down(Box(x + (width - side) // 2, mill.bottom + px(3), side, high)))

    def repaint(self) -> None:
        self._mill.paint("off", "edge")
        self._door.paint("card", "ink")
        self._bag.paint("card", "action")
        for rects in (self._arrow, self._mouth, self._rice):
            rects.paint()


class Gauge(Widget):
    """How much of a whole is there: a bar that fills from the left."""

    role = "image"

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._back = RoundBox(self.theme, self.solid, self.ink, "card", "edge")
        self._bar = Rects(self.theme, self.solid, "action")
        self._share = 0.0

    def show(self, share: float) -> None:
        """``share`` from 0 to 1."""
        if share != self._share:
            self._share = share
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._back.place(box, px(3), px(0.6))
        inner = box.inset(px(2), px(2))
        width = round(inner.w * max(0.0, min(1.0, self._share)))
        self._bar.place((Box(inner.x, inner.y, width, inner.h),) if width else ())

    def repaint(self) -> None:
        self._back.paint("card", "edge")
        self._bar.paint()
