"""Files in the child: good ones are read right, bad ones get their code, none harms the kiosk."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageStat

from kiosk.documents.codes import BadDocumentError, Kind, Trouble
from kiosk.documents.limits import Limits
from kiosk.documents.opener import OpenDocument, Picture
from tests.support import print_files as files
from tests.support.poppler import pdfinfo, pdftoppm, unlike

Open = Iterator[OpenDocument]


def put(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def opened(folder: Path, data: bytes, limits: Limits | None = None) -> OpenDocument:
    return OpenDocument(put(folder, data), folder, limits)


def image_of(picture: Picture) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)


def test_a_pdf_is_read_as_poppler_reads_it(tmp_path: Path) -> None:
    pdf = files.with_pages(3)
    pdf.pages[1].mediabox = pikepdf.Array([0, 0, 842, 595])
    pdf.pages[2].Rotate = 90
    with opened(tmp_path, files.saved(pdf)) as document:
        facts = document.facts()
        assert facts.kind is Kind.PDF
        assert facts.sizes == ((210, 297), (297, 210), (297, 210))
        assert not facts.restricted
        info = pdfinfo(tmp_path / "file")
        assert int(info["Pages"]) == facts.pages
        for page in range(3):
            picture = document.picture(page, 400)
            theirs = pdftoppm(tmp_path / "file", page)
            assert picture.width == 400
            assert abs(picture.height - theirs.height * 400 / theirs.width) <= 2
            assert unlike(image_of(picture), theirs) < 2, page


def test_what_is_printed_looks_like_what_was_shown(tmp_path: Path) -> None:
    pdf = files.with_pages(8)
    pdf.pages[1].mediabox = pikepdf.Array([0, 0, 842, 595])
    for page, turn in ((2, 90), (4, 180), (5, 270), (6, 90)):
        pdf.pages[page].Rotate = turn
    pdf.pages[3].mediabox = pikepdf.Array([0, 0, 842, 1190.55])  # A3
    pdf.pages[6].mediabox = pikepdf.Array([-100, 50, 742, 645.276])  # not at the origin, and turned
    pdf.pages[7].cropbox = pikepdf.Array([60, 300, 560, 660])
    order = [3, 1, 2, 0, 0, 4, 5, 6, 7]
    printed = tmp_path / "printed.pdf"
    with opened(tmp_path, files.saved(pdf)) as document:
        size = document.rewrite(order, printed)
        assert size == printed.stat().st_size
        assert int(pdfinfo(printed)["Pages"]) == len(order)
        shown = [image_of(document.picture(page, 400)) for page in order]
    sheets = [pdftoppm(printed, number) for number in range(len(order))]
    for page, picture, sheet in zip(order, shown, sheets, strict=True):
        across, down = sorted(sheet.size)
        assert (round(across * 25.4 / 72), round(down * 25.4 / 72)) == (210, 297)
        # The page lies in the middle of its sheet, as large as it fits, and round it is white.
        expected = Image.new("RGB", sheet.size, "white")
        scale = min(sheet.width / picture.width, sheet.height / picture.height)
        fitted = picture.resize((round(picture.width * scale), round(picture.height * scale)))
        corner = ((sheet.width - fitted.width) // 2, (sheet.height - fitted.height) // 2)
        expected.paste(fitted, corner)
        assert unlike(sheet, expected) < 2, page


def test_only_the_drawing_is_printed(tmp_path: Path) -> None:
    data = files.active_pdf()
    assert files.MARK in data
    printed = tmp_path / "printed.pdf"
    with opened(tmp_path, data) as document:
        shown = image_of(document.picture(0, 595))
        assert shown.getpixel((150, 842 - 150)) == (0, 128, 0)  # the field's own appearance
        document.rewrite([0, 1], printed)
    with pikepdf.open(printed) as clean:
        text = files.saved(clean, qdf=True)
    for word in (
        files.MARK,
        b"/JavaScript",
        b"/OpenAction",
        b"/AA",
        b"/EmbeddedFile",
        b"/AcroForm",
    ):
        assert word not in text
    drawn = pdftoppm(printed, 0)
    red, green, blue = drawn.getpixel((150, 842 - 150))  # type: ignore[misc]
    assert red < 60 and blue < 60 and 90 < green < 170


@pytest.mark.parametrize("nested", [False, True])
def test_faces_that_the_printer_lacks_go_as_a_picture(tmp_path: Path, nested: bool) -> None:
    printed = tmp_path / "printed.pdf"
    with opened(tmp_path, files.chinese_pdf(nested=nested)) as document:
        shown = image_of(document.picture(0, 595))
        document.rewrite([0], printed)
    ink = ImageStat.Stat(shown.crop((60, 90, 460, 150))).mean[0]
    assert 100 < ink < 230  # characters, not blanks and not black boxes
    fonts = subprocess.run(["pdffonts", printed], check=True, capture_output=True, text=True)
    assert len(fonts.stdout.splitlines()) == 2  # the table's head alone
    assert unlike(pdftoppm(printed, 0), shown) < 2


def test_faces_that_everybody_has_go_as_type(tmp_path: Path) -> None:
    printed = tmp_path / "printed.pdf"
    with opened(tmp_path, files.good_pdf(1)) as document:
        document.rewrite([0], printed)
    fonts = subprocess.run(["pdffonts", printed], check=True, capture_output=True, text=True)
    assert "Helvetica" in fonts.stdout


def test_a_photo_becomes_a_sheet(tmp_path: Path) -> None:
    printed = tmp_path / "printed.pdf"
    with opened(tmp_path, files.photo((3000, 1500))) as document:
        facts = document.facts()
        assert (facts.kind, facts.sizes) == (Kind.JPEG, ((297, 210),))
        picture = document.picture(0, 600)
        document.rewrite([0], printed)
    shown = image_of(picture)
    assert (shown.width, abs(shown.height - 424) <= 1) == (600, True)
    assert shown.getpixel((300, 10)) == (255, 255, 255)  # half as high as wide: white above
    red, green, _ = shown.getpixel((100, 120))  # type: ignore[misc]
    assert red > 200 and green < 60
    assert unlike(pdftoppm(printed, 0), shown) < 2
    assert int(pdfinfo(printed)["Pages"]) == 1


def test_a_photo_stands_as_the_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    with opened(tmp_path, files.photo((800, 600), exif=exif)) as document:
        assert document.facts().sizes == ((210, 297),)
        shown = image_of(document.picture(0, 300))
    red, green, _ = shown.getpixel((225, 100))  # type: ignore[misc]
    assert red > 200 and green < 60  # the red quarter has moved to the top right


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "RGB"])
def test_every_sort_of_png(tmp_path: Path, mode: str) -> None:
    image = Image.new(mode, (300, 400), 0)
    image.save(tmp_path / "a.png")
    with opened(tmp_path, (tmp_path / "a.png").read_bytes()) as document:
        assert document.facts().kind is Kind.PNG
        colour = image_of(document.picture(0, 300)).getpixel((150, 212))
    expected = 255 if mode in ("LA", "RGBA") else 0  # what can be seen through lies on white
    assert all(abs(part - expected) < 4 for part in colour)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", files.BAD)
def test_bad_files_get_their_code(tmp_path: Path, name: str) -> None:
    make, expected = files.BAD[name]
    with opened(tmp_path, make()) as document:
        with pytest.raises(BadDocumentError) as caught:
            document.facts()
        assert caught.value.trouble is expected
        # And it stays so: nothing half-open is asked again.
        with pytest.raises(BadDocumentError):
            document.picture(0, 100)


def test_too_many_bytes(tmp_path: Path) -> None:
    data = files.good_pdf()
    with opened(tmp_path, data, Limits(bytes_max=len(data))) as document:
        assert document.facts().pages == 3
    with (
        opened(tmp_path, data, Limits(bytes_max=len(data) - 1)) as document,
        pytest.raises(BadDocumentError, match=r"^too_big$"),
    ):
        document.facts()


def test_pages_up_to_the_limit(tmp_path: Path) -> None:
    limits = Limits(pages_max=3)
    with opened(tmp_path, files.good_pdf(3), limits) as document:
        assert document.facts().pages == 3
    with (
        opened(tmp_path, files.good_pdf(4), limits) as document,
        pytest.raises(BadDocumentError, match=r"^too_many_pages$"),
    ):
        document.facts()


def test_encrypted_without_a_password_is_said(tmp_path: Path) -> None:
    printed = tmp_path / "printed.pdf"
    with opened(tmp_path, files.encrypted_pdf(user="")) as document:
        assert document.facts().restricted
        document.rewrite([0], printed)
    assert pdfinfo(printed)["Encrypted"] == "no"


def test_a_picture_that_is_too_large_is_said(tmp_path: Path) -> None:
    data = files.flate_bomb()
    assert len(data) < 1 << 20
    with (
        opened(tmp_path, data, Limits(memory_mb=512)) as document,
        pytest.raises(BadDocumentError, match=r"^bomb$"),
    ):
        document.picture(0, 600)


def test_a_bomb_is_not_drawn_beyond_the_limits(tmp_path: Path) -> None:
    data = files.content_bomb()
    assert len(data) < 1 << 20
    with opened(tmp_path, data, Limits(memory_mb=512, cpu_s=5, answer_s=20)) as document:
        assert document.facts().pages == 1
        try:
            picture = document.picture(0, 600)
        except BadDocumentError as error:
            assert error.trouble in (Trouble.BOMB, Trouble.BROKEN, Trouble.TOO_SLOW)
        else:
            assert (picture.width, picture.height) == (600, 849)
        assert peak_mb(document) <= 512


def peak_mb(document: OpenDocument) -> int:
    """The largest resident memory of the child."""
    document.close()
    return document._resident_kb >> 10


def test_a_file_that_draws_for_ever_is_too_slow(tmp_path: Path) -> None:
    with opened(tmp_path, files.endless_drawing(), Limits(cpu_s=1)) as document:
        assert document.facts().pages == 1
        with pytest.raises(BadDocumentError, match=r"^too_slow$"):
            document.picture(0, 600)


def test_patience_ends(tmp_path: Path) -> None:
    with opened(tmp_path, files.endless_drawing(), Limits(answer_s=0.5)) as document:
        with pytest.raises(BadDocumentError, match=r"^too_slow$"):
            document.picture(0, 600)
        assert not alive(document)


def alive(document: OpenDocument) -> bool:
    document.close()
    return Path(f"/proc/{document._process.pid}").exists()


def test_pages_in_a_ring_end(tmp_path: Path) -> None:
    with opened(tmp_path, files.pages_in_a_ring()) as document, pytest.raises(BadDocumentError):
        document.facts()
        document.picture(0, 100)


def test_a_page_high_as_a_tower_is_narrower(tmp_path: Path) -> None:
    limits = Limits(picture_pixels_max=100_000)
    with opened(tmp_path, files.saved(files.with_pages(1, (100, 3000))), limits) as document:
        picture = document.picture(0, 1000)
    assert picture.width < 100
    assert picture.width * picture.height <= 101_000


def test_no_name_of_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(BadDocumentError, match=r"^unopened$"):
        OpenDocument(tmp_path / "link", tmp_path)
    with pytest.raises(BadDocumentError, match=r"^unopened$"):
        OpenDocument(tmp_path / "nothing", tmp_path)


def test_pages_that_are_not_there(tmp_path: Path) -> None:
    for page in (3, -1):
        with opened(tmp_path, files.good_pdf()) as document, pytest.raises(BadDocumentError):
            document.picture(page, 100)
        with opened(tmp_path, files.good_pdf()) as document, pytest.raises(BadDocumentError):
            document.rewrite([0, page], tmp_path / "out.pdf")
    assert not (tmp_path / "out.pdf").exists()


def test_every_code_has_its_sentence() -> None:
    from kiosk.documents.sentences import sentence

    said = {sentence(trouble) for trouble in Trouble}
    assert len(said) == len(Trouble)
    assert all(re.search("[。]$", text) for text in said)
