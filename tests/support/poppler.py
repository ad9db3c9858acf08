"""Another hand's reading of PDF: poppler-utils."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PIL import Image, ImageChops, ImageStat


def pdfinfo(path: Path) -> dict[str, str]:
    """What poppler says of a PDF."""
    text = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    return {key: value.strip() for key, _, value in (x.partition(":") for x in text.splitlines())}


def pdftoppm(path: Path, page: int) -> Image.Image:
    """Poppler's picture of a page (from 0), a pixel a point."""
    number = str(page + 1)
    command = ["pdftoppm", "-f", number, "-l", number, "-r", "72", str(path)]
    done = subprocess.run(command, check=True, capture_output=True)
    picture = path.with_suffix(".ppm")
    picture.write_bytes(done.stdout)
    with Image.open(picture) as image:
        return image.convert("RGB")


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How much two pictures differ, 0 … 255, on average, seen from some distance."""
    small = [x.resize((100, 140), Image.Resampling.BOX) for x in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean) / 3
