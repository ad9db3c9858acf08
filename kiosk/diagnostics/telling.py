"""Facts as lines for a technician's terminal."""

from __future__ import annotations

import time

from kiosk.diagnostics.advice import GATEWAY_TITLES, GATEWAYS, of_reason
from kiosk.diagnostics.facts import DeviceFacts, Facts

SIGNS = {"ready": "●", "busy": "●", "attention": "▲", "unavailable": "✖", "unknown": "？"}


def status_lines(facts: Facts) -> list[str]:
    """The cabin in a few lines, then one line a device."""
    c, j = facts.cabin, facts.cabin.journal
    up = int(c.at - c.started_at)
    lines = [
        f"小屋 {c.cabin}  程序 {c.version}  已运行 {up // 3600} 小时 {up % 3600 // 60} 分",
        f"屏幕 {c.screen}  {'有人在用' if c.visit else '没有人在用'}",
        f"账本 {_size(j.bytes)}  {_known(j.rows)} 行  核对到 {_known(j.verified_to)}  "
        f"未完订单 {_known(j.open_orders)}  要人处理 {_known(j.needs_person)}  "
        f"等外面答复 {_known(c.outbox)}" + (f"  ✖ {j.trouble}" if j.trouble else ""),
        f"磁盘剩余 {_size(c.disk_free)}  程序内存 {_size(c.memory_used)}  "
        f"可用内存 {_size(c.memory_free)}"
        + (f"  {c.temperature_c:.0f} ℃" if c.temperature_c is not None else ""),
    ]
    for part in c.parts:
        if part.waiting_s or part.trouble:
            lines.append(f"✖ {part.name} 没有反应 {part.waiting_s:.1f} 秒 {part.trouble}".rstrip())
    for g in c.gateways:
        trouble = GATEWAYS[g.trouble][1] if g.trouble else ""
        asked = "还没有问过" if g.level == "unknown" else ""
        why = " ".join(dict.fromkeys(x for x in (g.reason, trouble) if x)) or asked
        title = GATEWAY_TITLES.get(g.name, g.name)
        lines.append(f"{SIGNS[g.level]} {title} {g.name}（{g.host}）{why}")
    lines += [device_line(x) for x in facts.devices]
    return lines


def device_line(x: DeviceFacts) -> str:
    """One device: sign, name, state, since when, port, counters."""
    state = "正常" if x.level == "ready" else of_reason(x.level, x.reason)[0]
    if x.level == "busy":
        state = f"在忙（{x.reason}）"
    since = time.strftime("%m-%d %H:%M", time.localtime(x.since))
    counts = "  ".join(f"{y.title} {y.value} {y.unit}" for y in x.counters if y.value)
    errors = "  ".join(f"{kind}×{count}" for kind, count in x.errors.items())
    more = "  ".join(y for y in (x.identity, x.firmware, counts, errors) if y)
    head = f"{SIGNS[x.level]} {x.title} {x.role}  {state}  {since} 起"
    return f"{head}  {x.driver} {x.port}  {more}".rstrip()


def _known(value: int | None) -> str:
    return "不明" if value is None else str(value)


def _size(value: int | None) -> str:
    if value is None:
        return "不明"
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20)):
        if value >= factor:
            return f"{value / factor:.1f} {unit}"
    return f"{value / 1024:.0f} KB"
