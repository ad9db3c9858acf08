"""Text on a screen."""

from __future__ import annotations

import re

from kivy.graphics import Color, Rectangle

from screens.drawing import Box
from screens.linebreak import break_lines
from screens.theme import TYPE
from screens.widgets.base import Kit, Pair, Widget

# The ideographs of Noto CJK stand this much of an em below the middle of a line as the cache
# gives it (negative: above); raising the line by that puts them in the middle of theirs.
_OPTICAL_RISE = -0.03

# Sums, accounts, months and numbers have figures in them, masked names have stars.
_TELLING = re.compile(r"[\d*＊]")


class Label(Widget):
    """One text in one size and colour, wrapped to its box.

    ``align`` is ``left``, ``center`` or ``right``; ``anchor`` is ``top`` or ``middle``. ``on``
    names the colour it stands on. ``personal`` says that whatever it shows belongs to the visit;
    a text with figures or stars does so without being told. Such a text goes when the visit ends,
    and so do its textures. ``private`` is personal, and nothing but the glass tells it.
    """

    role = "text"
    min_em_mm = 8.0

    def __init__(
        self,
        kit: Kit,
        widget_id: str = "",
        text: str = "",
        *,
        em_mm: float = TYPE.body,
        face: str = "regular",
        colour: str = "ink",
        on: str = "paper",
        align: str = "left",
        anchor: str = "top",
        role: str = "text",
        personal: bool = False,
        private: bool = False,
    ) -> None:
        super().__init__(kit, widget_id)
        self.role = role
        self.private = private
        self._personal = personal or private
        self._said = False
        self.em_mm = em_mm
        self.face = face
        self.colour = colour
        self.on = on
        self._align = align
        self._anchor = anchor
        self._text = text
        self._lines: list[str] = []
        self._drawn: tuple[object, ...] = ()
        self._colour = Color(*self.theme.rgba(colour))

    @property
    def text(self) -> str:
        """The text without the breaks that only the layout made."""
        return self._text.replace("\n", "")

    @property
    def line_px(self) -> int:
        """Height of a line in pixels."""
        return round(self.theme.px(self.em_mm) * TYPE.line)

    @property
    def height(self) -> int:
        """Height of all lines in pixels at the present width."""
        return self.line_px * len(self._lines)

    @property
    def overflows(self) -> bool:
        """Whether the text needs more room than it has, in either direction."""
        px = self.theme.px(self.em_mm)
        widest = max(map(self.kit.texts.measure(self.face, px), self._lines), default=0)
        # The space above the first line and below the last may lie outside the box.
        inked = self.height - self.line_px + round(1.2 * px)
        return inked > self.box.h or widest > self.box.w

    def say(self, text: str) -> None:
        """Show another text."""
        if text != self._text:
            self._text = text
            self._said = True
            self._layout()

    @property
    def personal(self) -> bool:
        """Whether the text may tell of the person at the screen. What is built in never does."""
        return self._said and (self._personal or _TELLING.search(self._text) is not None)

    def wipe(self) -> None:
        super().wipe()
        if self.personal:
            self._text = ""
            self._lines = []
            self._drawn = ()
            self.ink.clear()

    def resize(self, em_mm: float) -> None:
        """Use another em; takes effect with the next :meth:`place`."""
        self.em_mm = em_mm

    def place(self, box: Box) -> None:
        super().place(box)
        self._layout()

    def fit_height(self, width: int) -> int:
        """Height in pixels that the text would need at that width."""
        return self.line_px * len(self._broken(width))

    def paint(self, colour: str, on: str | None = None) -> None:
        """Use the colour of that name, on the ground of that name."""
        self.colour, self.on = colour, on or self.on
        self._colour.rgba = self.theme.rgba(colour)

    def repaint(self) -> None:
        self._colour.rgba = self.theme.rgba(self.colour)

    def pairs(self) -> tuple[Pair, ...]:
        return (Pair(self.colour, self.on, "text"),) if self._text else ()

    def _broken(self, width: int) -> list[str]:
        measure = self.kit.texts.measure(self.face, self.theme.px(self.em_mm))
        return break_lines(self._text, width, measure) if self._text else []

    def _layout(self) -> None:
        wanted = (self._text, self.box, self.em_mm, self.theme.height)
        if wanted == self._drawn or not self.box.w:
            return
        self._drawn = wanted
        self._lines = self._broken(self.box.w)
        px, line = self.theme.px(self.em_mm), self.line_px
        top = self.box.y
        if self._anchor == "middle":
            top += (self.box.h - line * len(self._lines)) // 2
        personal = self.personal
        self.ink.clear()
        self.ink.add(self._colour)
        for n, text in enumerate(self._lines):
            texture = self.kit.texts.texture(self.face, px, text, personal)
            if texture is None:
                continue
            width, height = texture.size
            spare = self.box.w - width
            x = self.box.x + {"left": 0, "center": spare // 2, "right": spare}[self._align]
            y = top + n * line + (line - height) // 2 - round(px * _OPTICAL_RISE)
            self.ink.add(
                Rectangle(
                    pos=(x, self.theme.height - y - height), size=texture.size, texture=texture
                )
            )


def amount_text(fen: int) -> str:
    """``12840`` fen as ``¥ 128.40``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥ {abs(fen) // 100:,}.{abs(fen) % 100:02d}"


class Amount(Label):
    """A sum of money in integer fen. ``due`` is the one to pay, the largest thing on a screen."""

    role = "amount"
    min_em_mm = 14.0

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        fen: int = 0,
        *,
        due: bool = False,
        on: str = "paper",
        align: str = "right",
        em_mm: float | None = None,
    ) -> None:
        size = em_mm or (TYPE.amount_due if due else TYPE.amount)
        super().__init__(
            kit,
            widget_id,
            amount_text(fen),
            em_mm=size,
            face="bold",
            on=on,
            align=align,
            anchor="middle",
            role="amount",
        )
        self.min_em_mm = 20.0 if due else 14.0

    def show(self, fen: int) -> None:
        """Show another sum."""
        self.say(amount_text(fen))
