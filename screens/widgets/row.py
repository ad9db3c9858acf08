"""A row to touch that may be low: its second text goes beside the first one then."""

from __future__ import annotations

from screens.drawing import Box
from screens.widgets.pick import Pick

_PAD = 11.0  # beside the texts, mm
_AIR = 6.0  # above and below two lines, both together, mm


class Row(Pick):
    """``share``: how much of a low row the first text gets."""

    share = 0.45

    @property
    def low(self) -> bool:
        """Whether there is no room for two lines."""
        return self.box.h < self.title.line_px + self.detail.line_px + self.theme.px(_AIR)

    def place(self, box: Box) -> None:
        super().place(box)
        if not self.low:
            return
        pad = self.theme.px(_PAD)
        inner = Box(box.x + pad, box.y, box.w - 2 * pad, box.h)
        first = round(inner.w * self.share)
        self.title.place(Box(inner.x, inner.y, first, inner.h))
        self.detail.place(Box(inner.x + first, inner.y, inner.w - first, inner.h))
