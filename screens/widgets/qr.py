"""A QR code, black on white by day and by night."""

from __future__ import annotations

from screens.drawing import Box, Rects
from screens.widgets.base import Kit, Widget

_QUIET = 4  # modules around the code (ISO/IEC 18004, quiet zone)


class QrImage(Widget):
    """Shows ``data`` as a QR code as large as its box, in whole pixels a module."""

    role = "image"
    min_mm = (60.0, 60.0)

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._data = ""
        self._modules: list[list[bool]] = []
        self._ground = Rects(self.theme, self.solid, "code")
        self._dark = Rects(self.theme, self.solid, "on_code")

    def show(self, data: str) -> None:
        """Encode and show; an empty string shows an empty field."""
        if data == self._data:
            return
        self._data = data
        self._modules = _encode(data) if data else []
        self.place(self.box)

    def wipe(self) -> None:
        super().wipe()
        self.show("")

    def place(self, box: Box) -> None:
        super().place(box)
        self._ground.place((box,))
        self._dark.place(self._runs(box))

    def _runs(self, box: Box) -> list[Box]:
        """The dark modules of each row, joined into runs."""
        if not self._modules or not box.w:
            return []
        count = len(self._modules)
        size = min(box.w, box.h) // (count + 2 * _QUIET)
        left = box.x + (box.w - size * count) // 2
        top = box.y + (box.h - size * count) // 2
        runs = []
        for y, row in enumerate(self._modules):
            start: int | None = None
            for x, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    runs.append(Box(left + start * size, top + y * size, (x - start) * size, size))
                    start = None
        return runs


def _encode(data: str) -> list[list[bool]]:
    """Modules of the code, row by row, error correction M, without the quiet zone."""
    import qrcode  # costs start-up time and is seldom needed

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(data)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]
