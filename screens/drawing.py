"""Drawing with few instructions and few blended pixels.

Without a GPU a textured, blended pixel costs about ten times a plain one, so everything is drawn
in two passes: opaque rectangles with a shader that only writes a colour, blending off; then, on
top, the little that needs blending: the round corners and the text. The paper is the colour the
frame is cleared with. Multisampling stays off: corners are disc textures with soft edges.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from typing import Any

from kivy.graphics import Callback, Color, InstructionGroup, Mesh, RenderContext
from kivy.graphics.opengl import GL_BLEND, glDisable, glEnable
from kivy.graphics.texture import Texture

from screens.theme import Theme

_PLAIN = """
#ifdef GL_ES
precision mediump float;
#endif
varying vec4 frag_color;
void main(void) { gl_FragColor = frag_color; }
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in window pixels from the top left corner."""

    x: int = 0
    y: int = 0
    w: int = 0
    h: int = 0

    @property
    def right(self) -> int:
        """One pixel past the right side."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """One pixel past the lower side."""
        return self.y + self.h

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def inset(self, dx: int, dy: int | None = None) -> Box:
        """The same box with a margin taken off on every side."""
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)


class Layer:
    """One pair of passes. The screen is one; what lies over it (a spotlight) is another."""

    def __init__(self) -> None:
        self.root = InstructionGroup()
        self._plain: Any = RenderContext(
            fs=_PLAIN, use_parent_projection=True, use_parent_modelview=True
        )
        self._ink = InstructionGroup()
        # Kivy draws with blending on and has no instruction to turn it off.
        self._off = Callback(lambda _: glDisable(GL_BLEND))
        self._on = Callback(lambda _: glEnable(GL_BLEND))
        for part in (self._off, self._plain, self._on, self._ink):
            self.root.add(part)

    def show(self, solid: InstructionGroup, ink: InstructionGroup) -> None:
        """Draw these two groups and nothing else."""
        self.clear()
        self._plain.add(solid)
        self._ink.add(ink)

    def clear(self) -> None:
        """Draw nothing."""
        self._plain.clear()
        self._ink.clear()


@lru_cache(maxsize=64)
def disc(radius: int) -> Any:
    """Texture of a white disc of that radius in pixels with a soft edge."""
    quarter = [
        [
            max(0.0, min(1.0, radius - hypot(radius - x - 0.5, radius - y - 0.5) + 0.5))
            for x in range(radius)
        ]
        for y in range(radius)
    ]
    half = [row + row[::-1] for row in quarter]
    data = b"".join(
        bytes((255, 255, 255, round(alpha * 255))) for row in half + half[::-1] for alpha in row
    )
    texture = Texture.create(size=(2 * radius, 2 * radius), colorfmt="rgba")
    texture.blit_buffer(data, colorfmt="rgba", bufferfmt="ubyte")
    texture.mag_filter = texture.min_filter = "nearest"
    return texture


Quad = tuple[float, float, float, float, float, float, float, float]  # x y w h, u0 v0 u1 v1


def _set_quads(mesh: Any, quads: Iterable[Quad]) -> None:
    vertices: list[float] = []
    indices: list[int] = []
    for n, (x, y, w, h, u0, v0, u1, v1) in enumerate(quads):
        vertices += (x, y, u0, v0, x + w, y, u1, v0, x + w, y + h, u1, v1, x, y + h, u0, v1)
        k = 4 * n
        indices += (k, k + 1, k + 2, k + 2, k + 3, k)
    mesh.vertices = vertices
    mesh.indices = indices


class Rects:
    """Opaque rectangles of one colour, one drawing instruction for all of them."""

    def __init__(self, theme: Theme, solid: InstructionGroup, token: str) -> None:
        self._theme = theme
        self._token = token
        self._colour = Color(*theme.rgba(token))
        self._mesh = Mesh(mode="triangles")
        solid.add(self._colour)
        solid.add(self._mesh)

    def place(self, boxes: Iterable[Box]) -> None:
        """Cover these boxes."""
        height = self._theme.height
        _set_quads(
            self._mesh,
            ((b.x, height - b.bottom, b.w, b.h, 0, 0, 1, 1) for b in boxes if b.w > 0 < b.h),
        )

    def paint(self, token: str | None = None) -> None:
        """Use the colour of that name, or the same name again from a new palette."""
        self._token = token or self._token
        self._colour.rgba = self._theme.rgba(self._token)


class _Corners:
    """The four corners of a box as quarters of a disc."""

    def __init__(self, theme: Theme, ink: InstructionGroup) -> None:
        self._theme = theme
        self._colour = Color()
        self._mesh = Mesh(mode="triangles")
        ink.add(self._colour)
        ink.add(self._mesh)

    def place(self, box: Box, radius: int) -> None:
        if radius <= 0:
            _set_quads(self._mesh, ())
            return
        top, low = self._theme.height - box.y - radius, self._theme.height - box.bottom
        right, r = box.right - radius, radius
        self._mesh.texture = disc(radius)
        _set_quads(
            self._mesh,
            (
                (box.x, top, r, r, 0, 0.5, 0.5, 1),
                (right, top, r, r, 0.5, 0.5, 1, 1),
                (box.x, low, r, r, 0, 0, 0.5, 0.5),
                (right, low, r, r, 0.5, 0, 1, 0.5),
            ),
        )

    def paint(self, token: str) -> None:
        self._colour.rgba = self._theme.rgba(token)


class RoundBox:
    """A filled box with round corners and an optional edge, whole or dashed."""

    def __init__(
        self, theme: Theme, solid: InstructionGroup, ink: InstructionGroup, fill: str, edge: str
    ) -> None:
        self._theme = theme
        self.fill, self.edge = fill, edge
        self._inner = Rects(theme, solid, fill)
        self._sides = Rects(theme, solid, edge or fill)
        self._outer_corners = _Corners(theme, ink)
        self._inner_corners = _Corners(theme, ink)
        self.paint(fill, edge)

    def place(self, box: Box, radius: int, edge: int = 0, dashed: bool = False) -> None:
        """Lay the box out. Lengths in pixels; ``edge`` is the width of the edge."""
        r = min(radius, box.w // 2, box.h // 2)
        e = edge if self.edge else 0
        self._inner.place(
            (
                Box(box.x + r, box.y, box.w - 2 * r, box.h),
                Box(box.x, box.y + r, r, box.h - 2 * r),
                Box(box.right - r, box.y + r, r, box.h - 2 * r),
            )
        )
        sides = (
            Box(box.x + r, box.y, box.w - 2 * r, e),
            Box(box.x + r, box.bottom - e, box.w - 2 * r, e),
            Box(box.x, box.y + r, e, box.h - 2 * r),
            Box(box.right - e, box.y + r, e, box.h - 2 * r),
        )
        self._sides.place(_dashes(sides, 4 * e) if dashed and e else sides)
        self._outer_corners.place(box, r)
        self._inner_corners.place(box.inset(e), r - e)

    def paint(self, fill: str, edge: str) -> None:
        """Use these colours; also after the palette has changed."""
        self.fill, self.edge = fill, edge
        self._inner.paint(fill)
        self._sides.paint(edge or fill)
        self._outer_corners.paint(edge or fill)
        self._inner_corners.paint(fill)


def _dashes(sides: Iterable[Box], dash: int) -> list[Box]:
    """Cut thin boxes into dashes and gaps of about that length, ending in a gap at both ends."""
    cut = []
    for side in sides:
        along = max(side.w, side.h)
        count = max(1, along // (2 * dash))
        step = along / count
        for n in range(count):
            start, length = round(n * step + step / 4), round(step / 2)
            if side.w > side.h:
                cut.append(Box(side.x + start, side.y, length, side.h))
            else:
                cut.append(Box(side.x, side.y + start, side.w, length))
    return cut
