"""What can be seen of the screen from outside: QR codes, module by module, and colours."""

from __future__ import annotations

import qrcode

from tests.bench.touch import Glass

QUIET = 4
"""Modules of empty room around a code (ISO/IEC 18004)."""
DARK = 96


def shows_code(display: str, box: list[int], text: str) -> bool:
    """Whether the box on the screen holds the QR code of this text, wherever it stands in it."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    return _seen(display, box, len(matrix)) == [[bool(x) for x in row] for row in matrix]


def _seen(display: str, box: list[int], count: int) -> list[list[bool]]:
    """The dark modules in the middle of a box, ``count`` in a row."""
    x, y, width, height = box
    with Glass(display) as glass:
        pixels = glass.pixels(x, y, width, height)
    size = min(width, height) // (count + 2 * QUIET)
    left, top = (width - size * count) // 2, (height - size * count) // 2

    def dark(column: int, row: int) -> bool:
        at_x, at_y = left + column * size + size // 2, top + row * size + size // 2
        return pixels[4 * (at_y * width + at_x)] < DARK

    return [[dark(column, row) for column in range(count)] for row in range(count)]
