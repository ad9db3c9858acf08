"""A number that one of the staff types: a field with the figures, the keys, and a button below."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.base import Kit, Widget
from screens.widgets.button import Button
from screens.widgets.digitpad import DigitPad
from screens.widgets.label import Label
from screens.widgets.panel import Panel

_FIELD = 38.0
_PAD = 150.0


class NumberPad(Widget):
    """``keys`` and ``done`` are what is sent, and what the keys and the button are called;
    ``figure`` is what the field is called.
    """

    def __init__(
        self,
        kit: Kit,
        figure: str,
        keys: str,
        done: str,
        text: str,
        send: Callable[[str, str | None], None],
    ) -> None:
        super().__init__(kit, f"{figure}.pad")
        self._field = self.add(Panel(kit))
        self._figure = self.add(
            Label(
                kit,
                figure,
                em_mm=20.0,
                face="bold",
                on="card",
                align="center",
                anchor="middle",
                personal=True,
            )
        )
        self._pad = self.add(DigitPad(kit, keys, lambda key: send(keys, key)))
        self._done = self.add(
            Button(kit, done, text, lambda: send(done, None), kind="main", guard=True)
        )

    def show(self, figure: str, *, room: bool, ready: bool) -> None:
        """The figures as they are read; is there room for more, and will they do?"""
        self._figure.say(figure)
        self._pad.enable(room, bool(figure))
        self._done.enable(ready)

    def place(self, box: Box) -> None:
        """The field at the top of the box, keys and button at its bottom."""
        super().place(box)
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self._field.place(Box(box.x, box.y, box.w, px(_FIELD)))
        self._figure.place(self._field.box.inset(px(9), 0))
        button, pad = px(SPACE.button), px(_PAD)
        self._done.place(Box(box.x, box.bottom - button, box.w, button))
        self._pad.place(Box(box.x, self._done.box.y - gap - pad, box.w, pad))
