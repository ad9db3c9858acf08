"""PDF, in the child: sizes and pictures of pages, and the file to print, written anew by PDFium.

What is printed holds the drawn content of the chosen pages alone, fitted on A4: no scripts,
actions, attached files or forms come along, and every page has been drawn here once, so what is
too much for us doesn't reach the printer. Where faces are missing, the drawing goes as a picture.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import math
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from PIL import Image

from kiosk.documents import pdf_fonts
from kiosk.documents.codes import BadDocumentError, Kind, Trouble
from kiosk.documents.limits import Limits

A4_PT = (595.276, 841.89)
A4_PX = (2480, 3508)  # at 300 dots an inch: no printer here shows more
MM_PER_PT = 25.4 / 72
_MAY_PRINT = 1 << 2  # ISO 32000-1, table 22: bit 3, counted from 1
_TRIAL_PX = 400
_FORMS_IN_FORMS = 8
_WHY = {
    raw.FPDF_ERR_PASSWORD: Trouble.ENCRYPTED,
    raw.FPDF_ERR_SECURITY: Trouble.ENCRYPTED,
    raw.FPDF_ERR_SUCCESS: Trouble.EMPTY,  # a good file that isn't opened: it has no pages
}


@contextlib.contextmanager
def _broken_if_not_understood() -> Iterator[None]:
    """PDFium's failures are the file's."""
    try:
        yield
    except pypdfium2.PdfiumError as error:
        raise BadDocumentError(Trouble.BROKEN) from error


class PdfDocument:
    """An open PDF. PDFium isn't thread safe; the child has one thread."""

    kind = Kind.PDF

    def __init__(self, document: Any, limits: Limits) -> None:
        self._document = document
        self._limits = limits
        self._flat: set[int] = set()
        self.restricted = raw.FPDF_GetSecurityHandlerRevision(document) != -1

    @_broken_if_not_understood()
    def sizes_mm(self) -> list[tuple[int, int]]:
        """Every page's width and height; one that is too large stops it."""
        sizes = []
        for page in range(len(self._document)):
            width, height = self._document.get_page_size(page)
            across, down = width * MM_PER_PT, height * MM_PER_PT
            if not (0 < across < math.inf and 0 < down < math.inf):
                raise BadDocumentError(Trouble.BROKEN)
            if max(across, down) > self._limits.page_mm_max:
                raise BadDocumentError(Trouble.TOO_BIG)
            sizes.append((max(1, round(across)), max(1, round(down))))
        return sizes

    @_broken_if_not_understood()
    def picture(self, page: int, width: int) -> tuple[int, int, bytes]:
        """`page` as RGB, `width` pixels wide or, if it is very high, narrower."""
        opened = self._flattened(page)
        self._refuse_huge_pictures(opened)
        across, down = opened.get_size()
        scale = min(
            max(1, width) / across, math.sqrt(self._limits.picture_pixels_max / (across * down))
        )
        wide, high = max(1, round(across * scale)), max(1, round(down * scale))
        wide, high = min(wide, 0xFFFF, width), min(high, 0xFFFF)
        rgb = _drawn(opened, wide, high)
        opened.close()
        return wide, high, rgb

    @_broken_if_not_understood()
    def rewritten(self, pages: list[int]) -> bytes:
        """A new PDF of `pages`, each on an A4 sheet that stands or lies as the page does."""
        if not pages:
            raise BadDocumentError(Trouble.EMPTY)
        for page in set(pages):
            self.picture(page, _TRIAL_PX)
        fresh = pypdfium2.PdfDocument.new()
        for page in pages:
            opened = self._flattened(page)
            if pdf_fonts.all_there(opened):
                self._place(page, opened, fresh)
            else:
                self._picture_of(opened, fresh)
            opened.close()
        return _saved(fresh, self._limits)

    def _picture_of(self, opened: Any, on: Any) -> None:
        """A new sheet of `on` with the page as a picture: of faces that the printer may lack."""
        across, down = opened.get_size()
        most = min(A4_PX[0] / min(across, down), A4_PX[1] / max(across, down))
        wide, high = max(1, round(across * most)), max(1, round(down * most))
        image = Image.frombytes("RGB", (wide, high), _drawn(opened, wide, high))
        sheet_with(on, image)

    def _place(self, page: int, opened: Any, on: Any) -> None:
        """Draw `page` on a new sheet of `on`, upright, as large as it fits, in the middle."""
        across, down = opened.get_size()
        width, height = A4_PT if down >= across else A4_PT[::-1]
        scale = min(width / across, height / down)
        # PDFium makes a form that is upright and begins at (0, 0), wherever the page's box lies.
        matrix = pypdfium2.PdfMatrix().translate(-across / 2, -down / 2).scale(scale, scale)
        drawing = self._document.page_as_xobject(page, on)
        placed = drawing.as_pageobject()
        placed.set_matrix(matrix.translate(width / 2, height / 2))
        sheet = on.new_page(width, height)
        sheet.insert_obj(placed)
        sheet.gen_content()
        sheet.close()
        drawing.close()

    def _refuse_huge_pictures(self, opened: Any) -> None:
        """PDFium leaves out a picture that is too much for it, and nobody would be told."""
        for found in opened.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=_FORMS_IN_FORMS):
            wide, high = found.get_px_size()
            if wide * high > self._limits.image_pixels_max:
                raise BadDocumentError(Trouble.BOMB)

    def _flattened(self, page: int) -> Any:
        """The page with its notes and form fields made part of the drawing, as for printing."""
        if not 0 <= page < len(self._document):
            raise BadDocumentError(Trouble.UNOPENED)
        opened = self._document[page]
        if page not in self._flat:
            raw.FPDFPage_Flatten(opened, raw.FLAT_PRINT)  # a page without any is left as it is
            opened.close()
            self._flat.add(page)
            opened = self._document[page]
        return opened


