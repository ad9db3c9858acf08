"""What a technician wants to know first: which machine isn't well, and why."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit.tech_steps import DeviceRow, TechOverview
from screens.tech_page import Action, TechPage, TechScreen, ago, bar_of, spoken, step_of
from screens.tech_words import LEVELS, SIGNS, reason_words
from screens.widgets.staff_row import StaffLine

__all__ = ["TechOverviewScreen", "spoken", "view_of"]

NUMBERS = "零一二三四五六七八九十"


def view_of(state: State) -> TechPage:
    step = step_of(state, TechOverview)
    actions = (
        Action("小屋情况", "tech.cabin"),
        Action("体检", "tech.doctor"),
        Action("自检", "tech.tests"),
    )
    if step.survey is None:
        return TechPage("维护", "正在问各台设备……", (), actions, bar=bar_of(state), columns=3)
    devices = step.survey.devices
    lines = tuple(_line(x, step.survey.at_ms) for x in devices)
    return TechPage(_title(devices), "", lines, actions, step.page, bar_of(state), 3)


def _title(devices: tuple[DeviceRow, ...]) -> str:
    bad = sum(SIGNS.get(x.level, "unknown") != "ok" for x in devices)
    count = _number(len(devices))
    return f"{count}台设备，{_number(bad)}台要处理" if bad else f"{count}台设备都好"


def _number(count: int) -> str:
    if count == 2:
        return "两"
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _line(device: DeviceRow, now_ms: int) -> StaffLine:
    answered = ago(device.answered_ms, now_ms)
    parts = [
        device.why or reason_words(device.reason),
        answered and f"{answered}答过",
        port_words(device.port),
    ]
    detail = " · ".join(x for x in parts if x)
    return StaffLine(
        device.title,
        detail,
        LEVELS.get(device.level, "未知"),
        SIGNS.get(device.level, "unknown"),
        device.driver,
        "tech.device",
        device.role,
    )


def port_words(port: str) -> str:
    """A port without what every one of its kind says."""
    return port.removeprefix("serial://").partition("?")[0]


class TechOverviewScreen(TechScreen):
    name = "tech_overview"
