"""The card of a lesson: what to do now, large, and what the learner lets happen outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from screens.drawing import Box
from screens.theme import TYPE
from screens.widgets.base import Kit, Touchable, Widget
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.panel import Panel

if TYPE_CHECKING:
    from kiosk.classroom.run import Guidance

MOST_BUTTONS = 3
_PAD = 10.0
_GAP = 4.0
_BUTTON = 32.0


class Mover(Touchable):
    """The card itself: touched, it goes out of the way."""

    role = "card"


class Card(Widget):
    """``moved`` is called when it is touched, ``pressed`` with the number of a button."""

    def __init__(self, kit: Kit, moved: Callable[[], None], pressed: Callable[[str], None]) -> None:
        super().__init__(kit, "guide.card")
        self._mover = self.add(Mover(kit, "guide.card", moved))
        self._panel = self.add(Panel(kit))
        self.words = self.add(Label(kit, "guide.text", em_mm=TYPE.button, face="bold", on="card"))
        self.more = self.add(Label(kit, "guide.more", em_mm=11.0, on="card"))
        self.hint = self.add(Label(kit, "guide.advice", em_mm=TYPE.body, colour="soft", on="card"))
        self._numbers = [""] * MOST_BUTTONS
        self.buttons = [
            self.add(
                Button(
                    kit,
                    f"guide.press.{n}",
                    "",
                    lambda n=n: pressed(self._numbers[n]),  # type: ignore[misc]
                    kind="main",
                    guard=True,
                    em_mm=12.0,
                )
            )
            for n in range(MOST_BUTTONS)
        ]

    def show(self, view: Guidance) -> None:
        """Take over what is to be read; ``place`` follows."""
        self._panel.turn("wait" if view.kind else "card")
        for label in (self.words, self.more, self.hint):
            label.paint(self._panel.text_colour, self._panel.ground)
        self.words.say(view.text)
        self.more.say(view.more)
        self.hint.say(f"义工：{view.hint}" if view.hint else "")
        for n, button in enumerate(self.buttons):
            button.visible = n < len(view.buttons)
            if button.visible:
                number, name = view.buttons[n]
                self._numbers[n] = str(number)
                button.say(name)

    def _labels(self) -> list[Label]:
        return [x for x in (self.words, self.more, self.hint) if x.text]

    def _shown(self) -> list[Button]:
        return [x for x in self.buttons if x.visible]

    def fit(self, width: int) -> int:
        """The height that it needs at that width, in pixels."""
        px = self.theme.px
        inner = width - 2 * px(_PAD)
        texts = sum(x.fit_height(inner) for x in self._labels())
        buttons = len(self._shown()) * (px(_BUTTON) + px(_GAP))
        return texts + buttons + 2 * px(_PAD * 0.7)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._mover.place(box)
        self._panel.place(box)
        pad = px(_PAD)
        y = box.y + px(_PAD * 0.7)
        for label in (self.words, self.more, self.hint):
            height = label.fit_height(box.w - 2 * pad) if label.text else 0
            label.place(Box(box.x + pad, y, box.w - 2 * pad, height))
            y += height
        for button in self._shown():
            y += px(_GAP)
            button.place(Box(box.x + pad, y, box.w - 2 * pad, px(_BUTTON)))
            y += px(_BUTTON)
