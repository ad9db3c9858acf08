"""Files that people bring to the printer, good and bad, made on the spot."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping

import pikepdf
from PIL import Image

from kiosk.documents.codes import Trouble

A4 = (595.276, 841.89)
_ZEROS = 16 << 20
MARK = b"SECRET-OF-THE-RESIDENT"


def made(**words: object) -> pikepdf.Dictionary:
    """A dictionary; texts that begin with a slash are names."""
    for key, value in words.items():
        if isinstance(value, str):
            words[key] = pikepdf.Name(value)
    return pikepdf.Dictionary(**words)


def saved(pdf: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def with_pages(count: int, size: tuple[float, float] = A4, text: str = "page") -> pikepdf.Pdf:
    """Pages with their number and a frame on them."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(made(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica"))
    for number in range(count):
        page = pdf.add_blank_page(page_size=size)
        drawn = (
            f"0 0 1 RG 4 w 20 20 {size[0] - 40} {size[1] - 40} re S "
            f"BT /F 60 Tf 80 {size[1] / 2} Td ({text} {number + 1}) Tj ET"
        )
        page.Contents = pdf.make_stream(drawn.encode())
        page.Resources = made(Font=made(F=font))
    return pdf


def huge_page(points: float) -> bytes:
    """A page that says it is so wide."""
    pdf = with_pages(1)
    pdf.pages[0].mediabox = pikepdf.Array([0, 0, int(points), 842])
    return saved(pdf)


def good_pdf(count: int = 3) -> bytes:
    return saved(with_pages(count))


def chinese_pdf(text: str = "门急诊就医记录册", nested: bool = False) -> bytes:
    """Chinese in a face that isn't in the file; `nested`: inside a form inside a form."""
    pdf = with_pages(1)
    registry = {"Registry": pikepdf.String("Adobe"), "Ordering": pikepdf.String("GB1")}
    face = made(
        Type="/Font",
        Subtype="/CIDFontType0",
        BaseFont="/STSong-Light",
        CIDSystemInfo=pikepdf.Dictionary(**registry, Supplement=4),
        DW=1000,
    )
    font = made(
        Type="/Font",
        Subtype="/Type0",
        BaseFont="/STSong-Light",
        Encoding="/UniGB-UCS2-H",
        DescendantFonts=pikepdf.Array([pdf.make_indirect(face)]),
    )
    resources = made(Font=made(G=pdf.make_indirect(font)))
    drawn = f"BT /G 50 Tf 60 700 Td <{text.encode('utf-16-be').hex()}> Tj ET".encode()
    for _ in range(2 * nested):
        form = pdf.make_stream(drawn, _form(None))
        form.Resources = resources
        resources, drawn = made(XObject=made(X=form)), b"/X Do"
    pdf.pages[0].Resources = resources
    pdf.pages[0].Contents = pdf.make_stream(drawn)
    return saved(pdf)


def encrypted_pdf(**words: object) -> bytes:
    locked = pikepdf.Encryption(**{"owner": "owner", "user": "user", **words})  # type: ignore[arg-type]
    return saved(with_pages(1), encryption=locked)


