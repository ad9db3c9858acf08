"""The frame of the staff's screens: a list of lines, a few buttons, and a bar of their own.

Chinese only, and silent: who reads this works here. Denser than the residents' screens, in the same
frame and colours.
"""

from __future__ import annotations

import re
import textwrap
import time
from dataclasses import dataclass
from typing import Any

from kiosk.core.access import Right, may
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import TechSettings
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.staff_row import StaffLine, StaffRow

MOST = 8
FEWER = {0: 0, 1: 0, 2: 1, 3: 3}
"""So many lines on a page, and how many fewer above so many rows of buttons."""
BAR = {
    "tech.back": "返回",
    "tech.orders": "订单",
    "tech.settings": "设置",
    "tech.leave": "退出维护",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A button; ``main`` for the filled one."""

    text: str
    target: str
    value: str = ""
    main: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class TechPage:
    """``lines`` are all there are; ``page`` says which of them are shown. ``columns``: so many
    buttons side by side. ``less``: so many rows fewer, since the hint is long.
    """

    title: str
    hint: str = ""
    lines: tuple[StaffLine, ...] = ()
    actions: tuple[Action, ...] = ()
    page: int = 0
    bar: tuple[str, ...] = tuple(BAR)
    columns: int = 2
    less: int = 0

    @property
    def most(self) -> int:
        """So many lines find room above the buttons; turning pages needs one more button."""
        most = MOST - self.less - FEWER[-(-len(self.actions) // self.columns)]
        if len(self.lines) <= most:
            return most
        return MOST - self.less - FEWER[-(-(len(self.actions) + 1) // self.columns)]

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.lines) // self.most))

    @property
    def shown(self) -> tuple[StaffLine, ...]:
        first = (self.page % self.pages) * self.most
        return self.lines[first : first + self.most]


def bar_of(state: State) -> tuple[str, ...]:
    """What stands at the foot for whoever is signed in."""
    missing = {"tech.settings"} if isinstance(state.visit.step, TechSettings) else set()
    if not may(state.visit.operator, Right.ORDERS):
        missing.add("tech.orders")
    return tuple(x for x in BAR if x not in missing)


def spoken(view: TechPage) -> Utterance:  # noqa: ARG001
    """Staff read for themselves, and a cabin at night is quiet."""
    return SILENCE


class TechScreen(Screen):
    """Base of the staff's screens."""

    offers = ()

    def build(self) -> None:
        self.hint = self.add(
            Label(
                self.kit,
                f"{self.name}.hint",
                em_mm=TYPE.staff_small,
                colour="soft",
                personal=True,
            )
        )
        self.rows = [
            self.add(StaffRow(self.kit, f"{self.name}.line.{n}", self._chosen)) for n in range(MOST)
        ]
        self.actions: list[Button] = []
        self.bar = {
            target: self.add(
                Button(
                    self.kit,
                    target,
                    text,
                    lambda target=target: self.send(target, None),  # type: ignore[misc]
                    kind="bar",
                )
            )
            for target, text in BAR.items()
        }
        self._view = TechPage("")
        self._made: tuple[Action, ...] = ()

    def _chosen(self, line: StaffLine) -> None:
        self.send(line.target, line.value or None)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.staff_gap)
        top = body.y
        if self._view.hint:
            height = self.hint.fit_height(body.w)
            self.hint.place(Box(body.x, top, body.w, height))
            top += height + gap
        for row in self.rows:
            if row.visible:
                row.place(Box(body.x, top, body.w, px(SPACE.staff_row)))
                top += px(SPACE.staff_row) + gap
        self._place_actions(body)
        self._place_bar()

    def _place_actions(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        height = px(SPACE.button - 6)
        rows = -(-len(self.actions) // self._view.columns)
        top = body.bottom - rows * height - max(0, rows - 1) * gap
        for n, button in enumerate(self.actions):
            alone = n == len(self.actions) - 1 and n % self._view.columns == 0
            columns = 1 if alone else self._view.columns
            width = (body.w - (columns - 1) * gap) // columns
            x = body.x + (n % self._view.columns) * (width + gap)
            button.place(Box(x, top + (n // self._view.columns) * (height + gap), width, height))

    def _place_bar(self) -> None:
        """In the places of the residents' bar."""
        px, box = self.theme.px, self.bottom.box
        margin, gap = px(SPACE.margin), px(6)
        width = (box.w - 2 * margin - 3 * gap) // 4
        for n, button in enumerate(self.bar.values()):
            x = box.x + margin + n * (width + gap)
            button.place(Box(x, box.y + px(6.5), width, box.h - px(12.5)))

    def show(self, view: TechPage) -> None:
        self._view = view
        self.heading.say(view.title)
        self.hint.visible = bool(view.hint)
        self.hint.say(view.hint)
        shown = view.shown
        for n, row in enumerate(self.rows):
            row.visible = n < len(shown)
            if row.visible:
                row.show(shown[n])
        self._make_actions((*view.actions, *_paging(view)))
        for target, button in self.bar.items():
            button.visible = target in view.bar
        self.shape(view.hint, len(shown), len(self.actions), view.columns)

    def _make_actions(self, wanted: tuple[Action, ...]) -> None:
        if wanted == self._made:
            return
        self._made = wanted
        for button in self.actions:
            button.visible = False
            self.children.remove(button)
        self.actions = []
        for action in wanted:
            widget_id = ".".join(x for x in (action.target, action.value) if x)
            button = self.add(self._button(widget_id, action))
            button.enable(action.enabled)
            self.actions.append(button)
        self._shape = 0  # they need their places, whatever else stayed

    def _button(self, widget_id: str, action: Action) -> Button:
        def send() -> None:
            self.send(action.target, action.value or None)

        kind = "main" if action.main else "plain"
        return Button(self.kit, widget_id, action.text, send, kind=kind, guard=True, em_mm=TYPE.bar)

    def wipe(self) -> None:
        super().wipe()
        self._view = TechPage("")
        self._make_actions(())


def _paging(view: TechPage) -> tuple[Action, ...]:
    if view.pages == 1:
        return ()
    here = view.page % view.pages
    if here == view.pages - 1:
        return (Action(f"头一页 {here + 1}/{view.pages}", "tech.first"),)
    return (Action(f"下页 {here + 1}/{view.pages}", "tech.more"),)


WIDE = 27
"""So many Chinese characters stand on one line of a row."""


def wrapped(title: str, text: str, word: str = "", sign: str = "") -> tuple[StaffLine, ...]:
    """A text that may be too long for one row, over as many as it takes, cut between clauses."""
    parts = [""]
    for clause in re.findall(r"[^，。；：]*[，。；：]?", text):
        if _width(parts[-1]) + _width(clause) > WIDE and parts[-1]:
            parts.append("")
        parts[-1] += clause
    first, *rest = parts
    return (StaffLine(title, first, word, sign), *(StaffLine("", x) for x in rest))


def cut(text: str) -> list[str]:
    """A text of codes and bytes over as many rows as it takes; nothing for an empty one."""
    return textwrap.wrap(text, 2 * WIDE - 4 if text.isascii() else WIDE - 2)


def _width(text: str) -> float:
    """In Chinese characters: two of the alphabet's take the place of one."""
    return sum(0.5 if x.isascii() else 1 for x in text)


def clock(at_ms: int | None) -> str:
    """Local time to the minute, with its day: ``11-22 20:15``; ``不知道`` for None."""
    if at_ms is None:
        return "不知道"
    return time.strftime("%m-%d %H:%M", time.localtime(at_ms / 1000))


def second(at_ms: int) -> str:
    """The same to the second: rows of the journal follow each other closely."""
    return time.strftime("%m-%d %H:%M:%S", time.localtime(at_ms / 1000))


def ago(at_ms: int | None, now_ms: int) -> str:
    """How long ago, as it is said: ``3 秒前``; empty for None."""
    if at_ms is None:
        return ""
    seconds = max(0, now_ms - at_ms) // 1000
    if seconds < 120:
        return f"{seconds} 秒前"
    return f"{seconds // 60} 分钟前" if seconds < 7200 else clock(at_ms)


def step_of(state: State, kind: type[Any]) -> Any:
    """The step that a screen shows. Raises ValueError for another one's."""
    step = state.visit.step
    if not isinstance(step, kind):
        raise ValueError(f"{type(step).__name__} is another screen's")
    return step
