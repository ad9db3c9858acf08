"""Files that people bring to be printed: good ones, and some that must not do harm.

The PDF here is written by hand after ISO 32000-1: 7.5 (file structure), 7.4.4 (Flate), 7.6.3
(standard security handler, algorithms 1 to 4).
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Mapping, Sequence

_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_ID = bytes(16)
_MAY_ALL = -4
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(pages: int = 3) -> bytes:
    """A PDF of A4 pages with a large number on each."""
    return _pdf([_drawing(number) for number in range(1, pages + 1)])


def photo() -> bytes:
    """A JPEG of 2000 × 1500 pixels: a sun over a green field."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (2000, 1500), (164, 205, 232))
    draw = ImageDraw.Draw(image)
    draw.ellipse((1400, 150, 1750, 500), fill=(250, 200, 60))
    draw.polygon([(0, 1500), (0, 900), (900, 700), (2000, 1000), (2000, 1500)], fill=(90, 140, 70))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def encrypted() -> bytes:
    """A PDF that wants a password (40-bit RC4: enough to need one)."""
    owner = _rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(b"password"))
    known = _padded(b"password") + owner + _MAY_ALL.to_bytes(4, "little", signed=True) + _ID
    key = hashlib.md5(known).digest()[:5]
    return _pdf([_drawing(1)], key, owner, _rc4(key, _PAD))


def broken() -> bytes:
    """The first third of a PDF, as after a stick was pulled too early."""
    whole = pdf()
    return whole[: len(whole) // 3]


def bomb() -> bytes:
    """Some kilobytes that hold a picture of 4.8 GB."""
    squeeze = zlib.compressobj(9)
    first = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    packed = zlib.compress(first + again * 4600 + b"\x03\x00", 9)
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 40000 /Height 40000 /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\n"
        b"endstream" % (len(packed), packed)
    )
    return _pdf([b"q 500 0 0 700 40 70 cm /X Do Q"], more=image)


SAMPLES: Mapping[str, tuple[str, str, str, Callable[[], bytes]]] = {
    "pdf": ("体检报告.pdf", "三页 PDF", "a PDF of 3 pages", pdf),
    "photo": ("全家福.jpg", "一张照片", "a photo", photo),
    "encrypted": ("有密码.pdf", "有密码的 PDF", "an encrypted PDF", encrypted),
    "broken": ("没存完.pdf", "坏的 PDF", "a broken PDF", broken),
    "bomb": ("很大.pdf", "炸弹 PDF", "a bomb", bomb),
}
"""Name → file name, Chinese, English, and how it is made."""


def _drawing(number: int) -> bytes:
    return (
        b"0.04 0.35 0.36 RG 6 w 40 40 515 762 re S"
        b" BT /F 240 Tf 220 330 Td (%d) Tj ET BT /F 30 Tf 190 260 Td (sample page) Tj ET" % number
    )


def _pdf(
    drawings: Sequence[bytes],
    key: bytes | None = None,
    owner: bytes = b"",
    user: bytes = b"",
    more: bytes | None = None,
) -> bytes:
    """Objects: 1 catalogue, 2 pages, 3 font, 4 `more`, then a page and its content in turn."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(len(drawings)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(drawings)),
        _FONT,
        more or b"null",
    ]
    for drawing in drawings:
        number = len(objects) + 2
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> /XObject << /X 4 0 R >> >> >>" % number
        )
        data = drawing if key is None else _rc4(_object_key(key, number), drawing)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data))
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /ID [<%s> <%s>]" % (
        len(objects) + 1,
        _ID.hex().encode(),
        _ID.hex().encode(),
    )
    if key is not None:
        out += b" /Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>" % (
            owner.hex().encode(),
            user.hex().encode(),
            _MAY_ALL,
        )
    return bytes(out + b" >>\nstartxref\n%d\n%%%%EOF\n" % start)


def _padded(password: bytes) -> bytes:
    return (password + _PAD)[:32]


def _object_key(key: bytes, number: int) -> bytes:
    return hashlib.md5(key + number.to_bytes(3, "little") + bytes(2)).digest()[: len(key) + 5]


def _rc4(key: bytes, data: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
