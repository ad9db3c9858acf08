"""Photos and scans, in the child: a page of A4 with the picture on it, as large as it fits."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from kiosk.documents import pdf
from kiosk.documents.codes import BadDocumentError, Kind, Trouble
from kiosk.documents.limits import Limits

# Pillow brings these in when it first needs them; the child can't open their files then.
_LOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)
Image.preinit()

A4_MM = (210, 297)


class ImageDocument:
    """One picture."""

    restricted = False

    def __init__(self, kind: Kind, image: Image.Image, limits: Limits) -> None:
        self.kind = kind
        self._image = image
        self._limits = limits

    def sizes_mm(self) -> list[tuple[int, int]]:
        """The sheet, standing or lying as the picture is."""
        return [A4_MM if self._image.height >= self._image.width else A4_MM[::-1]]

    def picture(self, page: int, width: int) -> tuple[int, int, bytes]:
        """The sheet with the picture on it, as it will come out."""
        if page != 0:
            raise BadDocumentError(Trouble.UNOPENED)
        return pdf.open_pdf(self.rewritten([0]), Kind.PDF, self._limits).picture(0, width)

    def rewritten(self, pages: list[int]) -> bytes:
        """A PDF of one sheet for each of `pages`."""
        if any(pages):
            raise BadDocumentError(Trouble.UNOPENED)
        return pdf.sheet_of(self._image, len(pages), self._limits)


def open_image(data: bytes, kind: Kind, limits: Limits) -> ImageDocument:
    """Decode, turn upright, put on white, and make no larger than a sheet needs.

    The size is checked before a pixel is allocated. Raises BadDocumentError, MemoryError.
    """
    warnings.simplefilter("ignore")  # our own limit stands below
    Image.MAX_IMAGE_PIXELS = None
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=[kind.name])
        if image.width * image.height > limits.image_pixels_max:
            raise BadDocumentError(Trouble.BOMB)
        large = pdf.A4_PX if image.height >= image.width else pdf.A4_PX[::-1]
        if kind is Kind.JPEG:
            image.draft("RGB", large)  # decodes at a half, a quarter or an eighth where it can
        image.load()
        image = _on_white(image)
        image.thumbnail(large)
        return ImageDocument(kind, _upright(image, data, kind), limits)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        # What Pillow raises on broken files is not one family.
        raise BadDocumentError(Trouble.BROKEN) from error


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel, grey
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _upright(image: Image.Image, data: bytes, kind: Kind) -> Image.Image:
    """Turned as the camera was held (Exif, tag 0x0112); unreadable notes are left unread."""
    try:
        image.getexif()[0x0112] = (
            Image.open(io.BytesIO(data), formats=[kind.name]).getexif().get(0x0112, 1)
        )
        return ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError):
        return image
