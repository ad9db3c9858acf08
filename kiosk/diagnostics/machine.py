"""What the operating system says of the machine: disk, memory, network, temperature.

Sources: proc(5) (meminfo, smaps_rollup, loadavg, net/route), sysfs-class-net, sysfs-class-thermal.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

PROC, SYS = Path("/proc"), Path("/sys")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """Sizes in bytes; None where the system doesn't say."""

    disk_free: int | None
    disk_total: int | None
    memory_used: int | None
    memory_free: int | None
    memory_total: int | None
    load: float | None
    network: tuple[str, ...]
    online: bool | None
    temperature_c: float | None


def look(folder: Path, pid: int | None = None, proc: Path = PROC, system: Path = SYS) -> Machine:
    """How it is now. ``folder``: whose disk; ``pid``: whose memory (this process)."""
    free, total = _disk(folder)
    memory = _table(proc / "meminfo")
    used = _table(proc / str(pid or os.getpid()) / "smaps_rollup").get("Pss")
    links = tuple(
        x.name
        for x in sorted(_entries(system / "class" / "net"))
        if x.name != "lo" and _line(x / "operstate") in ("up", "unknown")
    )
    return Machine(
        free,
        total,
        used,
        memory.get("MemAvailable"),
        memory.get("MemTotal"),
        _load(proc),
        links,
        _online(proc, links),
        _temperature(system),
    )


def _disk(folder: Path) -> tuple[int | None, int | None]:
    there = next((x for x in (folder, *folder.parents) if x.exists()), folder)
    try:
        found = shutil.disk_usage(there)
    except OSError:
        return None, None
    return found.free, found.total


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _table(path: Path) -> dict[str, int]:
    """``Name:   123 kB`` lines as bytes."""
    found = {}
    for line in _line(path).splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[0].isdecimal() and words[1] == "kB":
            found[name] = int(words[0]) * _KIB
    return found


def _load(proc: Path) -> float | None:
    words = _line(proc / "loadavg").split()
    try:
        return float(words[0])
    except (IndexError, ValueError):
        return None


def _online(proc: Path, links: tuple[str, ...]) -> bool | None:
    """Whether there is a default route over a link that is up."""
    text = _line(proc / "net" / "route")
    if not text:
        return None
    rows = [x.split() for x in text.splitlines()[1:]]
    return any(len(x) > 2 and x[1] == "00000000" and x[0] in links for x in rows)


def _temperature(system: Path) -> float | None:
    """The hottest of the machine's own sensors, degrees Celsius."""
    found = []
    for zone in _entries(system / "class" / "thermal"):
        text = _line(zone / "temp")
        if zone.name.startswith("thermal_zone") and text.lstrip("-").isdecimal():
            found.append(int(text) / 1000)
    return max(found, default=None)
