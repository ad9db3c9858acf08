"""The simulated paper against python-escpos: another author's idea of the same commands.

What that library was asked for must be on the paper, at its place; codes are read from the
paper's picture by zxing-cpp, which knows nothing of either.
"""

from __future__ import annotations

import logging

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image, ImageDraw

from sim.clock import VirtualClock
from sim.devices.paper import (
    DOTS,
    BarcodeBlock,
    Element,
    Feed,
    Picture,
    QrCode,
    Receipt,
    TextLine,
    to_image,
    to_text,
)
from sim.devices.receipt_printer import ReceiptPrinter
from sim.faults import Faults

MARGIN = 32
PROFILE = "TM-T88V"
CHINESE_ON = b"\x1c\x26"
ORDER = "SX13801261122000001ABCDEZ"


@pytest.fixture
def library(caplog: pytest.LogCaptureFixture) -> Dummy:
    """The library writing into memory for a printer of 80 mm paper."""
    caplog.set_level(logging.ERROR)
    printer = Dummy(profile=PROFILE)
    printer.hw("INIT")
    return printer


def receipts(library: Dummy) -> list[Receipt]:
    """What comes out of the simulated printer; nothing of it is unknown to it."""
    printer = ReceiptPrinter(VirtualClock(), Faults())
    raw = library.output
    while raw:
        room = printer.room() or 0
        printer.receive(raw[: max(1, room)])
        raw = raw[max(1, room) :]
        printer.advance(0.5)
    printer.advance(120.0)
    assert printer.state()["unknown_commands"] == {}
    assert printer.state()["buffered_bytes"] == 0
    return list(printer.receipts)


def paper(library: Dummy) -> tuple[Element, ...]:
    """The one receipt, without the feed at its end."""
    library.cut(mode="PART", feed=False)
    (receipt,) = receipts(library)
    elements = list(receipt.elements)
    while elements and isinstance(elements[-1], Feed):
        elements.pop()
    return tuple(elements)


def ink(elements: tuple[Element, ...]) -> Image.Image:
    """The paper without its margins, ink white on black so that boxes can be asked for."""
    image = to_image(elements).convert("L").point(lambda v: 255 if v < 128 else 0)
    return image.crop((MARGIN, MARGIN, image.width - MARGIN, image.height - MARGIN))


def read_code(elements: tuple[Element, ...]) -> tuple[str, str]:
    """What a reader sees on the paper: the code's kind and its text."""
    (found,) = zxingcpp.read_barcodes(to_image(elements))
    return found.format.name, found.text


# ---- text ----


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 1), (1, 2), (3, 2), (8, 8)])
def test_sizes(library: Dummy, width: int, height: int) -> None:
    library.set(custom_size=True, width=width, height=height)
    library.text("Ab1\n")
    (line,) = paper(library)
    assert isinstance(line, TextLine)
    (span,) = line.spans
    assert (span.text, span.w, span.h) == ("Ab1", width, height)
    assert span.dots == 3 * 12 * width
    assert line.height == max(30, 24 * height)
    left, _, right, bottom = ink((line,)).getbbox() or (0, 0, 0, 0)
    assert right <= 36 * width
    assert left < 12 * width
    assert 12 * height < bottom <= 24 * height


def test_double_size_by_mode(library: Dummy) -> None:
    library.set(double_width=True, double_height=True)
    library.text("A")
    library.set(normal_textsize=True)
    library.text("b\n")
    (line,) = paper(library)
    assert isinstance(line, TextLine)
    assert [(s.text, s.w, s.h) for s in line.spans] == [("A", 2, 2), ("b", 1, 1)]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ({"bold": True}, (True, False, False)),
        ({"underline": 1}, (False, True, False)),
        ({"invert": True}, (False, False, True)),
        ({"bold": True, "underline": 2, "invert": True}, (True, True, True)),
        ({"smooth": True, "flip": False, "font": "a", "density": 4}, (False, False, False)),
    ],
)
def test_styles_begin_and_end(
    library: Dummy, asked: dict[str, object], got: tuple[bool, bool, bool]
) -> None:
    library.text("before ")
    library.set(**asked)
    library.text("x")
    library.set_with_default()
    library.text(" after\n")
    (line,) = paper(library)
    assert isinstance(line, TextLine)
    styles = {s.text.strip(): (s.bold, s.underline, s.reverse) for s in line.spans}
    plain = (False, False, False)
    if got == plain:
        assert styles == {"before x after": plain}
    else:
        assert styles == {"before": plain, "x": got, "after": plain}


