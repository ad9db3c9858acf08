"""How everything is, for the staff's screens: from what the engine knows."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit.tech_steps import CabinRow, DeviceRow, Survey
from kiosk.settings import Settings

TITLES = {
    "terminal": "缴费终端",
    "scanner": "扫码器",
    "receipt_printer": "小票打印机",
    "bp_meter": "血压计",
    "booklet_dispenser": "病历本机",
    "id_reader": "身份证读卡器",
    "rice_mill": "碾米机",
    "document_printer": "文件打印机",
}


def survey_of_state(settings: Settings, state: State, at_ms: int) -> Survey:
    """What the engine itself knows: enough where nobody gathers more."""
    devices = tuple(
        DeviceRow(
            role,
            TITLES.get(role, role),
            device.driver,
            device.port,
            state.device(role).level.value,
            state.device(role).reason,
        )
        for role, device in settings.devices.items()
    )
    books = state.journal_trouble
    still_open = sum(not x.closed for x in state.orders.values())
    cabin = (
        CabinRow("账本", books or "可以记", "bad" if books else "ok"),
        CabinRow("没有办完的单子", f"{still_open} 张", "attention" if still_open else "ok"),
    )
    return Survey(at_ms, devices, cabin)
