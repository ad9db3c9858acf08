"""A row to choose or leave: the box is the whole row."""

from __future__ import annotations

from collections.abc import Callable

from screens.drawing import Box, RoundBox
from screens.theme import SPACE, TYPE
from screens.widgets.base import Kit
from screens.widgets.label import Amount, Label
from screens.widgets.panel import PressablePanel


class RowChoice(PressablePanel):
    """A bill: what it is, which account and month, how much, and whether it is to be paid."""

    role = "checkbox"
    min_em_mm = 10.0

    def __init__(self, kit: Kit, widget_id: str, on_touch: Callable[[], None]) -> None:
        super().__init__(kit, widget_id, on_touch, guard=True)
        self.chosen = False
        self.em_mm = TYPE.body
        self._tick_box = RoundBox(self.theme, self.solid, self.ink, "card", "ink")
        self._tick = self.add(
            Label(
                kit,
                text="✓",
                em_mm=18.0,
                face="bold",
                colour="on_action",
                on="action",
                align="center",
                anchor="middle",
                role="",
            )
        )
        self.title = self.add(
            Label(kit, em_mm=14.0, face="bold", on="card", anchor="middle", role="")
        )
        self.detail = self.add(Label(kit, colour="soft", on="card", role=""))
        self.amount = self.add(Amount(kit, f"{widget_id}.amount", on="card"))
        self._tick.visible = False

    @property
    def text(self) -> str:
        return f"{self.title.text}，{self.detail.text}"

    def show(
        self, title: str, detail: str, fen: int, chosen: bool, *, enabled: bool = True
    ) -> None:
        """Show a bill; ``fen`` in integer fen."""
        self.title.say(title)
        self.detail.say(detail)
        self.amount.show(fen)
        self.chosen = chosen
        self._tick.visible = chosen
        self.enable(enabled)
        self.place(self.box)
        self.repaint()

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        side = px(26)
        tick = Box(box.x + px(9), box.y + (box.h - side) // 2, side, side)
        self._tick_box.place(tick, px(5), px(SPACE.strong_edge))
        self._tick.place(tick)
        x = tick.right + px(8)
        name = round(px(TYPE.amount) * TYPE.line)
        line = round(px(TYPE.body) * TYPE.line)
        top = box.y + (box.h - name - line) // 2
        width = box.right - px(10) - x
        sum_ = px(100)  # a sum of ¥ 12,345.60 in its size
        self.title.place(Box(x, top, width - sum_, name))
        # In the middle of the row, unless the sum and what is said of the bill need the room.
        beside = self.detail.width_px + self.amount.width_px + px(4) <= width
        high = box if beside else Box(box.x, top, box.w, name)
        self.amount.place(Box(x + width - sum_, high.y, sum_, high.h))
        self.detail.place(Box(x, top + name, width, line))

    def repaint(self) -> None:
        super().repaint()
        if not hasattr(self, "amount"):
            return
        if self.chosen:
            self._tick_box.paint("action", "action")
        else:
            self._tick_box.paint(self.ground, "ink" if self.enabled else "edge")
        self.title.paint("ink" if self.enabled else "soft", self.ground)
        self.detail.paint("soft", self.ground)
        self.amount.paint("ink", self.ground)