@pytest.mark.parametrize(("align", "left"), [("left", 0), ("center", 258), ("right", 516)])
def test_places(library: Dummy, align: str, left: int) -> None:
    library.set(align=align)
    library.text("HHHHH\n")
    (line,) = paper(library)
    assert isinstance(line, TextLine)
    assert line.align == align
    box = ink((line,)).getbbox()
    assert box is not None
    # Each letter stands in a cell of 12 dots, with a little white at either side.
    assert left <= box[0] < left + 4
    assert left + 56 < box[2] <= left + 60


def test_lines_wrap_where_the_library_says(library: Dummy) -> None:
    library.block_text("one two three four five six", columns=10)
    library.ln(2)
    library.text("end\n")
    assert to_text(paper(library)).splitlines() == ["one two", "three four", "five six", "", "end"]


def test_feeds_tabs_and_line_spacing(library: Dummy) -> None:
    library.control("HT", tab_size=16)
    library._raw(b"a\tb\tc\n")
    library.line_spacing(60)
    library.text("x\n")
    library.print_and_feed(2)
    library.line_spacing()
    library.text("y\n")
    first, x, feed, y = paper(library)
    assert to_text((first,)) == "a" + " " * 15 + "b" + " " * 15 + "c\n"
    assert [e.height for e in (x, feed, y)] == [60, 120, 30]


def test_cuts_end_receipts(library: Dummy) -> None:
    library.text("one\n")
    library.cut()
    library.text("two\n")
    library.cut(mode="PART")
    library.text("three\n")
    library.cut(mode="PART", feed=False)
    found = receipts(library)
    assert [to_text(x.elements).split()[0] for x in found] == ["one", "two", "three"]
    assert not any(x.torn for x in found)


def test_what_prints_nothing_prints_nothing(library: Dummy) -> None:
    library.cashdraw(2)
    library.buzzer()
    library.charcode("CP437")
    library.set_with_default(align="center")
    assert paper(library) == ()


# ---- Chinese ----


def test_chinese_after_the_mode_was_switched_on(library: Dummy) -> None:
    library._raw(CHINESE_ON)
    library.set(custom_size=True, width=2, height=2, align="center", bold=True)
    library._raw("数字小屋\n".encode("gb18030"))
    library.set(custom_size=True, width=1, height=1, align="right", bold=False)
    library._raw("合计 ￥96.30\n".encode("gb18030"))
    title, total = paper(library)
    assert isinstance(title, TextLine)
    assert [(s.text, s.w, s.h, s.bold) for s in title.spans] == [("数字小屋", 2, 2, True)]
    assert title.spans[0].dots == 4 * 48
    assert isinstance(total, TextLine)
    assert "".join(s.text for s in total.spans) == "合计 ￥96.30"
    left, _, right, _ = ink((title,)).getbbox() or (0, 0, 0, 0)
    assert 192 <= left < right <= 384
    left, _, right, _ = ink((total,)).getbbox() or (0, 0, 0, 0)
    assert DOTS - 12 * 12 <= left < right <= DOTS


def test_the_library_alone_switches_nothing_on(library: Dummy) -> None:
    """Its own way with Chinese sends GB18030 to a printer that it has just reset."""
    library.text("电费\n")
    assert to_text(paper(library)) == "□□□□\n"


# ---- codes ----


@pytest.mark.parametrize("size", [2, 4, 8])
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_codes_of_the_printer(library: Dummy, size: int, level: int) -> None:
    library.set(align="center")
    library.qr(ORDER, ec=level, size=size, native=True)
    (code,) = paper(library)
    assert code == QrCode(ORDER, size, "LMQH"[level], "center")
    assert read_code((code,)) == ("QRCode", ORDER)
    left, _, right, bottom = ink((code,)).getbbox() or (0, 0, 0, 0)
    assert left + right == DOTS
    assert bottom == code.height


