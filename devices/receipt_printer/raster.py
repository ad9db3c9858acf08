"""A line of text as a picture, for characters that printers' fonts lack (rare surnames).

Source: receipt printer protocols, 3a (raster `1D 76 30`; a Chinese character is 24 dots wide).
Pillow is imported when the first such line comes.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from devices.receipt_printer.document import Align

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

COLUMN_DOTS = 12
LINE_DOTS = 24
_ROWS_A_PIECE = 8
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
)


def line_pieces(
    text: str, size: tuple[int, int], bold: bool, align: Align, columns: int
) -> Sequence[bytes]:
    """The line's picture in `1D 76 30` pieces of a few rows each; none if no font is installed."""
    font = _font()
    if font is None:
        return ()
    picture = _draw(text, size, bold, align, columns, font)
    row_bytes = columns * COLUMN_DOTS // 8
    raw = picture.tobytes()
    pieces = []
    for row in range(0, picture.height, _ROWS_A_PIECE):
        band = raw[row * row_bytes : (row + _ROWS_A_PIECE) * row_bytes]
        head = row_bytes.to_bytes(2, "little") + (len(band) // row_bytes).to_bytes(2, "little")
        pieces.append(b"\x1d\x76\x30\x00" + head + _without_questions(band))
    return pieces


@functools.cache
def _font() -> FreeTypeFont | None:
    from PIL import ImageFont

    path = next((path for path in _FONTS if Path(path).exists()), None)
    # Each character is drawn by itself: a layout engine has nothing to do, and some characters are
    # too much for it.
    return ImageFont.truetype(path, 22, layout_engine=ImageFont.Layout.BASIC) if path else None


def _draw(
    text: str,
    size: tuple[int, int],
    bold: bool,
    align: Align,
    columns: int,
    font: FreeTypeFont,
) -> Image:
    """Black dots are 1. Each character stands in a cell of its own, as on the printer."""
    from PIL import Image, ImageDraw

    cells = [(character, 1 if character.isascii() else 2) for character in text]
    width = max(1, sum(cell for _, cell in cells)) * COLUMN_DOTS
    line = Image.new("1", (width, LINE_DOTS), 0)
    draw = ImageDraw.Draw(line)
    left = 0
    for character, cell in cells:
        centre = left + cell * COLUMN_DOTS // 2
        draw.text(
            (centre, LINE_DOTS // 2),
            character,
            fill=1,
            font=font,
            anchor="mm",
            stroke_width=1 if bold else 0,
        )
        left += cell * COLUMN_DOTS
    line = line.resize((width * size[0], LINE_DOTS * size[1]), Image.Resampling.NEAREST)
    paper = Image.new("1", (columns * COLUMN_DOTS, line.height), 0)
    free = paper.width - line.width
    paper.paste(line, ({"left": 0, "center": free // 2, "right": free}[align], 0))
    return paper


def _without_questions(band: bytes) -> bytes:
    """A picture in which no bytes look like a real-time command: those are obeyed even here."""
    for second in (b"\x04", b"\x05", b"\x14"):
        band = band.replace(b"\x10" + second, b"\x18" + second)
    return band
