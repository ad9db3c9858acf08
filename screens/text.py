"""Lines of text as cached textures.

Kivy's own Label wraps wherever a character fits, so that a line may begin with a full stop, and
lays every text out anew. Here each line is drawn once per font and size. Textures are white and
get their colour when drawn, so a new palette needs no new texture. What tells of a person goes
when the visit ends; sentences that everybody reads stay, so that they show at once next time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase

from screens.fonts import Fonts, is_everyday

# The font's line is 1.448 em high, 1.16 em of it above the baseline, but its tallest signs reach
# 0.93 em above and 0.25 em below. The empty rows would be blended like any others.
_EMPTY_TOP, _EMPTY_BOTTOM = 0.2, 0.03


def _trimmed(texture: Any, px: int) -> Any:
    """The line without its empty rows."""
    width, height = texture.size
    top, bottom = round(px * _EMPTY_TOP), round(px * _EMPTY_BOTTOM)
    return texture.get_region(0, bottom, width, height - top - bottom)


class TextCache:
    """Lines as textures, by face, size and text; the least recently used go first.

    ``limit`` is what all textures together may take, in bytes.
    """

    def __init__(self, fonts: Fonts, limit: int = 24 << 20) -> None:
        self._fonts = fonts
        self._limit = limit
        self._textures: OrderedDict[tuple[str, int, str], Any] = OrderedDict()
        self._personal: set[tuple[str, int, str]] = set()
        self._bytes = 0
        self._rulers: dict[tuple[str, int], Any] = {}
        self._widths: dict[tuple[str, int], dict[str, int]] = {}
        # Kivy's own labels, should anybody use one, show Chinese too.
        LabelBase.register("Roboto", fonts.regular, fn_bold=fonts.bold)

    @property
    def bytes(self) -> int:
        """What the textures kept here take."""
        return self._bytes

    def texture(self, face: str, px: int, line: str, personal: bool = False) -> Any:
        """The line as a white texture; ``None`` for a line without ink.

        A ``personal`` line is kept until :meth:`forget`, no longer.
        """
        if not line.strip():
            return None
        key = (face, px, line)
        if personal:
            self._personal.add(key)
        texture = self._textures.get(key)
        if texture is not None:
            self._textures.move_to_end(key)
            return texture
        texture = self._textures[key] = self._draw(face, px, line)
        self._bytes += _size(texture)
        while self._bytes > self._limit and len(self._textures) > 1:
            self._drop(next(iter(self._textures)))
        return texture

    def _draw(self, face: str, px: int, line: str) -> Any:
        label = self._label(face, px, line)
        label.refresh()
        label.texture.bind()  # Kivy fills it now, else when first drawn
        # The texture holds the label that filled it; without this they'd hold each other.
        texture, label.texture = label.texture, None
        # Drawn pixel for pixel: no filter is needed, and filtering costs half as much again.
        texture.mag_filter = texture.min_filter = "nearest"
        return _trimmed(texture, px)

    def _label(self, face: str, px: int, line: str) -> Any:
        return CoreLabel(text=line, font_size=px, font_name=self._fonts.path(face, line))

    def measure(self, face: str, px: int) -> Callable[[str], float]:
        """A function that tells the width of a text in pixels."""
        ruler = self._rulers.get((face, px))
        if ruler is None:
            ruler = self._rulers[face, px] = self._label(face, px, "")
            ruler.resolve_font_name()
        widths = self._widths.setdefault((face, px), {})

        def extent(text: str) -> float:
            if is_everyday(text):
                return float(ruler.get_extents(text)[0])
            rare = self._label(face, px, text)
            rare.resolve_font_name()
            return float(rare.get_extents(text)[0])

        def width(text: str) -> float:
            if len(text) > 1:
                return extent(text)
            if text not in widths and is_everyday(text):
                widths[text] = ruler.get_extents(text)[0]
            return float(widths.get(text) or extent(text))

        return width

    def forget(self) -> None:
        """Drop every personal line: nothing of a visit stays in memory.

        What is on the screen keeps its own reference until it is shown again.
        """
        for key in self._personal:
            self._drop(key)
        self._personal.clear()

    def _drop(self, key: tuple[str, int, str]) -> None:
        texture = self._textures.pop(key, None)
        if texture is not None:
            self._bytes -= _size(texture)


def _size(texture: Any) -> int:
    """Bytes of a texture, four a pixel."""
    return 4 * int(texture.size[0]) * int(texture.size[1])
