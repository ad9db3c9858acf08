"""What the doctor looks at itself: folder, books, display, fonts, and ports that nobody holds.

Nothing that is asked moves anything; a port that the running kiosk has is left alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from devices import registry
from devices.status import Status
from kiosk.device_probe import ON_A_LINE, Machine, ask, ask_all, can_answer, swapped
from kiosk.diagnostics.advice import LINE
from kiosk.diagnostics.facts import DeviceFacts
from kiosk.diagnostics.findings import Finding, Weight
from kiosk.diagnostics.gather import device_facts
from kiosk.diagnostics.judge import broken_journal, exchanged
from kiosk.settings import Settings

GL_S = 8.0
TRIAL_S = 1.5
BAUDS = (9600, 19200, 38400, 57600, 115200)
GL_LEAST = (2, 0)
"""What Kivy 2.3 draws with."""
_GRAPHICS = ("DISPLAY", "XAUTHORITY", "LIBGL_", "MESA_", "GALLIUM_", "__GLX_")
DRI = Path("/dev/dri")


def folder(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder can be written, or made if it isn't there. It isn't made here: it
    would belong to whoever looks, and not to the kiosk.
    """
    path = settings.cabin.data_dir
    try:
        with tempfile.TemporaryFile(dir=next(x for x in (path, *path.parents) if x.exists())):
            pass
    except OSError as error:
        yield Finding(
            "folder_unwritable",
            Weight.EVERYTHING,
            "folder",
            f"数据文件夹写不进去：{path}",
            "核对这个文件夹属于运行用户、可以写；磁盘如果变成只读，先查硬盘（dmesg）。",
            str(error.strerror),
        )


# The books


def lock_holder(data_dir: Path) -> int | None:
    """The process that has the journal, 0 if its number can't be told, None if nobody has it."""
    path = data_dir / "journal.lock"
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return _locks().get(os.fstat(handle).st_ino, 0)
    finally:
        os.close(handle)
    return None


def _locks() -> dict[int, int]:
    """Who holds a flock, by the inode of its file. Source: proc(5), /proc/locks."""
    found = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if len(words) > 5 and words[1] == "FLOCK":
                found[int(words[5].rpartition(":")[2])] = int(words[4])
    return found


def locked(pid: int) -> Finding:
    """Another process has the books, and it is no kiosk that answers."""
    name = ""
    with contextlib.suppress(OSError):
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    who = f"进程 {pid}（{name}）" if pid else "另一个进程"
    return Finding(
        "journal_locked",
        Weight.EVERYTHING,
        "journal",
        f"账本被{who}占着，小屋程序起不来",
        "等它做完；如果它卡住了，先看清是什么（ps），再结束它。",
        f"flock on journal.lock held by pid {pid or 'unknown'}",
    )


def journal(settings: Settings) -> Iterator[Finding]:
    """Verify the whole chain, beside whoever writes it. Raises PermissionError."""
    from kiosk.journal import Journal, JournalBrokenError

    path = settings.cabin.data_dir / "journal.sqlite"
    if not path.exists():
        return
    path.open("rb").close()
    try:
        book = Journal(path, readonly=True, check=False)
    except JournalBrokenError as error:
        yield broken_journal(str(error))
        return
    try:
        book.store.verify(whole=True)
    except JournalBrokenError as error:
        yield broken_journal(str(error))
    finally:
        book.close()


# What draws


def environment(pid: int | None) -> dict[str, str]:
    """The display and the graphics driver's settings: the kiosk's if it runs, else our own."""
    whole = dict(os.environ)
    if pid is not None:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace")
            whole = dict(x.split("=", 1) for x in text.split("\0") if "=" in x)
    found = {k: v for k, v in whole.items() if k.startswith(_GRAPHICS)}
    if pid is None and "DISPLAY" not in found and Path("/tmp/.X11-unix/X0").exists():
        found["DISPLAY"] = ":0"  # over SSH nobody sets it, and the kiosk's is the first
    return found


def display(graphics: Mapping[str, str]) -> Iterator[Finding]:
    """Whether there is a display, and what draws on it."""
    told = _gl(graphics)
    where = graphics.get("DISPLAY", "")
    match told:
        case {"trouble": "display"}:
            yield Finding(
                "no_display",
                Weight.EVERYTHING,
                "screen",
                "没有显示：连不上图形界面" + (f"（{where}）" if where else ""),
                "看显示器电源和线；图形界面没起来就 systemctl restart cabin-screen。",
                f"XOpenDisplay({where!r})",
            )
        case {"trouble": "stuck"}:
            yield Finding(
                "display_stuck",
                Weight.EVERYTHING,
                "screen",
                "图形界面没有反应",
                "重启图形界面；反复出现就检查显卡驱动。",
                f"{where}: no answer in {GL_S:.0f} s",
            )
        case {"trouble": trouble, **more}:
            yield _driver("没有能用的 OpenGL", f"{trouble}: {more.get('detail', '')}")
        case {"renderer": str(renderer), "version": str(version)}:
            number = re.match(r"(\d+)\.(\d+)", version)
            at = (int(number[1]), int(number[2])) if number else (0, 0)
            slow = "softpipe" in renderer or (
                "llvmpipe" in renderer and any(DRI.glob("card*") if DRI.is_dir() else ())
            )
            if at < GL_LEAST:
                yield _driver(f"OpenGL 太旧：{version}", f"{renderer} {version}")
            elif slow:
                yield _driver(f"没有用上显卡，在用慢的 {renderer}", f"{renderer} {version}")


