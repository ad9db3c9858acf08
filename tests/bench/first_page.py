"""From a file in the visit's folder to the picture of its first page: a fresh child each time.

Run alone: ``python -m tests.bench.first_page``. Beside it, the same page by poppler's `pdftoppm`.
"""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pikepdf

from kiosk.documents.opener import OpenDocument
from kiosk.documents.visit_folder import VisitFolder
from tests.bench.numbers import summary_ms
from tests.support import print_files as files

P95_MS = 400.0
PAGES = 10
WIDTH_PX = 900  # most of the panel's width
TIMES = 40


def report() -> bytes:
    """Ten pages as a hospital's report has them: sixty lines of Chinese and a photo on each."""
    pdf = files.with_pages(PAGES)
    with pikepdf.open(io.BytesIO(files.chinese_pdf())) as chinese:
        face = pdf.copy_foreign(chinese.pages[0].Resources.Font.G)
    photo = pdf.make_stream(files.photo((1600, 1200)))
    photo.stream_dict = files.made(
        Type="/XObject",
        Subtype="/Image",
        Width=1600,
        Height=1200,
        ColorSpace="/DeviceRGB",
        BitsPerComponent=8,
        Filter="/DCTDecode",
    )
    line = "收缩压舒张压心率血糖尿酸总胆固醇甘油三酯参考范围结果提示".encode("utf-16-be").hex()
    for page in pdf.pages:
        page.Resources = files.made(Font=files.made(G=face), XObject=files.made(I=photo))
        rows = "".join(f"<{line}> Tj 0 -12 Td " for _ in range(60))
        page.Contents = pdf.make_stream(
            f"q 200 0 0 150 340 660 cm /I Do Q BT /G 10 Tf 40 640 Td {rows}ET".encode()
        )
    return files.saved(pdf)


def measure() -> dict[str, Any]:
    """Milliseconds to the first page's picture, ours and poppler's; bytes of the file."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as data_dir:
        folder = VisitFolder(Path(data_dir))
        path = folder.new_file(".pdf")
        path.write_bytes(report())
        ours, theirs = [], []
        for turn in range(TIMES + 2):
            began = time.perf_counter()
            with OpenDocument(path, folder.path) as document:
                pages = document.facts().pages
                picture = document.picture(0, WIDTH_PX)
                taken = time.perf_counter() - began
            began = time.perf_counter()
            size = ["-scale-to-x", str(WIDTH_PX), "-scale-to-y", "-1"]
            command = ["pdftoppm", "-f", "1", "-l", "1", *size, str(path)]
            subprocess.run(command, check=True, capture_output=True)
            if turn >= 2:  # the first ones fill the system's caches
                ours.append(taken)
                theirs.append(time.perf_counter() - began)
        if (pages, picture.width) != (PAGES, WIDTH_PX):
            raise RuntimeError("that was another file")
        size_kb = path.stat().st_size >> 10
        folder.remove()
    return {"first_page_ms": summary_ms(ours), "pdftoppm_ms": summary_ms(theirs), "kb": size_kb}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
