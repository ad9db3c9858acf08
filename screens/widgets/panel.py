"""Boxes that hold something: cards, explaining panels, warnings."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box, RoundBox
from screens.theme import SPACE
from screens.widgets.base import Kit, Pair, Touchable, Widget

# kind: ground, edge, colour of text on it
KINDS = {
    "card": ("card", "edge", "ink"),
    "info": ("info", "info_edge", "ink"),
    "wait": ("wait", "wait_edge", "on_wait"),
    "off": ("off", "edge", "soft"),
}


class Panel(Widget):
    """A box with round corners. Kinds: ``card``, ``info``, ``wait``, ``off`` (dashed)."""

    def __init__(self, kit: Kit, widget_id: str = "", kind: str = "card") -> None:
        super().__init__(kit, widget_id)
        self.kind = kind
        self.ground, self.edge, self.text_colour = KINDS[kind]
        self._back = RoundBox(self.theme, self.solid, self.ink, self.ground, self.edge)

    def place(self, box: Box) -> None:
        super().place(box)
        self._back.place(
            box, self.theme.px(SPACE.radius), self.theme.px(SPACE.edge), self.kind == "off"
        )

    def turn(self, kind: str) -> None:
        """Become another kind; the caller repaints the texts on it."""
        if kind != self.kind:
            self.kind = kind
            self.ground, self.edge, self.text_colour = KINDS[kind]
            self.repaint()
            self.place(self.box)

    def repaint(self) -> None:
        self._back.paint(self.ground, self.edge)

    def pairs(self) -> tuple[Pair, ...]:
        return ()


class PressablePanel(Touchable):
    """A card the size of a hand that is a button as a whole."""

    min_mm = (60.0, 30.0)

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        on_touch: Callable[[], None],
        *,
        guard: bool = False,
    ) -> None:
        super().__init__(kit, widget_id, on_touch, guard=guard)
        self._back = RoundBox(self.theme, self.solid, self.ink, "card", "edge")

    @property
    def ground(self) -> str:
        """Name of the colour texts on it stand on."""
        return "card" if self.enabled else "off"

    def place(self, box: Box) -> None:
        super().place(box)
        self._back.place(
            box, self.theme.px(SPACE.radius), self.theme.px(SPACE.edge), not self.enabled
        )

    def enable(self, enabled: bool) -> None:
        """In order, or grey and dashed in the same place."""
        if enabled != self.enabled:
            self.enabled = enabled
            self.repaint()
            self.place(self.box)

    def repaint(self) -> None:
        self._back.paint(self.ground + ("!" if self.pressed else ""), "edge")

    def pairs(self) -> tuple[Pair, ...]:
        return (Pair("edge", "paper", "edge"), Pair("edge", self.ground, "edge"))
