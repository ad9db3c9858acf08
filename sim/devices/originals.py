"""What can be laid on the glass of the scanner: a page and a card. Nothing on them is anybody's."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

GLASS_MM = (216.0, 297.0)
INCH_MM = 25.4
AT_MM = (3.0, 3.0)
"""An original is laid by hand: it lies a little away from the mark in the corner."""
SIZES_MM: Mapping[str, tuple[float, float]] = {
    "page": (204.0, 291.0),
    "card_front": (85.6, 54.0),
    "card_back": (85.6, 54.0),
}
ORIGINALS: Mapping[str, tuple[str, str]] = {
    "page": ("一页纸", "a page"),
    "card_front": ("身份证照片面", "an ID card, its front"),
    "card_back": ("身份证国徽面", "an ID card, its back"),
}
GROUNDS: Mapping[str, tuple[int, int, int]] = {
    "": (236, 238, 240),
    "page": (255, 255, 255),
    "card_front": (206, 226, 240),
    "card_back": (240, 214, 206),
}
"""The colour that most of each has; "" is the lid."""


@functools.lru_cache(maxsize=8)
def scan(what: str, width_mm: float, height_mm: float, dpi: int, grey: bool) -> bytes:
    """The PNG of a part of the glass, from its corner."""
    from PIL import Image

    def px(mm: float) -> int:
        return round(mm / INCH_MM * dpi)

    size = px(min(width_mm, GLASS_MM[0])), px(min(height_mm, GLASS_MM[1]))
    image = Image.new("RGB", size, GROUNDS[""])
    if what:
        original = _drawn(what, dpi)
        image.paste(original, (px(AT_MM[0]), px(AT_MM[1])))
    if grey:
        image = image.convert("L")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _drawn(what: str, dpi: int) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    def px(mm: float) -> int:
        return round(mm / INCH_MM * dpi)

    width, height = SIZES_MM[what]
    image = Image.new("RGB", (px(width), px(height)), GROUNDS[what])
    draw = ImageDraw.Draw(image)
    ink, edge = (30, 40, 50), max(1, px(0.4))
    draw.rectangle((0, 0, px(width) - 1, px(height) - 1), outline=ink, width=edge)
    large, small = ImageFont.load_default(px(9 if what == "page" else 6)), None
    small = ImageFont.load_default(px(5 if what == "page" else 3.2))
    words = {"page": "SAMPLE PAGE", "card_front": "SAMPLE", "card_back": "SAMPLE BACK"}[what]
    draw.text((px(6), px(6)), words, fill=ink, font=large)
    draw.text((px(6), px(20)), "invented, nobody's", fill=ink, font=small)
    if what == "page":
        for n in range(22):
            draw.rectangle((px(6), px(40 + 10 * n), px(190 - 37 * (n % 3)), px(42 + 10 * n)), ink)
    elif what == "card_front":
        draw.rectangle((px(62), px(8), px(80), px(32)), fill=(150, 170, 190))
        draw.text((px(6), px(42)), "000000 18500101 0000", fill=ink, font=small)
    else:
        draw.ellipse((px(62), px(8), px(80), px(26)), fill=(200, 120, 110))
        draw.text((px(6), px(42)), "2020.01.01 - 2040.01.01", fill=ink, font=small)
    return image


def halved(png: bytes) -> bytes:
    """A PNG of the same size with its lower half missing, ended as if nothing were wrong."""
    head, at = png[:8], 8
    kept = bytearray(head)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            body = body[: length // 2]
        kept += struct.pack(">I", len(body)) + kind + body
        kept += struct.pack(">I", zlib.crc32(kind + body))
        at += 12 + length
    return bytes(kept)
