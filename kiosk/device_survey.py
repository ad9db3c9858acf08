"""What ``kiosk devices list`` knows of the cabin's machines: from the running kiosk, which has
their ports, or by asking at each port.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devices.status import Level, Status
from kiosk.device_probe import Machine, ask_all, can_answer, swapped
from kiosk.diagnostics.control import Client, NotRunningError, RefusedError, SilentError
from kiosk.diagnostics.facts import DeviceFacts, from_json


@dataclass(frozen=True, slots=True)
class Survey:
    """``facts``: what the running kiosk says, by role; empty if the ports were asked."""

    found: Mapping[str, Status]
    exchanged: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, DeviceFacts] = field(default_factory=dict)

    def missing(self, machines: Mapping[str, Machine]) -> list[str]:
        """Roles that could answer and don't."""
        return [
            role
            for role, machine in machines.items()
            if can_answer(machine.driver) and not self.found[role].answered
        ]

    def identity(self, role: str) -> str:
        """What the machine said it is, to go behind a sentence; empty if nobody knows."""
        known = self.facts.get(role)
        words = f"{known.identity} {known.firmware}".strip() if known else ""
        return f"; {words}" if words else ""


def survey(machines: Mapping[str, Machine], data_dir: Path | None, patience_s: float) -> Survey:
    """Ask whoever can tell. Raises ForbiddenError if this user may not ask the running kiosk."""
    facts = _running(data_dir) if data_dir is not None else {}
    if set(facts) != set(machines):  # none runs, or with another configuration
        found = ask_all(machines, patience_s)
        return Survey(found, tuple(swapped(machines, found, patience_s)))
    found = {role: Status(Level(x.level), x.reason, x.detail) for role, x in facts.items()}
    pairs = {tuple(sorted((role, x.exchanged))) for role, x in facts.items() if x.exchanged}
    return Survey(found, tuple((one, other) for one, other in sorted(pairs)), facts)


def _running(data_dir: Path) -> dict[str, DeviceFacts]:
    """What the kiosk on these books says of its machines; nothing if none answers."""
    try:
        with Client(data_dir) as client:
            told = from_json(client.one(get="facts"))
    except (NotRunningError, RefusedError, SilentError):
        return {}
    return {x.role: x for x in told.devices}
