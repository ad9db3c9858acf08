"""The doctor: what is wrong in this cabin, the worst first.

With a running kiosk it asks that one, over the control socket, and leaves its ports alone; without
one it asks the machines itself. What can't be looked at is said to be so, never taken for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk.config import ConfigError, load
from kiosk.diagnostics import probes, whose
from kiosk.diagnostics.control import (
    Client,
    ForbiddenError,
    NotRunningError,
    RefusedError,
    SilentError,
)
from kiosk.diagnostics.facts import Facts, from_json
from kiosk.diagnostics.findings import LAST, Finding, Weight, in_order
from kiosk.diagnostics.gather import Alive, cabin_facts, look_at_gateways
from kiosk.diagnostics.heartbeat import SCREEN
from kiosk.diagnostics.judge import judge
from kiosk.settings import Settings

SILENT = frozenset(("no_answer", "silent"))
FRESH_S = 60.0
"""How old what the running kiosk knows of the gateways may be."""
ANSWER_S = 4.0
"""A kiosk that doesn't say so soon which machines it has stands still as a whole."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``findings``, the worst first; ``unseen``: what couldn't be looked at, and why."""

    findings: tuple[Finding, ...]
    unseen: tuple[str, ...] = ()
    running: bool = False
    facts: Facts | None = None

    @property
    def exit_code(self) -> int:
        """0: nothing wrong; 1: something to do; 2: it can't be told."""
        if self.findings:
            return 1
        return 2 if self.unseen else 0


def examine(config: Path) -> Diagnosis:
    """Look at everything. Never raises for what is wrong with the cabin."""
    try:
        ours = whose.ours(config)
        settings = load(config, keys=ours)
    except ConfigError as error:
        drawing = (*probes.fonts(), *probes.display(probes.environment(None)))
        return Diagnosis(in_order((*_mistakes(error), *drawing)))
    findings = [*(probes.folder(settings) if ours else ()), *probes.fonts()]
    unseen = [] if ours else ["文件夹和钥匙的权限没有看：这个用户不是小屋程序的，用 sudo 再看一次"]
    there = False
    try:
        told = ask_kiosk(settings.cabin.data_dir)
    except ForbiddenError as error:
        told = None
        there = True
        unseen.append(f"小屋程序在运行，但这个用户不能问它：{error}")
    except SilentError:
        told = None
        findings.append(_silent())
    except RefusedError as error:
        told = None
        there = True
        unseen.append(f"小屋程序在运行，但没有回答这一次：{error}")
    except NotRunningError:
        told = None
    facts, pid = (from_json(told), int(told["pid"])) if told is not None else (None, None)
    if facts is not None:
        found = judge(facts, settings.limits.journal_min_free_mb << 20)
        findings += map(_ask_further, found)
        screen = any(x.name == SCREEN for x in facts.cabin.parts)
        stuck = any(x.code == "screen_stuck" for x in findings)
        if screen and not stuck:
            findings += probes.display(probes.environment(pid))
    else:
        there = there or any(x.code == "kiosk_stuck" for x in findings)
        findings += _alone(settings, unseen, there=there, ours=ours)
    if facts is not None and facts.cabin.gateways and facts.cabin.clock_off_s is None:
        unseen.append("本机时间没有对过：没有一个网址回答")
    findings += _books(settings, findings, unseen)
    return Diagnosis(in_order(findings), tuple(unseen), facts is not None, facts)


def _ask_further(x: Finding) -> Finding:
    """Of a machine that is silent more can be found out, but only at a port that is free."""
    if x.code not in SILENT:
        return x
    more = "线没有问题的话，停下小屋程序（systemctl stop cabin-kiosk）再运行一次 kiosk doctor，"
    return replace(
        x,
        advice=f"{x.advice}{more}看是不是波特率不对，或者接错了设备；"
        "要分清是线还是设备，用 kiosk devices loopback。",
    )


def ask_kiosk(data_dir: Path) -> dict[str, Any]:
    """The running kiosk's facts.

    Raises NotRunningError, SilentError, ForbiddenError or RefusedError.
    """
    with Client(data_dir, ANSWER_S) as client:
        client.one(get="devices")
    with Client(data_dir) as client:
        return client.one(get="facts", gateways_age_s=FRESH_S)


def _silent() -> Finding:
    return Finding(
        "kiosk_stuck",
        Weight.EVERYTHING,
        "kiosk",
        "小屋程序整个停住了：在运行，但什么都不回答",
        "重启它：systemctl restart cabin-kiosk；账本会接着上次继续，钱不会丢。",
        f"no answer on the control socket in {ANSWER_S:.0f} s",
    )


def _alone(settings: Settings, unseen: list[str], *, there: bool, ours: bool) -> Iterator[Finding]:
    """Without a kiosk that answers: look at everything that it would have.

    ``there``: one runs all the same, and has the ports. ``ours``: its user looks, or root.
    """
    holder = probes.lock_holder(settings.cabin.data_dir)
    if holder is not None and not there:
        yield probes.locked(holder)
    yield from probes.display(probes.environment(None))
    least = settings.limits.journal_min_free_mb << 20
    cabin = cabin_facts(settings, Alive(), look_at_gateways(settings))
    if holder is not None or there:
        yield from judge(Facts(cabin), least)
        unseen.append("机器没有问：端口可能被占着")
        return
    devices, found = probes.devices(settings)
    closed = [] if ours else [x for x in devices if x.reason == "port_forbidden"]
    if closed:
        unseen.append(f"这个用户打不开它们的口：{'、'.join(x.title for x in closed)}")
        devices = tuple(x for x in devices if x not in closed)
    yield from found
    yield from judge(Facts(cabin, devices), least)
    yield Finding(
        LAST,
        Weight.EVERYTHING,
        "kiosk",
        "小屋程序没有运行",
        "启动它：systemctl start cabin-kiosk，或 kiosk run --config 配置文件；"
        "起不来就看 journalctl -u cabin-kiosk -n 50。",
    )


def _books(settings: Settings, so_far: list[Finding], unseen: list[str]) -> Iterator[Finding]:
    """The whole chain. Whoever may not read it is told so, and not that it is broken."""
    if any(x.code == "journal_broken" for x in so_far):
        return
    try:
        yield from probes.journal(settings)
    except PermissionError as error:
        unseen.append(f"账本没有核对：这个用户不能读 {error.filename}，用 sudo 再看一次")


def _mistakes(error: ConfigError) -> Iterator[Finding]:
    for number, mistake in enumerate(error.mistakes, start=1):
        yield Finding(
            "config_wrong",
            Weight.EVERYTHING,
            f"config:{number:03}",
            "配置文件有错：" + mistake,
            "照“allowed:”后面的写法改这一行，再运行一次 kiosk doctor。",
            mistake,
        )
