"""A port's traffic as it passes, in hex and in words; personal data is replaced by the codec."""

from __future__ import annotations

import time
from dataclasses import replace

from kiosk.core.state import State
from kiosk.core.visit.tech_look_steps import Frame, TechWire
from screens.tech_doctor import said
from screens.tech_page import Action, TechPage, TechScreen, bar_of, cut, spoken, step_of
from screens.widgets.staff_row import StaffLine

__all__ = ["TechWireScreen", "spoken", "view_of"]

WAYS = {"in": "收", "out": "发", "": "·"}
SHORT = 24
"""So many letters have room beside a frame's time."""
ONLY = {"": "收和发都看", "in": "只看收的", "out": "只看发的"}


def view_of(state: State) -> TechPage:
    step = step_of(state, TechWire)
    shown = [x for x in step.frames if step.only in ("", x.way)]
    actions = (
        Action("接着看" if step.paused else "停住", "wire.pause"),
        Action(ONLY[step.only], "wire.only"),
        Action("存下来", "wire.save", enabled=step.saved != "…"),
    )
    quiet = "最新的在上面。" if shown else "还没有动静。"
    hint = said(step.saved) or ("停住了，每一行都是全的。" if step.paused else quiet)
    lines = tuple(y for x in shown for y in (_whole(x) if step.paused else (_line(x),)))
    title = f"{step.role} 的线路"
    return TechPage(title, hint, lines, actions, step.page, bar_of(state), 3)


def _line(frame: Frame) -> StaffLine:
    at = time.strftime("%H:%M:%S", time.localtime(frame.at_ms / 1000))
    word = f"{at}.{frame.at_ms % 1000:03}"
    return StaffLine(WAYS[frame.way], frame.data, word, "", frame.means)


def _whole(frame: Frame) -> tuple[StaffLine, ...]:
    """All of it, over as many rows as it takes, for whoever has stopped it to read."""
    line = _line(frame)
    first, *more = cut(frame.data) or [""]
    if len(frame.means) > SHORT:  # beside the time there is no room for it
        line, more = replace(line, aside=""), [*more, *cut(frame.means)]
    return (replace(line, detail=first), *(StaffLine("", x) for x in more))


class TechWireScreen(TechScreen):
    name = "tech_wire"
