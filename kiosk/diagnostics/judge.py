"""From facts to findings. Pure: it opens nothing and reads no clock."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.diagnostics import advice
from kiosk.diagnostics.facts import CabinFacts, DeviceFacts, Facts, GatewayFacts
from kiosk.diagnostics.findings import Finding, Weight
from kiosk.diagnostics.heartbeat import STUCK_S
from kiosk.log import BEGINNING

CLOCK_OFF_S = 60.0
"""Payment platforms refuse signatures that are some minutes off; a minute is a wrong clock."""
CERTIFICATE_SOON_S = 14 * 86_400.0
HOT_C = 85.0
START_S = 20.0
"""A machine may be unknown for so long after its port was opened: two questions unanswered."""
WAITING = frozenset(("not_associated", "released"))
"""Reasons of machines that speak first, and have no reason to just now."""
MEMORY_LOW = 100 << 20


def judge(facts: Facts, least_free: int) -> list[Finding]:
    """Everything wrong in these facts. ``least_free``: bytes that the journal's disk must have."""
    return [
        *_parts(facts.cabin),
        *_journal(facts.cabin, least_free),
        *_gateways(facts.cabin),
        *_machine(facts.cabin),
        *_devices(facts.devices, facts.cabin.at),
    ]


def _parts(cabin: CabinFacts) -> Iterator[Finding]:
    for part in cabin.parts:
        if part.waiting_s >= STUCK_S or (part.trouble and part.waiting_s > 0):
            code, what, todo = advice.PARTS[part.name]
            waited = f"waited {part.waiting_s:.1f} s"
            yield Finding(code, Weight.EVERYTHING, part.name, what, todo, part.trouble or waited)


def _journal(cabin: CabinFacts, least_free: int) -> Iterator[Finding]:
    journal = cabin.journal
    if cabin.disk_free is not None and cabin.disk_free < least_free:
        yield Finding(
            "disk_full",
            Weight.MONEY,
            "disk",
            "磁盘快满了：账本没有地方写，已停止收款",
            "删掉不要的文件（旧日志、录制文件 recordings/）；账本文件不要动。",
            f"{cabin.disk_free >> 20} MiB free, {least_free >> 20} MiB wanted",
        )
    elif "clock" in journal.trouble:
        yield Finding(
            "clock_behind",
            Weight.MONEY,
            "clock",
            "本机时间比账本最后一笔还早，已停止收款",
            "把时间对准（timedatectl set-ntp true），再看一次。",
            journal.trouble,
        )
    elif journal.trouble:
        yield broken_journal(journal.trouble)
    if journal.needs_person:
        yield Finding(
            "orders_wait",
            Weight.SOON,
            "orders",
            f"{journal.needs_person} 笔订单要人处理",
            "在维护屏的“订单”里看该查什么，查清后由两个人记下结果；"
            "或停下小屋程序，用 kiosk journal list --open 和 settle。",
        )


def broken_journal(evidence: str) -> Finding:
    """The books don't verify."""
    return Finding(
        "journal_broken",
        Weight.MONEY,
        "journal",
        "账本对不上：被改过、缺了一段或读不出，已停止收款",
        "不要动账本文件，先复制一份留证；再运行 kiosk journal new-epoch 另起一本。",
        evidence,
    )


def _gateways(cabin: CabinFacts) -> Iterator[Finding]:
    off = cabin.clock_off_s
    if off is not None and abs(off) >= CLOCK_OFF_S:
        yield Finding(
            "clock_off",
            Weight.MONEY,
            "clock",
            f"本机时间{'快' if off > 0 else '慢'}了 {_span(abs(off))}",
            "把时间对准：timedatectl set-ntp true；检查主板电池。",
            f"{off:+.0f} s against the gateways' Date",
        )
    for x in cabin.gateways:
        yield from _gateway(x, cabin.at)


def _gateway(x: GatewayFacts, now: float) -> Iterator[Finding]:
    weight = Weight.MONEY if x.name in ("biller", "alipay", "wechat") else Weight.SERVICE
    title = advice.GATEWAY_TITLES.get(x.name, x.name)
    if x.trouble:
        code, what, todo = advice.GATEWAYS.get(x.trouble, ("gateway_trouble", x.trouble, ""))
        yield Finding(code, weight, x.name, f"{title}（{x.host}）{what}", todo, x.trouble)
        return
    if x.certificate_ends is not None and x.certificate_ends - now < CERTIFICATE_SOON_S:
        days = max(0, int((x.certificate_ends - now) // 86_400))
        yield Finding(
            "certificate_soon",
            Weight.SOON,
            x.name,
            f"{title}（{x.host}）的证书 {days} 天后过期",
            "请对方在过期前换新证书。",
        )
    if x.level == "unavailable":
        yield Finding(
            "gateway_failing",
            weight,
            x.name,
            f"{title}（{x.host}）不能用：{x.reason or '没有回答'}",
            "网址是通的，但业务没有回答：核对密钥和编号，问对方。",
            x.reason,
        )


def _machine(cabin: CabinFacts) -> Iterator[Finding]:
    if cabin.temperature_c is not None and cabin.temperature_c >= HOT_C:
        yield Finding(
            "hot",
            Weight.SOON,
            "machine",
            f"主机太热：{cabin.temperature_c:.0f} ℃",
            "清灰，检查风扇，别让阳光直晒。",
        )
    if cabin.memory_free is not None and cabin.memory_free < MEMORY_LOW:
        yield Finding(
            "memory_low",
            Weight.SOON,
            "machine",
            "内存快用完了",
            "关掉别的程序；重启小屋程序；反复出现请导出报告。",
            f"{cabin.memory_free >> 20} MiB available",
        )
    if cabin.online is False and not cabin.network:
        yield Finding(
            "network_down",
            Weight.MONEY,
            "network",
            "没有网络",
            "插好网线，看网口的灯；重启路由器。",
        )


def _devices(devices: tuple[DeviceFacts, ...], now: float) -> Iterator[Finding]:
    for x in devices:
        if x.exchanged:
            if x.role < x.exchanged:
                yield exchanged(x.role, x.exchanged)
            continue
        young = 0 <= now - x.since < START_S
        if x.level == "unknown" and (x.reason in WAITING or (young and x.reason in BEGINNING)):
            continue
        if x.level in ("unavailable", "attention", "unknown"):
            yield of_device(x)


def of_device(x: DeviceFacts) -> Finding:
    """A device that isn't well."""
    what, todo = advice.of_reason(x.level, x.reason)
    where = f"{x.driver} at {x.port}: {x.level} ({x.reason})"
    return Finding(
        x.reason or "unknown",
        advice.weight_of(x.role, x.level),
        x.role,
        f"{x.title}：{what}",
        todo,
        f"{where} {x.detail}".rstrip(),
    )


def exchanged(one: str, other: str) -> Finding:
    """Two cables in each other's ports."""
    return Finding(
        "cables_exchanged",
        Weight.SOON,
        one,
        f"{one} 和 {other} 的线插反了",
        "把这两根线对调；现在程序已经按插反的样子在用，对调以后会自动恢复。",
        f"{one} answers at the port of {other}",
    )


def _span(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} 小时"
    return f"{seconds / 60:.0f} 分钟" if seconds >= 120 else f"{seconds:.0f} 秒"
