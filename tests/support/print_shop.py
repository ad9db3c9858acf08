"""A cabin that prints, and a page of somebody's file, for tests without any."""

from __future__ import annotations

from kiosk.core.print_price import PrintRule
from kiosk.core.printing import PrintShop
from kiosk.pages import PagePicture, PageStore

SHOP = PrintShop(PrintRule(back_off_fen=5))


def page_store(width: int = 516, height: int = 730) -> PageStore:
    """A store whose picture 1 is a white page with grey lines, as of a letter."""
    rows = bytearray()
    for y in range(height):
        ink = y % 24 < 8 and 60 < y < height - 60
        line = bytearray(b"\xff" * 3 * width)
        if ink:
            line[3 * 50 : 3 * (width - 50)] = b"\x50" * 3 * (width - 100)
        rows += line
    store = PageStore()
    store.put(store.file, PagePicture(width, height, bytes(rows)))
    return store
