"""What a lesson draws over the real screen: band, card, light, hand, the volunteer's controls.

The screen below knows nothing of it. It is found by the id of the widget that is meant, and stays
whole: whatever isn't the card or the band can be touched as ever, the bottom bar above all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kivy.graphics import Color, InstructionGroup, Rectangle

from screens import guide_hand
from screens.base import Screen, Send
from screens.drawing import Box, Layer, Rects
from screens.finger import touchable_at
from screens.guide_card import Card
from screens.guide_place import best_place, hand_place
from screens.guide_sheet import Band, Sheet
from screens.theme import SPACE, rgb
from screens.walk import describe
from screens.widgets.base import Kit, Touchable, Widget
from screens.widgets.panel import Panel
from screens.widgets.qr import QrImage

if TYPE_CHECKING:
    from kiosk.classroom.run import Guidance

_AROUND_MM = 2.5
"""Between the lit widget and the frame around it."""
_AIR_MM = 1.5
_FRAME_MM = 1.6
_SHADE = 0.62
"""How dark everything else becomes."""


class Guide:
    """Drawn above whatever screen there is. ``send`` gets ``guide.control``, ``guide.press`` and
    ``guide.leave``.
    """

    def __init__(self, kit: Kit, send: Send) -> None:
        self.theme = kit.theme
        self._send = send
        self.root = InstructionGroup()
        self._dark: Screen | None = None
        self._layer = Layer()
        self._top = Widget(kit, "guide")
        self._frame = Rects(self.theme, self._top.solid, "practice")
        self._hand = InstructionGroup()
        self._top.ink.add(self._hand)
        self.card = self._top.add(Card(kit, self._move, lambda n: send("guide.press", n)))
        self.sheet = self._top.add(Sheet(kit, self._control))
        self.band = self._top.add(Band(kit, self._open))
        self.sheet.visible = False
        self._screen: Screen | None = None
        self._view: Guidance | None = None
        self._moved = False
        self._place: object = None
        self._shown = False
        self.band.place(Box(0, 0, self.theme.width, self.theme.px(32)))

    # Showing

    def show(self, view: Guidance | None, screen: Screen) -> None:
        """Draw this over that screen, None for nothing."""
        if view is None:
            self._hide()
            return
        fresh = self._view is None or (view.number, view.text) != (
            self._view.number,
            self._view.text,
        )
        self._view, self._screen = view, screen
        if fresh:
            self._moved = False
        self.band.show(view.number, view.count)
        self.card.show(view)
        self.sheet.show(view.controls)
        for widget in self._top.walk():
            if isinstance(widget, Touchable):
                widget.unlock()
        if not self._shown:
            self._shown = True
            self._layer.show(self._top._held[0], self._top._held[1])
            self.root.add(self._layer.root)
        self._arrange()

    def _hide(self) -> None:
        self._darken(None)
        self._view = self._screen = self._place = None
        self.sheet.visible = False
        if self._shown:
            self._shown = False
            self.root.clear()
            self._layer.clear()

    def wipe(self) -> None:
        """Nothing of a learner stays."""
        self._top.wipe()
        self._place = None

    # Places

    def _target(self) -> Widget | None:
        if self._view is None or self._screen is None or not self._view.target:
            return None
        return next((x for x in self._screen.walk() if x.id == self._view.target), None)

    def _arrange(self) -> None:
        assert self._view is not None and self._screen is not None
        target = self._target()
        lit = target is not None and self._view.light and not self.sheet.visible
        pointed = target is not None and self._view.finger and not self.sheet.visible
        obstacles = tuple(_obstacles(self._screen))
        box = target.box if target is not None else None
        self._darken(target if lit else None)
        seen = (self._screen.name, self.sheet.visible, self.theme.name)
        place = (self._view, box, obstacles, self._moved, seen)
        if place == self._place:
            return
        self._place = place
        room = self.room
        margin = self.theme.px(SPACE.margin)
        width = room.w - 2 * margin
        height = self.card.fit(width)
        around = box.inset(-self.theme.px(_AROUND_MM)) if box is not None else None
        y = best_place(room, height, around, obstacles, self.theme.px(3), other=self._moved)
        self.card.place(Box(margin, y, width, height))
        self.sheet.place(Box(margin, room.y, width, self.sheet.fit(width)))
        self.card.visible = not self.sheet.visible
        self._point(around if pointed else None, box, obstacles)
        self._frame.paint()

    @property
    def room(self) -> Box:
        """Between the band and the screen's own bottom bar."""
        assert self._screen is not None
        top = self.band.box.bottom + self.theme.px(4)
        return Box(0, top, self.theme.width, self._screen.bottom.box.y - top - self.theme.px(3))

    @property
    def _below_band(self) -> Box:
        top = self.band.box.bottom
        return Box(0, top, self.theme.width, self.theme.height - top)

    def _darken(self, lit: Widget | None) -> None:
        """Paint the screen dark but for that widget and the bottom bar; None: as ever.

        A dark sheet over it would cost a blended pixel for each of a million; colours cost nothing.
        Whatever the screen paints anew is bright until it is shown next: a pressed button is seen.
        """
        screen = self._screen if lit is not None else None
        if self._dark is not None and self._dark is not screen:
            _paint(self._dark)
        self._dark = screen
        if screen is None or lit is None:
            return
        with self.theme.in_the_dark(_SHADE):
            _paint(screen)
        _paint(lit)
        _paint(screen.bottom)

    @property
    def paper(self) -> tuple[float, float, float, float]:
        """What a frame is cleared with."""
        with self.theme.in_the_dark(_SHADE if self._dark is not None else 0.0):
            return self.theme.rgba("paper")

    def _point(
        self, around: Box | None, box: Box | None, obstacles: tuple[tuple[Box, int], ...]
    ) -> None:
        edge = self.theme.px(_FRAME_MM)
        self._hand.clear()
        if around is None or box is None:
            self._frame.place(())
            return
        a = around
        self._frame.place(
            (
                Box(a.x, a.y, a.w, edge),
                Box(a.x, a.bottom - edge, a.w, edge),
                Box(a.x, a.y, edge, a.h),
                Box(a.right - edge, a.y, edge, a.h),
            )
        )
        found = hand_place(
            self._below_band,
            box,
            self.card.box,
            lambda x: tuple(map(self.theme.px, guide_hand.size_mm(x))),
            obstacles,
        )
        if found is None:
            return  # no room beside it: the frame says enough
        pointing, place = found
        pale = ("ink", "card") if self.theme.name == "day" else ("paper", "ink")
        line, skin, cuff = (rgb(self.theme.colour(x)) for x in (*pale, "practice"))
        texture = guide_hand.texture(pointing, place.w, place.h, line, skin, cuff)
        self._hand.add(Color(1, 1, 1, 1))
        self._hand.add(
            Rectangle(
                pos=(place.x, self.theme.height - place.bottom),
                size=(place.w, place.h),
                texture=texture,
            )
        )

    # Touches

    def find(self, x: float, y: float) -> tuple[bool, Touchable | None]:
        """Whether a touch there is the guide's, and what it meets."""
        if not self._shown:
            return False, None
        found = touchable_at(self._top, x, y)
        if found is not None:
            return True, found
        covers = (self.band, *((self.sheet,) if self.sheet.visible else (self.card,)))
        return any(part.box.holds(x, y) for part in covers), None

    def _open(self) -> None:
        self.sheet.visible = not self.sheet.visible
        self._arrange()

    def _control(self, word: str) -> None:
        self.sheet.visible = False
        self._arrange()
        if word == "leave":
            self._send("guide.leave", None)
        elif word.isdecimal():
            self._send("guide.press", word)
        elif word != "close":
            self._send("guide.control", word)

    def _move(self) -> None:
        """The card is in the way: elsewhere with it."""
        self._moved = not self._moved
        self._arrange()

    # Inspection

    def describe(self) -> list[dict[str, Any]]:
        """What of it is on the screen, as ``screens.walk`` says it."""
        return describe(self._top) if self._shown else []


def _paint(widget: Widget) -> None:
    """Let it and all on it take the colours of the palette in use."""
    for part in widget.walk():
        part.repaint()


def _obstacles(screen: Screen) -> Iterator[tuple[Box, int]]:
    """What the card had better not hide nor touch, with how much it matters."""
    air = -screen.theme.px(_AIR_MM)
    for widget in screen.walk():
        if widget.touchable:
            yield widget.box.inset(air), 16
        elif isinstance(widget, QrImage):
            yield widget.box, 16  # half a code can't be taken along
        elif widget.text and widget.role:
            yield widget.box.inset(air), 24 if widget.role == "amount" else 4
        elif isinstance(widget, Panel):
            yield widget.box.inset(air), 1
