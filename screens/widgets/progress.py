"""How far something has come, as a bar."""

from __future__ import annotations

from screens.drawing import Box, RoundBox
from screens.widgets.base import Kit, Pair, Widget


class Progress(Widget):
    """A bar that is filled from the left; ``share`` from 0 to 1."""

    role = "image"

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._share = 0.0
        self._ground = RoundBox(self.theme, self.solid, self.ink, "bar", "edge")
        self._bar = RoundBox(self.theme, self.solid, self.ink, "action", "")

    def show(self, share: float) -> None:
        """Fill it so far."""
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        radius = self.theme.px(6)
        self._ground.place(box, radius, self.theme.px(0.6))
        wide = round(box.w * self._share)
        bar = Box(box.x, box.y, max(wide, box.h), box.h) if wide else Box()
        self._bar.place(bar, radius)

    def repaint(self) -> None:
        self._ground.paint("bar", "edge")
        self._bar.paint("action", "")

    def pairs(self) -> tuple[Pair, ...]:
        return (Pair("action", "bar", "edge"), Pair("edge", "paper", "edge"))
