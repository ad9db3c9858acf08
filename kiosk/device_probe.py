"""Which machine answers at which port, found by asking: nothing that is asked moves anything.

A driver is ready only when its machine has answered in its own language, so running it for a
moment is the question. Source: Serial and USB on Linux, "Liveness".
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from devices import registry
from devices.status import Status
from kiosk.device_session import Session

ON_A_LINE: Mapping[str, Mapping[str, object]] = {
    "escpos_serial": {},
    "rice_mill": {},
    "rbp_meter": {},
    "sam_v": {},
    "qu_cd": {},
    "zvt": {},
    "ecr_hub": {"app_id": "probe"},
}
"""Drivers of machines on a serial line that answer, with what they need in order to ask."""

PATIENCE_S = 8.0
"""Longer than two questions that go unanswered (5 s idle), so that silence is known as such."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One role of the cabin: its driver, the driver's settings and the port it should be at."""

    driver: str
    settings: Mapping[str, object]
    port: str


def can_answer(driver: str) -> bool:
    """Whether the machine of that driver says what it is when asked.

    A scanner never answers, and a machine that speaks first can't be made to.
    """
    found = registry.load(driver)
    speaks = any(x.make is not None for x in found.operations.values())
    return speaks and not found.device_begins


def elsewhere(own: str, other: str) -> str:
    """The URL of ``other`` with the line settings of ``own``: they are the machine's."""
    if other.startswith("/"):
        other = f"serial://{other}"
    theirs, ours = urlsplit(other), urlsplit(own)
    if theirs.scheme != "serial":
        return other
    return f"serial://{theirs.path}" + (f"?{ours.query}" if ours.query else "")


def ask(machine: Machine, port: str, patience_s: float = PATIENCE_S) -> Status:
    """How the machine's driver finds what is at ``port``."""
    factory = registry.factory(machine.driver, machine.settings)
    with Session(machine.driver, factory, port) as session:
        return session.settled(patience_s)


def ask_all(machines: Mapping[str, Machine], patience_s: float = PATIENCE_S) -> dict[str, Status]:
    """Each machine at its own port, side by side."""
    if not machines:
        return {}
    with ThreadPoolExecutor(len(machines)) as pool:
        found = pool.map(lambda machine: ask(machine, machine.port, patience_s), machines.values())
        return dict(zip(machines, found, strict=True))


def swapped(
    machines: Mapping[str, Machine],
    found: Mapping[str, Status],
    patience_s: float = PATIENCE_S,
) -> list[tuple[str, str]]:
    """Pairs of roles whose cables are exchanged: each is asked at the other's port.

    Only roles that don't answer where they should are asked elsewhere; a machine that never
    answers (a scanner) belongs to a pair when the other one answers in its place.
    """
    missing = [role for role in machines if _is_missing(machines[role], found[role])]
    pairs: list[tuple[str, str]] = []
    for role in missing:
        for other in machines:
            if other == role or any(other in pair or role in pair for pair in pairs):
                continue
            if other not in missing and can_answer(machines[other].driver):
                continue
            if not _ask_at(machines[role], machines[other], patience_s).answered:
                continue
            silent = not can_answer(machines[other].driver)
            if silent or _ask_at(machines[other], machines[role], patience_s).answered:
                pairs.append((role, other))
    return pairs


def _ask_at(machine: Machine, other: Machine, patience_s: float) -> Status:
    return ask(machine, elsewhere(machine.port, other.port), patience_s)


def _is_missing(machine: Machine, status: Status) -> bool:
    in_use = status.reason == "port_busy"
    return can_answer(machine.driver) and not status.answered and not in_use
