"""Buttons with a text on them."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box, RoundBox
from screens.theme import SPACE, TYPE
from screens.widgets.base import Kit, Pair, Touchable
from screens.widgets.label import Label

# kind: ground, edge, text, em in mm, what it stands on, smallest size in mm
_KINDS: dict[str, tuple[str, str, str, float, str, tuple[float, float]]] = {
    "main": ("action", "", "on_action", TYPE.button, "paper", (60.0, 30.0)),
    "stop": ("stop", "", "on_stop", TYPE.button, "paper", (60.0, 30.0)),
    "plain": ("card", "ink", "ink", TYPE.button, "paper", (60.0, 30.0)),
    "bar": ("card", "ink", "ink", TYPE.bar, "bar", (20.0, 20.0)),
    "band": ("on_practice", "", "practice", TYPE.bar, "practice", (20.0, 20.0)),
    "key": ("card", "edge", "ink", 18.0, "paper", (20.0, 20.0)),
}


class Button(Touchable):
    """A button with a text.

    Kinds: ``main`` (filled, one a screen), ``stop`` (red), ``plain``, ``bar`` (of the bottom
    bar), ``band`` (of the yellow band), ``key`` (of the digit pad).
    """

    min_em_mm = 10.0

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        text: str,
        on_touch: Callable[[], None],
        *,
        kind: str = "plain",
        guard: bool = False,
        on_press: bool = False,
        em_mm: float | None = None,
    ) -> None:
        super().__init__(kit, widget_id, on_touch, guard=guard, on_press=on_press)
        self.kind = kind
        self._fill, self._edge, self._front, em, self._stands_on, self.min_mm = _KINDS[kind]
        self.em_mm = em_mm or em
        self._back = RoundBox(self.theme, self.solid, self.ink, self._fill, self._edge)
        self.label = Label(
            kit,
            text=text,
            em_mm=self.em_mm,
            face="bold",
            colour=self._front,
            on=self._fill,
            align="center",
            anchor="middle",
            role="",
        )
        self.add(self.label)

    @property
    def text(self) -> str:
        return self.label.text

    def say(self, text: str) -> None:
        """Show another text."""
        self.label.say(text)

    def place(self, box: Box) -> None:
        super().place(box)
        self._layout()

    def enable(self, enabled: bool) -> None:
        """Answer touches, or look dashed and stay in place."""
        if enabled != self.enabled:
            self.enabled = enabled
            self.repaint()
            self._layout()

    def repaint(self) -> None:
        fill, edge, front = self._look()
        self._back.paint(fill + ("!" if self.pressed else ""), edge)
        self.label.paint(front, fill)

    def pairs(self) -> tuple[Pair, ...]:
        fill, edge, _ = self._look()
        if edge:
            return (Pair(edge, self._stands_on, "edge"), Pair(edge, fill, "edge"))
        return (Pair(fill, self._stands_on, "edge"),)

    def _look(self) -> tuple[str, str, str]:
        return (self._fill, self._edge, self._front) if self.enabled else ("off", "edge", "soft")

    def _layout(self) -> None:
        radius = SPACE.radius * (0.8 if self.kind in ("bar", "key") else 1)
        width = SPACE.edge if self.kind == "key" or not self.enabled else SPACE.strong_edge
        px = self.theme.px
        self._back.place(self.box, px(radius), px(width), not self.enabled)
        self.label.place(self.box.inset(px(2), 0))
