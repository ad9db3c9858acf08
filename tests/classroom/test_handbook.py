"""The handbook says what the screens say, shows them as they are, and fits two pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kiosk.classroom.handbook_file import PAGES, PICTURES, made
from kiosk.classroom.reading import shipped
from kiosk.main import main

TEXTS: dict[str, list[str]] = json.loads((PICTURES / "texts.json").read_text(encoding="utf-8"))
ELSEWHERE = {
    "练习",
    "停止",
    "点击",
    "操作",
    "系统",
    "不是这个",
    "错了",
    "碰一下",
    "没关系，碰返回就好",
}
"""Quoted in the handbook, and no button of a picture."""


@pytest.mark.window
def test_the_pictures_are_the_screens_as_they_are(display: str, tmp_path: Path) -> None:
    """If not: ``python -m tests.gallery --handbook``."""
    subprocess.run(
        [sys.executable, "-m", "tests.gallery", "--handbook", str(tmp_path)],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        check=True,
    )
    now = json.loads((tmp_path / "texts.json").read_text(encoding="utf-8"))
    assert now == TEXTS
    for name in TEXTS:
        with (
            Image.open(tmp_path / f"{name}.png") as new,
            Image.open(PICTURES / f"{name}.png") as old,
        ):
            assert new.size == old.size
            apart = ImageChops.difference(new.convert("L"), old.convert("L"))
        assert ImageStat.Stat(apart).mean[0] < 2.0, name


def test_every_button_that_the_handbook_names_is_on_a_picture() -> None:
    page = re.sub(r"<style>.*?</style>", "", PAGES.read_text(encoding="utf-8"), flags=re.DOTALL)
    seen = {text.replace("\n", "") for texts in TEXTS.values() for text in texts}
    named = set(re.findall(r"「([^」]+)」", page)) - ELSEWHERE
    assert {x for x in named if not any(x in text for text in seen)} == set()


def test_every_picture_is_there_and_shown() -> None:
    shown = set(re.findall(r'src="(\w+)\.png"', PAGES.read_text(encoding="utf-8")))
    assert shown == set(TEXTS) == {x.stem for x in PICTURES.glob("*.png")}


def test_it_fits_two_pages_with_every_lesson_on_them(tmp_path: Path) -> None:
    page, paper = tmp_path / "handbook.html", tmp_path / "handbook.pdf"
    assert main(["lesson", "handbook", str(page)]) == 0
    assert page.read_text(encoding="utf-8") == made(shipped())
    subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *(f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={paper}", page.as_uri()),
        ],
        capture_output=True,
        check=True,
    )
    told = subprocess.run(["pdfinfo", paper], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Pages:\s+2$", told, re.MULTILINE), told
    words = subprocess.run(
        ["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert [x.title for x in shipped() if x.title not in words] == []
    assert main(["lesson", "handbook", str(tmp_path / "no" / "x.html")]) == 1
