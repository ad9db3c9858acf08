"""Pictures of a scanner's glass to one page for the printer, without decoding them here.

A PNG's rows are packed as a PDF's are allowed to be, so what lies in the one goes into the other as
it is; that it is whole was seen before, by unpacking it once and keeping nothing. The page is
opened behind the same walls as every other file.
Sources: PNG specification (W3C, third edition), 5.3 to 5.6, 9.2 and 11.2; ISO 32000-1, 7.4.4.4
(predictor 15 is PNG's), 7.5 and 8.9.5; ISO/IEC 7810 (ID-1: 85.60 × 53.98 mm).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import unpack
from typing import BinaryIO

from kiosk.core.visit.print_choices import Original
from kiosk.documents.codes import BadDocumentError, Trouble

A4_MM = (210, 297)
AREAS_MM: Mapping[Original, tuple[int, int]] = {Original.CARD: (95, 65), Original.PAGE: A4_MM}
"""What is taken of the glass, from its corner: a card lies a little away from the mark."""
DPI: Mapping[Original, int] = {Original.CARD: 300, Original.PAGE: 200}
NAMES: Mapping[Original, str] = {Original.CARD: "身份证复印件", Original.PAGE: "一页复印件"}
CARD_TOPS_MM = (48, 168)
"""How far below the upper edge the two sides of a card begin; life-size, in the middle."""
POINT_MM = 25.4 / 72
MOST_PIXELS = 40_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIECE = 64 << 10
_SPACES = {0: ("/DeviceGray", 1), 2: ("/DeviceRGB", 3)}
"""PNG's colour type → PDF's colour space, samples a pixel. A scanner has no palette."""


@dataclass(frozen=True, slots=True)
class Look:
    """A PNG's header."""

    width: int
    height: int
    depth: int
    colour: int

    @property
    def row_bytes(self) -> int:
        """A row with its filter's byte."""
        return 1 + (self.width * self.depth * _SPACES[self.colour][1] + 7) // 8


def look_at(path: Path) -> Look:
    """Unpack a PNG to its end, keeping nothing. Raises BadDocumentError if it isn't whole."""
    unpacker = zlib.decompressobj()
    count = 0
    with path.open("rb") as file:
        look = _header(file)
        most = look.row_bytes * look.height
        try:
            for packed in _data(file):
                while packed:
                    count += len(unpacker.decompress(packed, _PIECE))
                    packed = unpacker.unconsumed_tail
                if count > most:
                    raise BadDocumentError(Trouble.BROKEN)
        except zlib.error as error:
            raise BadDocumentError(Trouble.BROKEN) from error
    if count != most or not unpacker.eof:
        raise BadDocumentError(Trouble.BROKEN)
    return look


def write_page(pictures: Sequence[Path], original: Original, to: Path) -> None:
    """An A4 page as PDF, life-size. Raises BadDocumentError, OSError."""
    with to.open("xb") as out:
        to.chmod(0o600)
        _Pdf(out).page(pictures, original)


class _Pdf:
    """Objects: 1 catalogue, 2 pages, 3 the page, 4 what is drawn, then the pictures."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places: list[int] = []
        out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def page(self, pictures: Sequence[Path], original: Original) -> None:
        count = len(pictures)
        images = b" ".join(b"/I%d %d 0 R" % (n, 5 + n) for n in range(count))
        drawn = "\n".join(_placed(n, original) for n in range(count)).encode("ascii")
        box = b"%.3f %.3f" % (A4_MM[0] / POINT_MM, A4_MM[1] / POINT_MM)
        self._object(b"<< /Type /Catalog /Pages 2 0 R >>")
        self._object(b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        self._object(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s] /Contents 4 0 R"
            b" /Resources << /XObject << %s >> >> >>" % (box, images)
        )
        self._object(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        for path in pictures:
            self._picture(path)
        self._end()

    def _picture(self, path: Path) -> None:
        with path.open("rb") as file:
            look = _header(file)
            length = sum(len(x) for x in _data(file))
            space, samples = _SPACES[look.colour]
            decode = (
                f"/Predictor 15 /Colors {samples} /BitsPerComponent {look.depth}"
                f" /Columns {look.width}"
            )
            self._begin(
                f"<< /Type /XObject /Subtype /Image /Width {look.width} /Height {look.height}"
                f" /ColorSpace {space} /BitsPerComponent {look.depth} /Filter /FlateDecode"
                f" /DecodeParms << {decode} >> /Length {length} >>\nstream\n".encode("ascii")
            )
            file.seek(0)
            _header(file)
            for packed in _data(file):
                self._out.write(packed)
        self._out.write(b"\nendstream\nendobj\n")

    def _object(self, content: bytes) -> None:
        self._begin(content)
        self._out.write(b"\nendobj\n")

    def _begin(self, content: bytes) -> None:
        self._places.append(self._out.tell())
        self._out.write(b"%d 0 obj\n" % len(self._places) + content)

    def _end(self) -> None:
        start, count = self._out.tell(), len(self._places) + 1
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        self._out.write(b"".join(b"%010d 00000 n \n" % x for x in self._places))
        trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        self._out.write(trailer % (count, start))


def _placed(number: int, original: Original) -> str:
    """Where a picture stands on the page, in PDF's points from the lower left corner."""
    width, height = AREAS_MM[original]
    top = CARD_TOPS_MM[number] if original is Original.CARD else 0
    x, y = (A4_MM[0] - width) / 2, A4_MM[1] - top - height
    w, h, left, low = (v / POINT_MM for v in (width, height, x, y))
    return f"q {w:.3f} 0 0 {h:.3f} {left:.3f} {low:.3f} cm /I{number} Do Q"


def _header(file: BinaryIO) -> Look:
    """The signature and IHDR, which comes first. Raises BadDocumentError."""
    if file.read(8) != _SIGNATURE:
        raise BadDocumentError(Trouble.BROKEN)
    kind, body = _chunk(file)
    if kind != b"IHDR" or len(body) != 13:
        raise BadDocumentError(Trouble.BROKEN)
    width, height, depth, colour, packing, filters, interlaced = unpack(">IIBBBBB", body)
    known = colour in _SPACES and depth in (1, 8) and not (packing or filters or interlaced)
    if not known or not 0 < width * height <= MOST_PIXELS or (depth == 1 and colour):
        raise BadDocumentError(Trouble.UNSUPPORTED)
    return Look(width, height, depth, colour)


def _data(file: BinaryIO) -> Iterator[bytes]:
    """The packed rows, from behind the header. Raises BadDocumentError if IEND doesn't come."""
    while True:
        kind, body = _chunk(file)
        if kind == b"IDAT":
            yield body
        elif kind == b"IEND":
            return


def _chunk(file: BinaryIO) -> tuple[bytes, bytes]:
    """The next chunk's name and content, if its sum is right."""
    head = file.read(8)
    if len(head) != 8:
        raise BadDocumentError(Trouble.BROKEN)
    length, kind = unpack(">I", head[:4])[0], head[4:]
    body = file.read(length) if length <= MOST_PIXELS * 3 else b""
    if len(body) != length or file.read(4) != zlib.crc32(kind + body).to_bytes(4, "big"):
        raise BadDocumentError(Trouble.BROKEN)
    return kind, body
