"""Everything that is known of one device."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit.tech_steps import DeviceRow, TechDevice
from screens.tech_page import Action, TechPage, TechScreen, bar_of, clock, spoken, step_of, wrapped
from screens.tech_words import LEVELS, SIGNS, reason_words
from screens.widgets.staff_row import StaffLine

__all__ = ["TechDeviceScreen", "spoken", "view_of"]


def view_of(state: State) -> TechPage:
    step = step_of(state, TechDevice)
    device = step.survey.device(step.role) if step.survey else None
    if device is None:
        return TechPage(step.role, "正在问……", bar=bar_of(state))
    actions = (
        Action("测试这台", "tech.tests", step.role),
        Action("看线路数据", "tech.wire"),
    )
    return TechPage(device.title, "", lines_of(device), actions, step.page, bar_of(state))


def lines_of(device: DeviceRow) -> tuple[StaffLine, ...]:
    """One line a fact; what isn't known says so."""
    reason = device.why or reason_words(device.reason)
    since = f"{clock(device.since_ms)} 起" if device.since_ms is not None else ""
    why = " · ".join(x for x in (reason, since, device.detail) if x)
    sign = SIGNS.get(device.level, "unknown")
    lines = [
        StaffLine("现在", why, LEVELS.get(device.level, "未知"), sign),
        *(wrapped("怎么办", device.advice) if device.advice else ()),
        StaffLine("驱动", device.driver),
        StaffLine("口", device.port),
        StaffLine("机器", _or_unknown(" ".join((device.identity, device.firmware)))),
        StaffLine("最近一次答复", clock(device.answered_ms)),
    ]
    errors = sum(count for _kind, count in device.errors)
    kinds = "，".join(f"{reason_words(kind)} {count} 次" for kind, count in device.errors)
    sign = "attention" if errors else ""
    lines.append(StaffLine("一天里的毛病", kinds or "没有", f"{errors} 次", sign))
    lines += [StaffLine(name, value) for name, value in device.counters]
    return tuple(lines)


def _or_unknown(text: str) -> str:
    return text.strip() or "不知道"


class TechDeviceScreen(TechScreen):
    name = "tech_device"
