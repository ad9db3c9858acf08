"""The whole screen in one colour after the other: dead pixels, stripes, a wrong cable."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.tech_test_steps import COLOURS, TechColours
from screens.base import Frame, Screen
from screens.drawing import Box, Rects
from screens.tech_page import spoken, step_of
from screens.widgets.base import Kit, Touchable

__all__ = ["TechColoursScreen", "spoken", "view_of"]


@dataclass(frozen=True, slots=True)
class ColourPage:
    """A colour of ``COLOURS``."""

    colour: str = COLOURS[0]


def view_of(state: State) -> ColourPage:
    step = step_of(state, TechColours)
    return ColourPage(COLOURS[step.at % len(COLOURS)])


class Glass(Touchable):
    """All of it in one colour; a touch anywhere shows the next."""

    def __init__(self, kit: Kit, screen: TechColoursScreen) -> None:
        super().__init__(kit, "colours.next", screen.touched, guard=True)
        self._rects = Rects(self.theme, self.solid, "test_white")
        self._colour = COLOURS[0]

    @property
    def text(self) -> str:
        return self._colour

    def show(self, colour: str) -> None:
        """Take that colour."""
        self._colour = colour
        self.repaint()

    def place(self, box: Box) -> None:
        super().place(box)
        self._rects.place((box,))

    def repaint(self) -> None:
        self._rects.paint(f"test_{self._colour}")


class TechColoursScreen(Screen):
    name = "tech_colours"
    offers = ()

    def build(self) -> None:
        self.glass = self.add(Glass(self.kit, self))

    def arrange(self, body: Box) -> None:  # noqa: ARG002  # the whole glass
        self.glass.place(Box(0, 0, self.theme.width, self.theme.height))

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self.top.visible = self.bottom.visible = self.heading.visible = False

    def show(self, view: ColourPage) -> None:
        self.glass.show(view.colour)

    def touched(self) -> None:
        self.send("colours.next", None)
