"""One of several things to have: the card as a whole is the button."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.base import Kit
from screens.widgets.label import Amount, Label
from screens.widgets.panel import PressablePanel

_PAD = 11.0  # beside the texts, mm
_SUM = 58.0  # width of a price, mm
_PER = 30.0  # width of what it is for, mm


class Pick(PressablePanel):
    """Name, one line about it, perhaps a price. Out of order it stays in place, grey and dashed."""

    min_em_mm = 10.0
    personal = False
    """Whether its texts belong to the visit."""

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        on_touch: Callable[[], None],
        *,
        em_mm: float = 18.0,
        centred: bool = False,
    ) -> None:
        super().__init__(kit, widget_id, on_touch, guard=True)
        self.em_mm = TYPE.body
        self._align = "center" if centred else "left"
        self.left_mm = 0.0
        self.title = self.add(self._label(em_mm, "bold", "ink"))
        self.detail = self.add(self._label(11.0, "regular", "soft"))
        self.amount = self.add(Amount(kit, f"{widget_id}.amount", on="card", em_mm=16.0))
        self.per = self.add(
            Label(
                kit, em_mm=11.0, colour="soft", on="card", align="right", anchor="middle", role=""
            )
        )
        self.amount.visible = self.per.visible = False

    def _label(self, em_mm: float, face: str, colour: str) -> Label:
        return Label(
            self.kit,
            em_mm=em_mm,
            face=face,
            colour=colour,
            on="card",
            align=self._align,
            anchor="middle",
            role="",
            personal=self.personal,
        )

    @property
    def text(self) -> str:
        return f"{self.title.text}，{self.detail.text}"

    def show(
        self, title: str, detail: str, fen: int = 0, per: str = "", *, enabled: bool = True
    ) -> None:
        """``fen`` for ``per``; without ``per`` no price is shown."""
        self.title.say(title)
        self.detail.say(detail)
        self.amount.visible = self.per.visible = bool(per)
        self.amount.show(fen)
        self.per.say(per)
        self.enable(enabled)
        self.repaint()

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        pad, left = px(_PAD if self._align == "left" else SPACE.edge * 4), px(self.left_mm)
        right = px(_SUM) if self.per.text else 0
        name, line = self.title.line_px, self.detail.line_px
        x, width = box.x + pad + left, box.w - 2 * pad - left - right
        wide = width + right - (px(_PER) if right else 0)  # below the price there is more room
        detail = self.detail.fit_height(wide) or line
        top = box.y + (box.h - name - detail) // 2
        self.title.place(Box(x, top, width, name))
        self.detail.place(Box(x, top + name, wide, detail))
        if right:
            x, per = box.right - pad - right, px(_PER)
            self.amount.place(
                Box(x, top + (name - self.amount.line_px), right, self.amount.line_px)
            )
            self.per.place(Box(x + right - per, top + name, per, line))

    def repaint(self) -> None:
        super().repaint()
        if not hasattr(self, "per"):
            return
        self.title.paint("ink" if self.enabled else "soft", self.ground)
        self.amount.paint("ink" if self.enabled else "soft", self.ground)
        for label in (self.detail, self.per):
            label.paint("soft", self.ground)
