"""The tile of a service on the home screen, and its seal."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box, RoundBox
from screens.theme import TYPE
from screens.widgets.base import Kit, Pair, Widget
from screens.widgets.label import Label
from screens.widgets.panel import PressablePanel


def one_line(name: str) -> str:
    """A name without its line break; words in letters keep a space there."""
    first, _break, second = name.partition("\n")
    return first + (" " if second and first[-1:].isascii() else "") + second


class Seal(Widget):
    """A service's character in its colour: 费 压 印 米 本 问."""

    role = "image"

    def __init__(self, kit: Kit, character: str, colour: str) -> None:
        super().__init__(kit)
        self.colour = colour
        self._back = RoundBox(self.theme, self.solid, self.ink, colour, "")
        self._character = Label(
            kit,
            text=character,
            em_mm=25.0,
            face="serif",
            colour="on_seal",
            on=colour,
            align="center",
            anchor="middle",
            role="",
        )
        self.add(self._character)

    def place(self, box: Box) -> None:
        super().place(box)
        self._back.place(box, round(box.h * 0.22))
        self._character.resize(self.theme.mm(box.h) * 0.7)
        self._character.place(box)

    def turn(self, colour: str) -> None:
        """Take the colour of that name."""
        self.colour = colour
        self.repaint()

    def repaint(self) -> None:
        self._back.paint(self.colour, "")
        self._character.paint("on_seal", self.colour)


class ServiceTile(PressablePanel):
    """Seal, name and one line about a service.

    Out of order it keeps its place, grey and dashed, and its line says why and until when.
    """

    min_em_mm = 10.0

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        seal: str,
        colour: str,
        on_touch: Callable[[], None],
    ) -> None:
        super().__init__(kit, widget_id, on_touch, guard=True)
        self._colour = colour
        self.seal = self.add(Seal(kit, seal, colour))
        self.label = self.add(
            Label(kit, em_mm=TYPE.label, face="bold", on="card", anchor="middle", role="")
        )
        self.hint = self.add(Label(kit, colour="soft", on="card", anchor="middle", role=""))
        self.em_mm = TYPE.label
        self._name = ""
        self._one_line = False

    @property
    def text(self) -> str:
        return f"{self.label.text}，{self.hint.text}" if self.hint.text else self.label.text

    def show(self, label: str, hint: str, enabled: bool) -> None:
        """``hint`` is the reason when the service is out of order."""
        self.enable(enabled)
        self._name = label
        self._say_name()
        self.hint.say(hint)

    def place(self, box: Box) -> None:
        super().place(box)
        if box.w > self.theme.px(160):
            self._place_row(box)
        else:
            self._place_square(box)

    def _place_row(self, box: Box) -> None:
        """As wide as the screen: the seal, and beside it the name over its line."""
        px = self.theme.px
        low = box.h < px(60)
        self._one_line = True
        self._say_name()
        side = min(px(46), box.h - px(16))
        self.seal.place(Box(box.x + px(13), box.y + (box.h - side) // 2, side, side))
        self.em_mm = 18.0 if low else 22.0
        self.label.resize(self.em_mm)
        self.hint.resize(11.0 if low else 13.0)
        name = round(px(self.em_mm) * (1.3 if low else TYPE.line))
        line = round(px(self.hint.em_mm) * TYPE.line)
        x = box.x + px(13) + side + px(11)
        top = box.y + (box.h - name - line) // 2
        self.label.place(Box(x, top, box.right - x - px(6), name))
        self.hint.place(Box(x, top + name, box.right - x - px(6), line))

    def _place_square(self, box: Box) -> None:
        """Half as wide: the seal beside the name, the line under both."""
        px = self.theme.px
        low = self._one_line = box.h < px(70)
        self._say_name()
        pad = px(6 if low else 9)
        side = px(26 if low else 37)
        row = side if low else max(side, round(px(TYPE.label) * TYPE.line * 2))
        line = round(px(TYPE.body) * TYPE.line)
        top = box.y + (box.h - row - line - px(2)) // 2
        self.seal.place(Box(box.x + pad, top + (row - side) // 2, side, side))
        self.em_mm = 12.5 if low else TYPE.label
        self.label.resize(self.em_mm)
        self.hint.resize(TYPE.body)
        x = box.x + pad + side + px(5 if low else 7)
        self.label.place(Box(x, top, box.right - x - px(2), row))
        self.hint.place(Box(box.x + pad, top + row + px(2), box.w - pad - px(3), line))

    def _say_name(self) -> None:
        """The name on two lines beside a large seal in a narrow tile, else on one."""
        self.label.say(one_line(self._name) if self._one_line else self._name)

    def repaint(self) -> None:
        super().repaint()
        if not hasattr(self, "hint"):  # the frame is painted before there is anything on it
            return
        ground = self.ground
        self.seal.turn(self._colour if self.enabled else "seal_off")
        self.label.paint("ink" if self.enabled else "soft", ground)
        self.hint.paint("soft", ground)

    def pairs(self) -> tuple[Pair, ...]:
        return (*super().pairs(), Pair(self.seal.colour, self.ground, "edge"))
