"""Printed paper: what the head put on it, as text and as a picture.

80 mm paper has 576 dots across, 8 dots to the millimetre; a Latin character is 12 × 24 dots, a
Chinese one 24 × 24 ("ESC/POS facts").
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image, ImageFont

DOTS = 576
CELL_W, CELL_H = 12, 24
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FONT_BOLD = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
SC = 2  # index of Simplified Chinese in the collection
PAPER, INK, EDGE = "#FFFFFF", "#14232E", "#A3201A"


@dataclass(frozen=True)
class Span:
    """Characters of one style; `w` and `h` multiply the size (1 to 8)."""

    text: str
    w: int = 1
    h: int = 1
    bold: bool = False
    underline: bool = False
    reverse: bool = False

    @property
    def dots(self) -> int:
        return sum(cells(c) for c in self.text) * CELL_W * self.w


@dataclass(frozen=True)
class TextLine:
    """A line of text; `align` is left, center or right; `height` includes the line spacing."""

    spans: tuple[Span, ...]
    align: str = "left"
    height: int = 30


@dataclass(frozen=True)
class Feed:
    """Blank paper, in dots."""

    height: int


@dataclass(frozen=True)
class QrCode:
    """A QR code: what it says, dots to a module, level of error correction (L M Q H)."""

    data: str
    module: int
    level: str
    align: str = "left"

    @property
    def height(self) -> int:
        return len(qr_matrix(self.data, self.level)) * self.module


@dataclass(frozen=True)
class Picture:
    """A raster picture: one bit a dot, rows of `width_bytes` bytes."""

    width_bytes: int
    rows: int
    bits: bytes
    align: str = "left"
    scale_w: int = 1
    scale_h: int = 1

    @property
    def height(self) -> int:
        return self.rows * self.scale_h


@dataclass(frozen=True)
class BarcodeBlock:
    """A one-dimensional code; drawn as a box with its text (nothing here scans it)."""

    text: str
    height: int
    align: str = "left"


Element = TextLine | Feed | QrCode | Picture | BarcodeBlock


@dataclass(frozen=True)
class Receipt:
    """A piece of paper that left the printer. `torn`: no cut ended it, the paper did."""

    number: int
    at: float
    torn: bool
    elements: tuple[Element, ...]


def cells(char: str) -> int:
    """How many Latin columns a character takes."""
    return 2 if char == "□" or unicodedata.east_asian_width(char) in ("W", "F", "A") else 1


@cache
def qr_matrix(data: str, level: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a QR code, without a quiet zone."""
    import qrcode
    from qrcode import constants

    code: Any = qrcode.QRCode(
        error_correction=getattr(constants, f"ERROR_CORRECT_{level}"), border=0
    )
    code.add_data(data)
    code.make(fit=True)
    return tuple(tuple(bool(m) for m in row) for row in code.get_matrix())