def open_pdf(data: bytes, kind: Kind, limits: Limits) -> PdfDocument:
    """Open it. Raises BadDocumentError."""
    del kind
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise BadDocumentError(_WHY.get(error.err_code, Trouble.BROKEN)) from error
    if pages == 0:
        raise BadDocumentError(Trouble.EMPTY)
    if pages > limits.pages_max:
        raise BadDocumentError(Trouble.TOO_MANY_PAGES)
    if not raw.FPDF_GetDocPermissions(document) & _MAY_PRINT:
        raise BadDocumentError(Trouble.ENCRYPTED)  # its author wants it not printed
    opened = PdfDocument(document, limits)
    opened.sizes_mm()
    return opened


def sheet_of(image: Image.Image, times: int, limits: Limits) -> bytes:
    """A PDF of `times` sheets with a picture."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(times):
        sheet_with(document, image)
    return _saved(document, limits)


def sheet_with(document: Any, picture: Image.Image) -> None:
    """Add an A4 sheet, standing or lying as the picture is; that is in the middle, as it fits."""
    coded = io.BytesIO()
    # Full colour for every dot: coloured type would blur.
    picture.save(coded, "JPEG", quality=92, subsampling=0)
    width, height = A4_PT if picture.height >= picture.width else A4_PT[::-1]
    scale = min(width / picture.width, height / picture.height)
    across, down = picture.width * scale, picture.height * scale
    image = pypdfium2.PdfImage.new(document)
    image.load_jpeg(coded, inline=True)
    matrix = pypdfium2.PdfMatrix().scale(across, down)
    image.set_matrix(matrix.translate((width - across) / 2, (height - down) / 2))
    sheet = document.new_page(width, height)
    sheet.insert_obj(image)
    sheet.gen_content()
    sheet.close()


def _drawn(opened: Any, wide: int, high: int) -> bytes:
    """The page as RGB, exactly so large."""
    pixels = (ctypes.c_ubyte * (wide * high * 4))()
    bitmap = raw.FPDFBitmap_CreateEx(wide, high, raw.FPDFBitmap_BGRx, pixels, wide * 4)
    if not bitmap:
        raise BadDocumentError(Trouble.BOMB)
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, wide, high, 0xFFFFFFFF)
        flags = raw.FPDF_REVERSE_BYTE_ORDER | raw.FPDF_ANNOT | raw.FPDF_PRINTING
        raw.FPDF_RenderPageBitmap(bitmap, opened, 0, 0, wide, high, 0, flags)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return Image.frombytes("RGB", (wide, high), bytes(pixels), "raw", "RGBX").tobytes()


def _saved(document: Any, limits: Limits) -> bytes:
    written = io.BytesIO()
    document.save(written)
    if written.tell() > limits.written_max:
        raise BadDocumentError(Trouble.BOMB)
    document.close()
    return written.getvalue()
