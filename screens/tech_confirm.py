"""Once more, in words, before something on the staff's screens is done."""

from __future__ import annotations

from kiosk.core.money import yuan
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import TechConfirm, TechSupplies
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of
from screens.tech_words import SERVICES
from screens.widgets.staff_row import StaffLine

__all__ = ["TechConfirmScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step = step_of(state, TechConfirm)
    title, line, yes = _words(state, step)
    hint = "谁在什么时候做的，会记进账本。"
    actions = (Action(yes, "confirm.yes", main=True),)
    return TechPage(title, hint, (line,), actions, bar=bar_of(state))


def _words(state: State, step: TechConfirm) -> tuple[str, StaffLine, str]:
    """Heading, what it is about, and what the button says."""
    match step.what:
        case "refilled":
            known = step.back.supplies if isinstance(step.back, TechSupplies) else None
            title = next((x.title for x in known or () if x.id == step.value), step.value)
            return "加满了吗？", StaffLine(title, "从现在起重新数"), "加满了"
        case "service_off":
            name = SERVICES[step.value]
            return "要停掉吗？", StaffLine(name, "正在办的人办完为止"), "停掉"
        case "service_on":
            return "要开吗？", StaffLine(SERVICES[step.value], "首页上马上能碰"), "开"
        case "price":
            return _price(state, step)
        case "config_old":
            line = StaffLine("退回上一份配置", "会重新启动，几秒钟就好")
            return "要退回吗？", line, "退回"
        case _:
            line = StaffLine("用新的一份配置", "会重新启动，几秒钟就好；原来的留着")
            return "要换吗？", line, "换上"


def _price(state: State, step: TechConfirm) -> tuple[str, StaffLine, str]:
    rice = state.rules.rice.bin(int(step.value)) if state.rules.rice else None
    name = rice.name if rice is not None else ""
    before = f"原来 ¥ {yuan(rice.price_fen)}" if rice is not None else ""
    now = yuan(int(step.words[0])) if step.words else ""
    return "改成这个价吗？", StaffLine(name, before, f"¥ {now}"), "改价"


class TechConfirmScreen(TechScreen):
    name = "tech_confirm"
