"""Digits by touch: the only text entry there is."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.i18n import N_, _
from screens.drawing import Box
from screens.widgets.base import Kit, Widget
from screens.widgets.button import Button

_ROWS = ("123", "456", "789", "清0删")
_WORDS = {"清": ("clear", N_("清空")), "删": ("delete", N_("删一个"))}


class DigitPad(Widget):
    """Twelve keys: ten digits, 清空 and 删一个.

    ``on_key`` gets ``"0"`` … ``"9"``, ``"clear"`` or ``"delete"``. Keys answer every touch: a
    digit pressed twice is two digits.
    """

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        on_key: Callable[[str], None],
        words: dict[str, str] | None = None,
    ) -> None:
        super().__init__(kit, widget_id)
        self._rows: list[list[Button]] = []
        for row in _ROWS:
            keys = []
            for sign in row:
                key, text = _WORDS.get(sign, (sign, sign))
                text = (words or {}).get(key, _(text) if key != text else text)
                keys.append(
                    Button(
                        kit,
                        f"{widget_id}.{key}",
                        text,
                        lambda key=key: on_key(key),  # type: ignore[misc]
                        kind="key",
                        em_mm=20.0 if sign.isdigit() else 13.0,
                    )
                )
            self._rows.append([self.add(key) for key in keys])

    def enable(self, digits: bool, erase: bool) -> None:
        """Whether more digits are taken, and whether there is anything to erase."""
        for row in self._rows:
            for key in row:
                key.enable(digits if key.text.isdigit() else erase)

    def place(self, box: Box) -> None:
        super().place(box)
        gap = self.theme.px(5)
        width = (box.w - 2 * gap) // 3
        height = (box.h - 3 * gap) // 4
        for y, row in enumerate(self._rows):
            for x, key in enumerate(row):
                key.place(Box(box.x + x * (width + gap), box.y + y * (height + gap), width, height))
