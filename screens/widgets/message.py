"""A few sentences on a panel that is as high as they need."""

from __future__ import annotations

from screens.drawing import Box
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label
from screens.widgets.panel import KINDS, Panel

_PAD = (11.0, 8.0)  # beside and above the text, mm
_BETWEEN = 3.0  # between the lead and the rest, mm


class Message(Widget):
    """Sentences on a panel, after a bold lead if there is one. Kinds as of :class:`Panel`."""

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        kind: str = "info",
        *,
        em_mm: float = 12.0,
        lead_mm: float = 16.0,
        private: bool = False,
    ) -> None:
        super().__init__(kit)
        ground, _edge, colour = KINDS[kind]
        self.panel = self.add(Panel(kit, kind=kind))
        self.lead = self.add(
            Label(
                kit,
                f"{widget_id}.lead",
                em_mm=lead_mm,
                face="bold",
                colour=colour,
                on=ground,
                private=private,
            )
        )
        self.words = self.add(
            Label(kit, widget_id, em_mm=em_mm, colour=colour, on=ground, private=private)
        )

    def say(self, words: str, lead: str = "") -> None:
        """Show these sentences; the caller lays out again if their height may have changed."""
        self.words.say(words)
        self.lead.say(lead)
        self.lead.visible = bool(lead)
        self.words.visible = bool(words)

    def turn(self, kind: str) -> None:
        """Become another kind of panel."""
        self.panel.turn(kind)
        for label in (self.lead, self.words):
            label.paint(self.panel.text_colour, self.panel.ground)

    def fit(self, width: int) -> int:
        """Height in pixels that the panel needs at that width."""
        inner = width - 2 * self.theme.px(_PAD[0])
        return sum(self._heights(inner)) + self._between() + 2 * self.theme.px(_PAD[1])

    def place(self, box: Box) -> None:
        super().place(box)
        self.panel.place(box)
        inner = box.inset(self.theme.px(_PAD[0]), 0)
        lead, words = self._heights(inner.w)
        top = box.y + (box.h - lead - words - self._between()) // 2
        self.lead.place(Box(inner.x, top, inner.w, lead))
        self.words.place(Box(inner.x, top + lead + self._between(), inner.w, words))

    def _heights(self, width: int) -> tuple[int, int]:
        return self.lead.fit_height(width), self.words.fit_height(width)

    def _between(self) -> int:
        return self.theme.px(_BETWEEN) if self.lead.text and self.words.text else 0
