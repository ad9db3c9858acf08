"""The tile of a service on the home screen, and its seal."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box, RoundBox
from screens.theme import TYPE
from screens.widgets.base import Kit, Pair, Widget
from screens.widgets.label import Label
from screens.widgets.panel import PressablePanel


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
        self._low = False

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
        px = self.theme.px
        low = self._low = box.h < px(70)
        self._say_name()
        pad = px(6 if low else 9)
        side = px(26 if low else 37)
        row = side if low else max(side, round(px(TYPE.label) * TYPE.line * 2))
        line = round(px(TYPE.body) * TYPE.line)
        top = box.y + (box.h - row - line - px(2)) // 2
        self.seal.place(Box(box.x + pad, top + (row - side) // 2, side, side))
        self.em_mm = 12.5 if low else TYPE.label
        self.label.resize(self.em_mm)
        x = box.x + pad + side + px(5 if low else 7)
        self.label.place(Box(x, top, box.right - x - px(2), row))
        self.hint.place(Box(box.x + pad, top + row + px(2), box.w - pad - px(3), line))

    def _say_name(self) -> None:
        """The name on two lines beside a large seal, on one beside a small one."""
        self.label.say(self._name.replace("\n", "") if self._low else self._name)

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
