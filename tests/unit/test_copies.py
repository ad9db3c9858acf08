"""Pictures of the glass to one page: read by another hand, and refused when they aren't whole."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import Image

from kiosk.core.visit.print_choices import Original
from kiosk.documents.codes import BadDocumentError
from kiosk.documents.copies import look_at, write_page
from sim.devices.originals import GROUNDS, halved, scan

FRONT = scan("card_front", 95, 65, 300, grey=False)
BACK = scan("card_back", 95, 65, 300, grey=False)
PER_MM = 72 / 25.4


def _put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _drawn(pdf: Path) -> Image.Image:
    """Its only page by poppler, 72 dots an inch."""
    done = subprocess.run(
        ["pdftoppm", "-r", "72", "-png", "-singlefile", str(pdf)],
        check=True,
        capture_output=True,
    )
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def _near(found: object, wanted: tuple[int, int, int]) -> bool:
    return isinstance(found, tuple) and all(
        abs(a - b) <= 6 for a, b in zip(found, wanted, strict=True)
    )


def test_both_sides_of_a_card_stand_life_size_on_one_page(tmp_path: Path) -> None:
    sides = [_put(tmp_path, "1", FRONT), _put(tmp_path, "2", BACK)]
    pdf = tmp_path / "page"
    write_page(sides, Original.CARD, pdf)
    assert pdf.stat().st_mode & 0o777 == 0o600
    page = _drawn(pdf)
    assert page.size == (596, 842)
    at = 57.5 + 3 + 50, 48 + 3 + 45  # in the middle of the card's lower half, mm
    assert _near(
        page.getpixel((round(at[0] * PER_MM), round(at[1] * PER_MM))), GROUNDS["card_front"]
    )
    lower = round((at[1] + 120) * PER_MM)
    assert _near(page.getpixel((round(at[0] * PER_MM), lower)), GROUNDS["card_back"])
    assert page.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("grey", [False, True])
def test_a_page_fills_its_sheet(tmp_path: Path, grey: bool) -> None:
    pdf = tmp_path / "page"
    write_page([_put(tmp_path, "1", scan("page", 210, 297, 100, grey=grey))], Original.PAGE, pdf)
    page = _drawn(pdf)
    assert _near(page.getpixel((590, 300)), GROUNDS[""]), "the lid, beside the sheet"
    assert _near(page.getpixel((300, 20)), GROUNDS["page"])


def test_a_picture_that_ends_half_way_is_no_picture_even_if_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadDocumentError):
        look_at(_put(tmp_path, "half", halved(FRONT)))


def test_every_cut_and_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    seed = random.randrange(1 << 31)
    print(f"seed {seed}")
    rng = random.Random(seed)
    small = scan("card_front", 20, 20, 75, grey=False)
    look_at(_put(tmp_path, "whole", small))
    for length in range(0, len(small), 7):
        with pytest.raises(BadDocumentError):
            look_at(_put(tmp_path, "cut", small[:length]))
    for _ in range(300):
        spoilt = bytearray(small)
        at = rng.randrange(len(small) - 12)  # behind IEND's length nobody reads its sum
        spoilt[at] ^= 1 << rng.randrange(8)
        with pytest.raises(BadDocumentError):
            look_at(_put(tmp_path, "spoilt", bytes(spoilt)))


def _png(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("more", [-1, 1, 50_000_000])
def test_more_or_less_than_the_header_says_is_refused(tmp_path: Path, more: int) -> None:
    """Fifty megabytes of nothing pack into fifty kilobytes."""
    rows = bytes((1 + 3 * 100) * 80)
    look_at(_put(tmp_path, "right", _png(100, 80, rows)))
    wrong = rows[:more] if more < 0 else rows + bytes(more)
    with pytest.raises(BadDocumentError):
        look_at(_put(tmp_path, "wrong", _png(100, 80, wrong)))


def test_a_size_that_nobody_scans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDocumentError):
        look_at(_put(tmp_path, "huge", _png(60_000, 60_000, b"")))