def _driver(what: str, evidence: str) -> Finding:
    return Finding(
        "gl_driver",
        Weight.EVERYTHING,
        "screen",
        f"显卡驱动不对：{what}",
        "装好显卡驱动（Debian：libgl1-mesa-dri）；去掉 LIBGL_、MESA_、GALLIUM_ 开头的环境变量。",
        evidence,
    )


def _gl(graphics: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_GRAPHICS)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kiosk.diagnostics.gl_probe"],
            env={**kept, **graphics},
            capture_output=True,
            text=True,
            timeout=GL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"trouble": "stuck"}
    lines = done.stdout.splitlines()
    if not lines:
        return {"trouble": "gl", "detail": f"the driver crashed: {done.stderr.strip()[-200:]}"}
    told: dict[str, str] = json.loads(lines[-1])
    return told


def fonts() -> Iterator[Finding]:
    """Whether the Chinese faces are installed."""
    from screens.fonts import missing

    lacking = missing()
    if lacking:
        yield Finding(
            "font_missing",
            Weight.EVERYTHING,
            "screen",
            "缺少中文字体",
            "安装：apt install fonts-noto-cjk fonts-noto-cjk-extra",
            ", ".join(lacking),
        )


# The ports


def devices(settings: Settings) -> tuple[tuple[DeviceFacts, ...], list[Finding]]:
    """Ask every machine at its port; find out more of those that aren't heard.

    Only without a running kiosk: it has the ports.
    """
    machines = {role: Machine(x.driver, x.options, x.port) for role, x in settings.devices.items()}
    found = ask_all(machines)
    findings = [exchanged(*sorted(pair)) for pair in swapped(machines, found, TRIAL_S)]
    named = {x.subject for x in findings} | {x.evidence.rpartition(" ")[2] for x in findings}
    silent = [
        role
        for role, machine in machines.items()
        if can_answer(machine.driver) and found[role].reason in LINE and role not in named
    ]
    if silent:
        with ThreadPoolExecutor(len(silent)) as pool:
            for finding in pool.map(lambda x: _why_silent(x, machines[x]), silent):
                if finding is not None:
                    findings.append(finding)
                    named.add(finding.subject)
    facts = [
        device_facts(role, x.driver, x.port, _words(found[role]))
        for role, x in machines.items()
        if role not in named and not _is_waiting(x, found[role])
    ]
    return tuple(facts), findings


def _is_waiting(machine: Machine, status: Status) -> bool:
    """A machine that speaks first and hasn't yet: nothing can be said of it."""
    return not can_answer(machine.driver) and status.level.value == "unknown"


def _words(status: Status) -> dict[str, str]:
    return {"level": status.level.value, "reason": status.reason, "detail": status.detail}


def _why_silent(role: str, machine: Machine) -> Finding | None:
    """Another speed, or another machine? None if neither answers."""
    if urlsplit(machine.port).scheme not in ("", "serial"):
        return None
    title = registry.declaration(machine.driver).title
    own = _baud_of(machine)
    for baud in BAUDS:
        if baud != own and ask(machine, _at(machine.port, baud), TRIAL_S).answered:
            return Finding(
                "wrong_baud",
                Weight.SERVICE,
                role,
                f"{title}：波特率不对，设备是 {baud}，配置是 {own}",
                f"把配置里 [devices.{role}] 的 port 改成 baud={baud}，或在设备上改回 {own}。",
                f"answers {machine.driver} at {_at(machine.port, baud)}",
            )
    for driver, options in ON_A_LINE.items():
        if driver == machine.driver:
            continue
        other = Machine(driver, options, machine.port)
        speed = _at(machine.port, registry.load(driver).default_baud)
        if any(ask(other, x, TRIAL_S).answered for x in dict.fromkeys((machine.port, speed))):
            there = registry.declaration(driver).title
            return Finding(
                "other_device",
                Weight.SERVICE,
                role,
                f"{title}：端口上插的是另一台设备（{there}）",
                f"把{title}的线插到这个口，或改配置里 [devices.{role}] 的 port。",
                f"{driver} answers at {machine.port}, {machine.driver} is configured",
            )
    return None


def _baud_of(machine: Machine) -> int:
    given = dict(parse_qsl(urlsplit(machine.port).query)).get("baud", "")
    return int(given) if given.isdecimal() else registry.load(machine.driver).default_baud


def _at(port: str, baud: int) -> str:
    parts = urlsplit(port if "://" in port else f"serial://{port}")
    query = {**dict(parse_qsl(parts.query)), "baud": str(baud)}
    return f"serial://{parts.path}?{urlencode(query)}"