def to_text(elements: Sequence[Element], columns: int = DOTS // CELL_W) -> str:
    """The paper as lines of text. Codes show as [QR …], pictures as [picture w×h]."""
    lines: list[str] = []
    for element in elements:
        if isinstance(element, TextLine):
            text = "".join(s.text for s in element.spans)
            # A wide character of double width takes four columns: alignment is by dots.
            width = sum(s.dots for s in element.spans) // CELL_W
            left = {"center": (columns - width) // 2, "right": columns - width}
            lines.append((" " * max(0, left.get(element.align, 0)) + text).rstrip())
        elif isinstance(element, Feed):
            lines += [""] * round(element.height / 30)
        elif isinstance(element, QrCode):
            lines.append(f"[QR {element.data}]")
        elif isinstance(element, Picture):
            lines.append(f"[picture {element.width_bytes * 8}×{element.rows}]")
        else:
            lines.append(f"[barcode {element.text}]")
    return "\n".join(lines) + "\n" if lines else ""


def to_image(elements: Sequence[Element], torn: bool = False) -> Image.Image:
    """The paper as a picture 576 dots and two margins wide."""
    from PIL import Image, ImageDraw

    margin = 32
    height = sum(e.height for e in elements)
    image = Image.new("RGB", (DOTS + 2 * margin, max(height, 1) + 2 * margin), PAPER)
    y = margin
    for element in elements:
        _draw(image, element, margin, y)
        y += element.height
    if torn:
        draw = ImageDraw.Draw(image)
        bottom, step = image.height - 1, 16
        points = [(x, bottom - (step if (x // step) % 2 else 0)) for x in range(0, 657, step)]
        draw.line(points, fill=EDGE, width=3)
    return image


def to_png(elements: Sequence[Element], torn: bool = False) -> bytes:
    """`to_image` as a PNG file."""
    file = io.BytesIO()
    to_image(elements, torn).save(file, "PNG", optimize=False)
    return file.getvalue()


def _left(align: str, width: int) -> int:
    return {"center": (DOTS - width) // 2, "right": DOTS - width}.get(align, 0)


def _draw(image: Image.Image, element: Element, margin: int, y: int) -> None:
    from PIL import Image, ImageDraw

    draw = ImageDraw.Draw(image)
    if isinstance(element, TextLine):
        width = sum(s.dots for s in element.spans)
        x = margin + max(0, _left(element.align, width))
        top = y + max((s.h for s in element.spans), default=1) * CELL_H
        for span in element.spans:
            for char in span.text:
                _draw_char(image, char, span, x, top - span.h * CELL_H)
                x += cells(char) * CELL_W * span.w
    elif isinstance(element, QrCode):
        matrix = qr_matrix(element.data, element.level)
        m = element.module
        x = margin + _left(element.align, len(matrix) * m)
        for r, row in enumerate(matrix):
            for c, dark in enumerate(row):
                if dark:
                    box = (x + c * m, y + r * m, x + c * m + m - 1, y + r * m + m - 1)
                    draw.rectangle(box, fill=INK)
    elif isinstance(element, Picture):
        size = (element.width_bytes * 8, element.rows)
        mask = Image.frombytes("1", size, element.bits)
        mask = mask.resize((size[0] * element.scale_w, size[1] * element.scale_h))
        image.paste(INK, (margin + _left(element.align, mask.width), y), mask)
    elif isinstance(element, BarcodeBlock):
        draw.rectangle((margin, y, margin + 300, y + element.height - 4), outline=INK, width=2)
        draw.text((margin + 8, y + 4), element.text, fill=INK, font=_font(24, False))


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(FONT_BOLD if bold else FONT, size, index=SC)


def _draw_char(image: Image.Image, char: str, span: Span, x: int, y: int) -> None:
    """One character in its cell: drawn once at normal size and stretched, as the printer does."""
    from PIL import Image, ImageDraw

    width = cells(char) * CELL_W
    # A larger size is drawn from the outline where both factors agree: kinder to read.
    even = span.w if span.w == span.h else 1
    cell = Image.new("L", (width * even, CELL_H * even), 0)
    font = _font((22 if cells(char) == 2 else 21) * even, span.bold)
    wide = Image.new("L", (max(cell.width, int(font.getlength(char)) + 1), cell.height), 0)
    ImageDraw.Draw(wide).text((wide.width / 2, CELL_H * even * 0.84), char, 255, font, anchor="ms")
    cell = wide if wide.size == cell.size else wide.resize(cell.size)
    if even == 1 and (span.w, span.h) != (1, 1):
        cell = cell.resize((width * span.w, CELL_H * span.h))
    if span.reverse:
        cell = cell.point(lambda v: 255 - v)
    image.paste(INK, (x, y), cell)
    if span.underline:
        bottom = y + CELL_H * span.h - 1
        ImageDraw.Draw(image).line((x, bottom, x + cell.width, bottom), fill=INK, width=2)