@pytest.mark.parametrize("text", ["https://example.com/?a=1&b=2", "电费 96.30", "0" * 300])
def test_what_codes_of_the_printer_say(library: Dummy, text: str) -> None:
    library.qr(text, native=True, size=4)
    assert read_code(paper(library)) == ("QRCode", text)


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_codes_as_pictures(library: Dummy, way: str) -> None:
    library.qr(ORDER, native=False, size=6, image_arguments={"impl": way, "center": True})
    elements = paper(library)
    assert any(isinstance(e, Picture) for e in elements)
    assert read_code(elements) == ("QRCode", ORDER)


@pytest.mark.parametrize(
    ("kind", "code", "kept"),
    [
        ("EAN13", "400638133393", "400638133393"),
        ("CODE39", "CABIN-1", "CABIN-1"),
        ("CODE128", "{B12345", "{B12345"),
    ],
)
@pytest.mark.parametrize("form", ["A", "B"])
def test_barcodes_of_the_printer(
    library: Dummy, kind: str, code: str, kept: str, form: str
) -> None:
    if (kind, form) == ("CODE128", "A"):
        form = "B"  # the older form doesn't know it
    library.barcode(code, kind, height=80, width=2, align_ct=True, function_type=form)
    (bars,) = paper(library)
    assert bars == BarcodeBlock(kept, 80, "center")


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_barcodes_as_pictures(library: Dummy, way: str) -> None:
    library.barcode("4006381333931", "EAN13", height=80, width=3, force_software=way, check=False)
    assert read_code(paper(library)) == ("EAN13", "4006381333931")


# ---- pictures ----


def _drawn() -> Image.Image:
    """Something that is itself neither mirrored nor turned."""
    image = Image.new("1", (100, 50), 1)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 30, 10), fill=0)
    draw.line((0, 49, 99, 20), fill=0)
    draw.point((99, 0), fill=0)
    return image


def _dark(image: Image.Image) -> set[tuple[int, int]]:
    places = ((x, y) for y in range(image.height) for x in range(image.width))
    return {place for place in places if image.getpixel(place)}


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_a_picture_dot_for_dot(library: Dummy, way: str) -> None:
    library.image(_drawn(), impl=way, center=False)
    want = _dark(_drawn().convert("L").point(lambda v: 255 - v))
    assert _dark(ink(paper(library))) == want


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
@pytest.mark.parametrize(("dense_x", "dense_y"), [(False, True), (True, False), (False, False)])
def test_a_picture_of_less_density(library: Dummy, way: str, dense_x: bool, dense_y: bool) -> None:
    image = Image.new("1", (64, 48), 0)
    library.image(
        image,
        impl=way,
        center=False,
        high_density_horizontal=dense_x,
        high_density_vertical=dense_y,
    )
    elements = paper(library)
    left, top, right, _ = ink(elements).getbbox() or (1, 1, 0, 0)
    assert (left, top) == (0, 0)
    assert right == (64 if dense_x else 128)
    pictures = [e for e in elements if isinstance(e, Picture)]
    if way != "bitImageColumn":
        assert sum(p.height for p in pictures) == (48 if dense_y else 96)


def test_a_picture_in_the_middle(library: Dummy) -> None:
    library.image(_drawn(), center=True, impl="bitImageRaster")
    left, _, right, _ = ink(paper(library)).getbbox() or (0, 0, 0, 0)
    assert abs((left + right) - 512) <= 2  # that profile's printer has 512 dots


# ---- a receipt ----


def test_a_whole_receipt(library: Dummy) -> None:
    library._raw(CHINESE_ON)
    library.set(align="center", custom_size=True, width=2, height=2, bold=True)
    library._raw("缴费凭证\n".encode("gb18030"))
    library.set_with_default()
    library._raw(CHINESE_ON)
    library._raw("户号 ".encode("gb18030"))
    library.text("3100004417\n")
    library.text("-" * 48 + "\n")
    library.set(align="center")
    library.qr(ORDER, native=True, size=6, ec=1)
    library.cut()
    (receipt,) = receipts(library)
    assert to_text(receipt.elements).rstrip().splitlines() == [
        " " * 16 + "缴费凭证",
        "户号 3100004417",
        "-" * 48,
        f"[QR {ORDER}]",
    ]
    assert read_code(receipt.elements) == ("QRCode", ORDER)
