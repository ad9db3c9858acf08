"""How everything is, for the staff's screens: from what diagnostics gather, or the engine knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiosk.core.state import Level, State
from kiosk.core.visit.tech_steps import CabinRow, DeviceRow, Survey
from kiosk.diagnostics.advice import GATEWAYS as GATEWAY_TROUBLES
from kiosk.diagnostics.advice import of_reason
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.diagnostics.facts import CabinFacts, DeviceFacts, Facts, JournalFacts

TITLES = {
    "terminal": "缴费终端",
    "scanner": "扫码器",
    "receipt_printer": "小票打印机",
    "bp_meter": "血压计",
    "booklet_dispenser": "病历本机",
    "id_reader": "身份证读卡器",
    "rice_mill": "碾米机",
    "document_printer": "文件打印机",
    "document_scanner": "扫描仪",
}

GATEWAYS = {
    "biller": "缴费单位",
    "alipay": "支付宝",
    "wechat": "微信支付",
    "relay": "上传中转",
    "record": "健康档案",
}
PARTS = {"screen": "屏幕", "engine": "程序主线", "journal": "记账"}
HOT_C = 80.0
CLOCK_OFF_S = 60.0
"""From here on a machine's clock is worth setting: orders carry its time."""
CERTIFICATE_DAYS = 30
"""Enough to get a new one before the old one ends."""


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


def survey_of_facts(facts: Facts) -> Survey:
    """All that is known of the cabin, as the screens show it."""
    devices = tuple(map(_device, facts.devices))
    return Survey(int(facts.cabin.at * 1000), devices, tuple(_cabin(facts.cabin)))


def _device(found: DeviceFacts) -> DeviceRow:
    detail = found.detail
    well = found.level in (Level.READY, Level.BUSY)
    why, advice = ("", "") if well else of_reason(found.level, found.reason)
    if found.exchanged:
        detail = f"线和 {found.exchanged} 的插反了，已经按实际的口在用"
    return DeviceRow(
        found.role,
        found.title,
        found.driver,
        found.port,
        found.level,
        found.reason,
        detail,
        _ms(found.since),
        found.identity,
        found.firmware,
        _ms(found.last_answer),
        tuple(found.errors.items()),
        tuple((x.title, f"{x.value} {x.unit}".strip()) for x in found.counters),
        why,
        advice,
    )


def _cabin(cabin: CabinFacts) -> Iterator[CabinRow]:
    yield _journal_row(cabin.journal)
    yield _open_row(cabin.journal)
    waiting = "不知道" if cabin.outbox is None else f"{cabin.outbox} 件" if cabin.outbox else "没有"
    yield CabinRow("等外面答复的", waiting, _sign(cabin.outbox, bool(cabin.outbox)))
    low = cabin.disk_free is not None and cabin.disk_free < 1 << 30
    yield CabinRow("磁盘", _left(cabin.disk_free, cabin.disk_total), _sign(cabin.disk_free, low))
    low = cabin.memory_free is not None and cabin.memory_free < 100 << 20
    own = f"，本程序 {cabin.memory_used >> 20} MiB" if cabin.memory_used is not None else ""
    left = _left(cabin.memory_free, cabin.memory_total)
    yield CabinRow("内存", f"{left}{own}", _sign(cabin.memory_free, low))
    yield _clock_row(cabin.clock_off_s)
    links = "、".join(cabin.network) or "没有接上"
    yield CabinRow("网络", links, _sign(cabin.online, cabin.online is False))
    for gateway in cabin.gateways:
        usable = gateway.level in (Level.READY, Level.BUSY, Level.ATTENTION)
        trouble = GATEWAY_TROUBLES[gateway.trouble][1] if gateway.trouble else ""
        what = trouble or gateway.reason or ("连得上" if usable else "还没有问过")
        unknown = gateway.level == Level.UNKNOWN and not gateway.trouble
        sign = "unknown" if unknown else "ok" if usable and not gateway.trouble else "bad"
        yield CabinRow(GATEWAYS.get(gateway.name, gateway.name), f"{gateway.host} · {what}", sign)
    yield _certificate_row(cabin)
    hot = cabin.temperature_c is not None and cabin.temperature_c > HOT_C
    warm = "不知道" if cabin.temperature_c is None else f"{cabin.temperature_c:.0f} ℃"
    yield CabinRow("温度", warm, _sign(cabin.temperature_c, hot))
    for part in cabin.parts:
        age = "还没有" if part.age_s is None else f"{part.age_s:.0f} 秒前"
        name = PARTS.get(part.name, part.name)
        yield CabinRow(name, f"{age}动过{part.trouble}", "bad" if part.trouble else "ok")
    yield CabinRow("程序", cabin.version)


def _journal_row(books: JournalFacts) -> CabinRow:
    if books.trouble:
        return CabinRow("账本", books.trouble, "bad")
    if books.bytes is None or books.rows is None:
        return CabinRow("账本", "读不出来", "unknown")
    size = f"{books.bytes / (1 << 20):.1f} MiB，{books.rows} 行"
    checked = "" if books.verified_to is None else f"，查到第 {books.verified_to} 行"
    return CabinRow("账本", f"{size}{checked}")


def _open_row(books: JournalFacts) -> CabinRow:
    if books.open_orders is None:
        return CabinRow("没有办完的单子", "不知道", "unknown")
    waits = f"，{books.needs_person} 张等人核对" if books.needs_person else ""
    sign = "attention" if books.needs_person else "ok"
    return CabinRow("没有办完的单子", f"{books.open_orders} 张{waits}", sign)


def _clock_row(off: float | None) -> CabinRow:
    if off is None:
        return CabinRow("时钟", "没有对过", "unknown")
    way = "快" if off > 0 else "慢"
    value = "准的" if abs(off) < 2 else f"{way}了 {abs(off):.0f} 秒"
    return CabinRow("时钟", value, "bad" if abs(off) > CLOCK_OFF_S else "ok")


def _certificate_row(cabin: CabinFacts) -> CabinRow:
    if cabin.certificate_ends is None:
        return CabinRow("证书", "没有看过", "unknown")
    days = int((cabin.certificate_ends - cabin.at) // 86_400)
    if days < 0:
        return CabinRow("证书", f"过期 {-days} 天了", "bad")
    return CabinRow("证书", f"还有 {days} 天", "attention" if days < CERTIFICATE_DAYS else "ok")


def _left(free: int | None, whole: int | None) -> str:
    if free is None:
        return "不知道"
    of = f" / {whole / (1 << 30):.1f}" if whole else ""
    return f"还有 {free / (1 << 30):.1f}{of} GiB"


def _sign(known: object, bad: bool) -> str:
    """Unknown is never good."""
    return "unknown" if known is None else "attention" if bad else "ok"


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)