def photo(size: tuple[int, int] = (640, 480), kind: str = "JPEG", **how: object) -> bytes:
    image = Image.new("RGB", size, (20, 120, 60))
    image.paste((220, 30, 30), (0, 0, size[0] // 2, size[1] // 2))  # red in the top left
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def zeros(megabytes: int) -> bytes:
    """So many MiB of zeros, deflated: blocks that repeat, so making them takes no time."""
    squeeze = zlib.compressobj(9)
    first = squeeze.compress(b"\0" * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    more = squeeze.compress(b"\0" * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return first + more * (megabytes - 1) + b"\x03\x00"


def flate_bomb(gigabytes: int = 3) -> bytes:
    """A page whose picture is gigabytes of zeros, deflated twice into some kilobytes."""
    pdf = with_pages(1)
    side = int((gigabytes * 1024**3 / 3) ** 0.5)
    image = pdf.make_stream(zlib.compress(zeros(gigabytes * 1024), 9))
    image.stream_dict = made(
        Type="/XObject",
        Subtype="/Image",
        Width=side,
        Height=side,
        ColorSpace="/DeviceRGB",
        BitsPerComponent=8,
        Filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]),
    )
    page = pdf.pages[0]
    page.Resources.XObject = made(I=image)
    page.Contents = pdf.make_stream(b"q 500 0 0 500 40 40 cm /I Do Q")
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def content_bomb(gigabytes: int = 3) -> bytes:
    """A page whose drawing itself is gigabytes of blanks."""
    pdf = with_pages(1)
    blanks = pdf.make_stream(zlib.compress(zeros(gigabytes * 1024), 9))
    blanks.stream_dict = made(
        Filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    )
    pdf.pages[0].Contents = blanks
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def endless_drawing() -> bytes:
    """Forms that draw each other ten at a time, eight deep: 10⁸ rectangles in 4 kB."""
    pdf = with_pages(1)
    inner = pdf.make_stream(b"0 0 500 500 re f 1 0 0 rg 9 9 300 300 re f", _form(None))
    for _ in range(8):
        inner = pdf.make_stream(b"/X Do " * 10, _form(inner))
    pdf.pages[0].Resources.XObject = made(X=inner)
    pdf.pages[0].Contents = pdf.make_stream(b"/X Do")
    return saved(pdf)


def _form(inner: object) -> pikepdf.Dictionary:
    form = made(Type="/XObject", Subtype="/Form", BBox=[0, 0, 600, 900])
    if inner is not None:
        form.Resources = made(XObject=made(X=inner))
    return form


def deep_nesting(depth: int = 200_000) -> bytes:
    """Arrays in arrays, deeper than any stack."""
    body = b"%PDF-1.4\n1 0 obj\n" + b"[" * depth + b"]" * depth + b"\nendobj\n"
    body += b"trailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n0\n%%EOF\n"
    return body


def pages_in_a_ring() -> bytes:
    """A page tree that contains itself."""
    pdf = with_pages(1)
    pdf.Root.Pages.Kids = pikepdf.Array([pdf.Root.Pages])
    pdf.Root.Pages.Count = 5
    return saved(pdf)


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of side × side pixels in some hundred kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + name + data + check

    head = side.to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    rows = zeros(side * (3 * side + 1) // (1 << 20) + 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def active_pdf() -> bytes:
    """A script, an action, an attached file, a note on the page and a filled form field."""
    pdf = with_pages(2)
    script = made(S="/JavaScript", JS=pikepdf.String(MARK.decode()))
    pdf.Root.OpenAction = script
    pdf.pages[0].AA = made(O=script)
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, MARK)
    pdf.docinfo["/Author"] = MARK.decode()
    ink = pdf.make_stream(b"0 0.5 0 rg 0 0 100 100 re f", _form(None))
    field = made(
        Type="/Annot",
        Subtype="/Widget",
        FT="/Tx",
        T=pikepdf.String("name"),
        V=pikepdf.String("x"),
        F=4,
        Rect=[100, 100, 200, 200],
        AP=made(N=ink),
    )
    ink.BBox = pikepdf.Array([0, 0, 100, 100])
    box = pdf.make_indirect(field)
    pdf.pages[0].Annots = pikepdf.Array([box])
    pdf.Root.AcroForm = made(Fields=pikepdf.Array([box]))
    return saved(pdf, compress_streams=False)


BAD: Mapping[str, tuple[Callable[[], bytes], Trouble]] = {
    "no bytes": (lambda: b"", Trouble.EMPTY),
    "a text": (lambda: "您好，这是一封信。".encode() * 99, Trouble.UNSUPPORTED),
    "a zip": (lambda: b"PK\x03\x04" + bytes(500), Trouble.UNSUPPORTED),
    "a GIF": (lambda: photo(kind="GIF"), Trouble.UNSUPPORTED),
    "a password": (encrypted_pdf, Trouble.ENCRYPTED),
    "printing forbidden": (
        lambda: encrypted_pdf(
            user="",
            allow=pikepdf.Permissions(print_lowres=False, print_highres=False),
        ),
        Trouble.ENCRYPTED,
    ),
    "half a PDF": (lambda: good_pdf()[:300], Trouble.BROKEN),
    "a header alone": (lambda: b"%PDF-1.7\n", Trouble.BROKEN),
    "no pages": (lambda: saved(pikepdf.new()), Trouble.EMPTY),
    "half a photo's head": (lambda: photo()[:40], Trouble.BROKEN),
    "half a PNG": (lambda: photo(kind="PNG")[:60], Trouble.BROKEN),
    "a page of a kilometre": (lambda: huge_page(2_834_646), Trouble.TOO_BIG),
    "a PNG of 900 megapixels": (png_bomb, Trouble.BOMB),
    "thousands of pages": (lambda: good_pdf(5_000), Trouble.TOO_MANY_PAGES),
    "arrays in arrays": (deep_nesting, Trouble.BROKEN),
}
"""Name → bytes, and what is said of them when they are opened."""
