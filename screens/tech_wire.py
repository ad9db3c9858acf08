"""A port's traffic as it passes, in hex and in words; personal data is replaced by the codec."""

from __future__ import annotations

import time

from kiosk.core.state import State
from kiosk.core.visit.tech_look_steps import Frame, TechWire
from screens.tech_doctor import said
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of
from screens.widgets.staff_row import StaffLine

__all__ = ["TechWireScreen", "spoken", "view_of"]

WAYS = {"in": "收", "out": "发", "": "·"}
ONLY = {"": "收和发都看", "in": "只看收的", "out": "只看发的"}


def view_of(state: State) -> TechPage:
    step = step_of(state, TechWire)
    shown = [x for x in step.frames if step.only in ("", x.way)]
    actions = (
        Action("接着看" if step.paused else "停住", "wire.pause"),
        Action(ONLY[step.only], "wire.only"),
        Action("存下来", "wire.save", enabled=step.saved != "…"),
    )
    quiet = "停住了。" if step.paused else "最新的在上面。" if shown else "还没有动静。"
    hint = said(step.saved) or quiet
    lines = tuple(map(_line, shown))
    title = f"{step.role} 的线路"
    return TechPage(title, hint, lines, actions, step.page, bar_of(state), 3)


def _line(frame: Frame) -> StaffLine:
    at = time.strftime("%H:%M:%S", time.localtime(frame.at_ms / 1000))
    word = f"{at}.{frame.at_ms % 1000:03}"
    return StaffLine(WAYS[frame.way], frame.data, word, "", frame.means)


class TechWireScreen(TechScreen):
    name = "tech_wire"
