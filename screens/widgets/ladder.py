"""The ladder of truth: what is done, what is awaited, what comes."""

from __future__ import annotations

from dataclasses import dataclass

from screens.drawing import Box, RoundBox
from screens.theme import TYPE
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label
from screens.widgets.panel import Panel

# state: ground of the sign, its edge, its colour, colour of the text, its face
_LOOKS = {
    "done": ("done", "", "on_done", "ink", "regular"),
    "now": ("card", "action", "action", "ink", "bold"),
    "next": ("card", "edge", "soft", "soft", "regular"),
    "unknown": ("wait", "wait_edge", "on_wait", "ink", "bold"),
    "refused": ("off", "edge", "ink", "ink", "regular"),
}
_SIGNS = {"done": "✓", "unknown": "?", "refused": "×"}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung. ``state`` is ``done``, ``now``, ``next``, ``unknown`` or ``refused``.

    ``short`` is the part of the text that is said, if not all of it.
    """

    text: str
    state: str
    short: str = ""

    @property
    def said(self) -> str:
        """What is said of it."""
        return self.short or self.text


class _Rung(Widget):
    role = "step"
    min_em_mm = 10.0

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._look = _LOOKS["next"]
        self._sign_box = RoundBox(self.theme, self.solid, self.ink, "card", "edge")
        self._sign = self.add(
            Label(kit, em_mm=11.0, face="bold", on="card", align="center", anchor="middle", role="")
        )
        self._label = self.add(Label(kit, em_mm=11.0, on="card", anchor="middle", role=""))
        self.em_mm = 11.0
        self.state = "next"

    @property
    def text(self) -> str:
        return self._label.text

    def show(self, number: int, step: Step) -> None:
        self.state = step.state
        self._look = _LOOKS[step.state]
        self._label.face = self._look[4]
        self._label.resize(12.0 if step.state in ("now", "unknown") else 11.0)
        self._label.say(step.text)
        self._sign.say(_SIGNS.get(step.state, str(number)))
        self.place(self.box)
        self.repaint()

    def place(self, box: Box) -> None:
        super().place(box)
        side = self.theme.px(22)
        sign = Box(box.x, box.y + (box.h - side) // 2, side, side)
        self._sign_box.place(sign, side // 2, self.theme.px(1.2))
        self._sign.place(sign)
        x = sign.right + self.theme.px(8)
        self._label.place(Box(x, box.y, box.right - x, box.h))

    def repaint(self) -> None:
        ground, edge, front, text, _ = self._look
        self._sign_box.paint(ground, edge)
        self._sign.paint(front, ground)
        self._label.paint(text, "card")


class Ladder(Widget):
    """The steps of an order on a card. It shows the order's state and nothing else."""

    role = "list"
    MOST = 5

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._panel = self.add(Panel(kit))
        self._rungs = [self.add(_Rung(kit, f"{widget_id}.{n}")) for n in range(1, self.MOST + 1)]
        self._steps: tuple[Step, ...] = ()

    @property
    def count(self) -> int:
        """How many steps are shown."""
        return len(self._steps)

    @property
    def tall(self) -> bool:
        """Whether a step has two lines."""
        return any("\n" in x.text for x in self._steps)

    def show(self, steps: tuple[Step, ...]) -> None:
        """Show these steps, at most :attr:`MOST`; the box is kept and divided among them."""
        if steps == self._steps:
            return
        if len(steps) > self.MOST:
            raise ValueError(f"a ladder has at most {self.MOST} steps, not {len(steps)}")
        resized = len(steps) != len(self._steps)
        self._steps = steps
        for n, rung in enumerate(self._rungs):
            rung.visible = n < len(steps)
            if n < len(steps):
                rung.show(n + 1, steps[n])
        if resized:
            self.place(self.box)

    def wipe(self) -> None:
        super().wipe()
        self._steps = ()

    def place(self, box: Box) -> None:
        super().place(box)
        self._panel.place(box)
        if not self._steps or not box.h:
            return
        inner = box.inset(self.theme.px(11), self.theme.px(4))
        height = inner.h // len(self._steps)
        least = round(self.theme.px(12.0) * TYPE.line)
        for n, rung in enumerate(self._rungs[: len(self._steps)]):
            rung.place(Box(inner.x, inner.y + n * height, inner.w, max(height, least)))
