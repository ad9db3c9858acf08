"""Five crosses, one after the other: how far from each does the panel say it was touched?"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from kiosk.core.state import State
from kiosk.core.visit.tech_test_steps import POINTS, TechTouch
from screens.base import Frame, Screen
from screens.drawing import Box, Rects
from screens.tech_page import spoken, step_of
from screens.theme import SPACE
from screens.widgets.base import Kit, Touchable

__all__ = ["TechTouchScreen", "spoken", "view_of"]

ARM_MM = 9.0


@dataclass(frozen=True, slots=True)
class TouchPage:
    """Which cross is shown, from 0."""

    at: int = 0


def view_of(state: State) -> TouchPage:
    step = step_of(state, TechTouch)
    return TouchPage(min(len(step.hits), len(POINTS) - 1))


class Cross(Touchable):
    """The whole glass, with a cross in one place; it says where it was touched."""

    def __init__(self, kit: Kit, screen: TechTouchScreen) -> None:
        super().__init__(kit, "touch.at", screen.touched, guard=True)
        self._arms = Rects(self.theme, self.solid, "ink")
        self.at_px = (0, 0)

    @property
    def text(self) -> str:
        return "十字"

    def show(self, share: tuple[float, float]) -> None:
        """Put the cross at these shares of the panel."""
        x, y = (round(a * b) for a, b in zip(share, (self.box.w, self.box.h), strict=True))
        arm, thick = self.theme.px(ARM_MM), self.theme.px(SPACE.edge)
        self.at_px = (x, y)
        self._arms.place(
            (
                Box(x - arm, y - thick // 2, 2 * arm, thick),
                Box(x - thick // 2, y - arm, thick, 2 * arm),
            )
        )

    def repaint(self) -> None:
        self._arms.paint()


class TechTouchScreen(Screen):
    name = "tech_touch"
    offers = ()

    def build(self) -> None:
        self.cross = self.add(Cross(self.kit, self))

    def arrange(self, body: Box) -> None:  # noqa: ARG002  # the whole glass
        self.cross.place(Box(0, 0, self.theme.width, self.theme.height))

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self.top.visible = self.bottom.visible = False

    def show(self, view: TouchPage) -> None:
        self.heading.say(f"请点十字中心 {view.at + 1}/{len(POINTS)}")
        self.cross.show(POINTS[view.at])

    def touched(self) -> None:
        """Tell where, in shares of the panel, and how many millimetres from the cross."""
        (x, y), (there_x, there_y) = self.cross.touched_at, self.cross.at_px
        far = self.theme.mm(hypot(x - there_x, y - there_y))
        share_x, share_y = x / self.theme.width, y / self.theme.height
        self.send("touch.at", f"{share_x:.5f} {share_y:.5f} {far:.2f}")
