"""Lines of text as cached textures.

Kivy's own Label wraps wherever a character fits, so that a line may begin with a full stop, and
lays every text out anew. Here each line is drawn once per font and size. Textures are white and
get their colour when drawn, so a new palette needs no new texture.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase

from screens.fonts import Fonts

# The font's line is 1.448 em high, 1.16 em of it above the baseline, but its tallest signs reach
# 0.93 em above and 0.25 em below. The empty rows would be blended like any others.
_EMPTY_TOP, _EMPTY_BOTTOM = 0.2, 0.03


def _trimmed(texture: Any, px: int) -> Any:
    """The line without its empty rows."""
    width, height = texture.size
    top, bottom = round(px * _EMPTY_TOP), round(px * _EMPTY_BOTTOM)
    return texture.get_region(0, bottom, width, height - top - bottom)


class TextCache:
    """Lines as textures, by face, size and text; the least recently used go first."""

    def __init__(self, fonts: Fonts, limit: int = 400) -> None:
        self._fonts = fonts
        self._limit = limit
        self._textures: OrderedDict[tuple[str, int, str], Any] = OrderedDict()
        self._rulers: dict[tuple[str, int], Any] = {}
        self._widths: dict[tuple[str, int], dict[str, int]] = {}
        # Kivy's own labels, should anybody use one, show Chinese too.
        LabelBase.register("Roboto", fonts.regular, fn_bold=fonts.bold)

    def texture(self, face: str, px: int, line: str) -> Any:
        """The line as a white texture; ``None`` for a line without ink."""
        if not line.strip():
            return None
        key = (face, px, line)
        texture = self._textures.get(key)
        if texture is None:
            label = CoreLabel(text=line, font_size=px, font_name=self._fonts.path(face))
            label.refresh()
            # Drawn pixel for pixel: no filter is needed, and filtering costs half as much again.
            label.texture.mag_filter = label.texture.min_filter = "nearest"
            texture = self._textures[key] = _trimmed(label.texture, px)
            if len(self._textures) > self._limit:
                self._textures.popitem(last=False)
        else:
            self._textures.move_to_end(key)
        return texture

    def measure(self, face: str, px: int) -> Callable[[str], float]:
        """A function that tells the width of a text in pixels."""
        ruler = self._rulers.get((face, px))
        if ruler is None:
            ruler = CoreLabel(text="", font_size=px, font_name=self._fonts.path(face))
            ruler.resolve_font_name()
            self._rulers[face, px] = ruler
        widths = self._widths.setdefault((face, px), {})

        def width(text: str) -> float:
            if len(text) > 1:
                return float(ruler.get_extents(text)[0])
            if text not in widths:
                widths[text] = ruler.get_extents(text)[0]
            return float(widths[text])

        return width

    def forget(self) -> None:
        """Drop every texture: nothing of a visit stays in memory.

        What is on the screen keeps its own reference until it is shown again.
        """
        self._textures.clear()
