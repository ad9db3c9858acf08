"""A hand that points: drawn by us, once, as a texture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

from screens.theme import Rgb

WIDTH_MM, HEIGHT_MM = 26.0, 34.0
_TIP = 0.44
"""Where the fingertip is, as a share of the width, on a hand that points up."""
_SMOOTH = 4
# Boxes of a hand 100 wide and 130 high, with the radius of their corners, from back to front.
_PARTS = (
    (36, 4, 53, 84, 9),  # the finger that points
    (52, 46, 68, 92, 8),
    (67, 50, 82, 94, 8),
    (80, 56, 93, 96, 7),
    (14, 62, 36, 98, 10),  # the thumb
    (26, 66, 92, 112, 18),  # the palm
)
_CUFF = (34, 106, 86, 128, 5)
_LINE = 3.2
# Where a hand stands that points there: turned by so many degrees against the clock.
TURNS = {"up": 0, "left": 90, "down": 180, "right": 270}


def size_mm(pointing: str) -> tuple[float, float]:
    """Width and height of a hand that points ``up``, ``down``, ``left`` or ``right``."""
    upright = pointing in ("up", "down")
    return (WIDTH_MM, HEIGHT_MM) if upright else (HEIGHT_MM, WIDTH_MM)


def tip(pointing: str, width: int, height: int) -> tuple[int, int]:
    """Where its fingertip is, from its top left corner."""
    return {
        "up": (round(width * _TIP), 0),
        "down": (round(width * (1 - _TIP)), height),
        "left": (0, round(height * (1 - _TIP))),
        "right": (width, round(height * _TIP)),
    }[pointing]


@lru_cache(maxsize=8)
def texture(pointing: str, width: int, height: int, line: Rgb, skin: Rgb, cuff: Rgb) -> Any:
    """The hand in pixels ``width`` × ``height``."""
    upright = TURNS[pointing] % 180 == 0
    size = (width, height) if upright else (height, width)
    image = _drawn(size, line, skin, cuff).rotate(TURNS[pointing], expand=True)
    made = Texture.create(size=image.size, colorfmt="rgba")
    flipped = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    made.blit_buffer(flipped.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    made.mag_filter = made.min_filter = "nearest"
    return made


def _drawn(size: tuple[int, int], line: Rgb, skin: Rgb, cuff: Rgb) -> Image.Image:
    big = (size[0] * _SMOOTH, size[1] * _SMOOTH)
    scale = big[0] / 100
    image = Image.new("RGBA", big, (*line, 0))
    pen = ImageDraw.Draw(image)

    def box(part: tuple[int, ...], inset: float, colour: Rgb) -> None:
        x0, y0, x1, y1, radius = part
        place = (x0 + inset, y0 + inset, x1 - inset, y1 - inset)
        pen.rounded_rectangle(
            [v * scale for v in place], max(0, radius - inset) * scale, fill=(*colour, 255)
        )

    for part in _PARTS[:-1]:
        box(part, 0, line)
    box(_PARTS[-1], 0, line)
    for part in _PARTS:
        box(part, _LINE, skin)
    for part in _PARTS[1:4]:  # between the bent fingers
        box(part, 0, line)
        box(part, _LINE, skin)
    box(_CUFF, 0, line)
    box(_CUFF, _LINE, cuff)
    return image.resize(size, Image.Resampling.LANCZOS)
