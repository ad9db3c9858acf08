"""How long somebody waits for the first page of their file, from opening it to its pixels.

The whole way but the wire: the child starts behind its walls, reads ten pages, draws the first one
as large as the screen shows it, and the pixels come back through the pipe.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from kiosk.documents.opener import OpenDocument
from kiosk.pages import PICTURE_MM
from kiosk.settings import PanelSettings
from sim.files import pdf
from tests.bench.numbers import summary_ms

FIRST_MS = 400.0
ROUNDS = 15
PAGES = 10


def measure() -> dict[str, Any]:
    """What the rounds come to, in milliseconds."""
    width = round(PICTURE_MM[0] * PanelSettings().px_per_mm)
    taken = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "ten.pdf"
        file.write_bytes(pdf(PAGES))
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with OpenDocument(file, folder) as document:
                facts = document.facts()
                picture = document.picture(0, width)
                taken.append(time.perf_counter() - begun)
            assert facts.pages == PAGES
            assert picture.width == width
    return {"first_page_ms": summary_ms(taken), "width_px": width}
