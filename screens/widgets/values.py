"""Blood pressure in figures that can be read without glasses; for the person's eyes alone."""

from __future__ import annotations

from kiosk.core.clinic import Reading
from kiosk.i18n import _
from screens.drawing import Box
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label
from screens.widgets.panel import Panel

_CAPTION = 12.0  # em of the words above a figure, mm
_PULSE = 16.0


class PressureValues(Widget):
    """高压, 低压 and 脉搏 on a card. ``em_mm`` is the size of the two figures."""

    def __init__(self, kit: Kit, widget_id: str, em_mm: float = 48.0) -> None:
        super().__init__(kit)
        self._panel = self.add(Panel(kit))
        self._captions = [
            self._label(f"{widget_id}.caption.{n}", _CAPTION, "soft", "regular") for n in range(2)
        ]
        self._figures = [
            self._label(f"{widget_id}.{name}", em_mm, "ink", "bold", private=True)
            for name in ("systolic", "diastolic")
        ]
        self._pulse = self._label(f"{widget_id}.pulse", _PULSE, "ink", "regular", private=True)

    def _label(
        self, widget_id: str, em_mm: float, colour: str, face: str, *, private: bool = False
    ) -> Label:
        return self.add(
            Label(
                self.kit,
                widget_id,
                em_mm=em_mm,
                face=face,
                colour=colour,
                on="card",
                align="center",
                anchor="middle",
                private=private,
            )
        )

    def show(self, reading: Reading) -> None:
        for caption, text in zip(
            self._captions, (_("高压（毫米汞柱）"), _("低压（毫米汞柱）")), strict=True
        ):
            caption.say(text)
        self._figures[0].say(str(reading.systolic))
        self._figures[1].say(str(reading.diastolic))
        self._pulse.say(_("脉搏 每分钟 {value} 次").format(value=reading.pulse))

    def fit(self) -> int:
        """Height in pixels."""
        px = self.theme.px
        figure = round(px(self._figures[0].em_mm) * 1.2)
        return self._captions[0].line_px + figure + self._pulse.line_px + px(12)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._panel.place(box)
        inner = box.inset(px(6), px(4))
        half = inner.w // 2
        line, pulse = self._captions[0].line_px, self._pulse.line_px
        figure = inner.h - line - pulse
        for n in range(2):
            x = inner.x + n * half
            self._captions[n].place(Box(x, inner.y, half, line))
            self._figures[n].place(Box(x, inner.y + line, half, figure))
        self._pulse.place(Box(inner.x, inner.bottom - pulse, inner.w, pulse))
