"""What is known of the cabin and its devices, as plain values: screens, shell, metrics and report
are made from these and from nothing else. Nobody's personal data is in any of them.

Times are wall seconds since 1970 unless a name says otherwise; what isn't known is None, never a
number that looks good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class CounterFact:
    """``value`` since the counters began; kept over a restart, but for the last half minute."""

    name: str
    title: str
    unit: str
    value: int


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """One device of the configuration.

    ``level`` and ``reason`` are those of ``devices.status``; ``since`` is when it became so (this
    run), ``last_answer`` when it was last heard while it was known to answer. ``errors``: how often
    each kind came in the last 24 hours. ``exchanged``: the role at whose port it is driven because
    two cables are exchanged. ``busy``: commands it works on.
    """

    role: str
    title: str
    driver: str
    port: str
    level: str
    reason: str
    detail: str
    since: float
    identity: str = ""
    firmware: str = ""
    last_answer: float | None = None
    errors: Mapping[str, int] = field(default_factory=dict)
    counters: tuple[CounterFact, ...] = ()
    exchanged: str = ""
    busy: int = 0


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """The books. ``verified_to``: up to which row the chain was checked at the start of this run,
    or by whoever gathered this; ``trouble``: why no money may be taken, as far as they go.
    """

    path: str
    bytes: int | None
    rows: int | None
    verified_to: int | None
    open_orders: int | None
    needs_person: int | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class GatewayFacts:
    """One HTTPS address. ``level`` and ``reason`` are what the kiosk's own calls came to, "unknown"
    when nobody called yet. The rest is from looking at the address: ``trouble`` is "", "name",
    "unreachable", "expired", "untrusted", "ca_missing" or "tls"; ``clock_off_s`` how far this
    machine's clock is ahead of the ``Date`` of its answer (resolution 1 s).
    """

    name: str
    host: str
    level: str = "unknown"
    reason: str = ""
    looked_at: float | None = None
    trouble: str = ""
    certificate_ends: float | None = None
    clock_off_s: float | None = None


@dataclass(frozen=True, slots=True)
class PartFacts:
    """One part's sign of life (``kiosk.diagnostics.heartbeat``), seconds."""

    name: str
    age_s: float | None
    waiting_s: float
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CabinFacts:
    """The machine and the program. Sizes in bytes; ``memory_used`` is this program's own share
    (PSS). ``network``: links that are up; ``online``: whether there is a way out of the house.
    ``outbox``: payments, postings and refunds that the kiosk itself still pursues outside.
    """

    at: float
    version: str
    cabin: str
    started_at: float
    screen: str
    visit: bool
    journal: JournalFacts
    disk_free: int | None = None
    disk_total: int | None = None
    memory_used: int | None = None
    memory_free: int | None = None
    memory_total: int | None = None
    load: float | None = None
    network: tuple[str, ...] = ()
    online: bool | None = None
    gateways: tuple[GatewayFacts, ...] = ()
    clock_off_s: float | None = None
    certificate_ends: float | None = None
    temperature_c: float | None = None
    parts: tuple[PartFacts, ...] = ()
    outbox: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything, at one moment."""

    cabin: CabinFacts
    devices: tuple[DeviceFacts, ...] = ()

    def device(self, role: str) -> DeviceFacts | None:
        """The device of that role, None if the configuration has none."""
        return next((x for x in self.devices if x.role == role), None)


def to_json(facts: Facts | CabinFacts | DeviceFacts) -> dict[str, Any]:
    """As JSON knows it: tables, lists, words and numbers."""
    plain: dict[str, Any] = msgspec.to_builtins(facts)  # in C: a touch may be waiting meanwhile
    return plain


def from_json(told: Mapping[str, Any]) -> Facts:
    """Facts that another process has told. Raises TypeError or KeyError if they are none."""
    cabin = dict(told["cabin"])
    cabin["journal"] = JournalFacts(**cabin["journal"])
    cabin["gateways"] = tuple(GatewayFacts(**x) for x in cabin["gateways"])
    cabin["parts"] = tuple(PartFacts(**x) for x in cabin["parts"])
    cabin["network"] = tuple(cabin["network"])
    devices = []
    for one in told["devices"]:
        counters = tuple(CounterFact(**x) for x in one["counters"])
        devices.append(DeviceFacts(**{**one, "counters": counters}))
    return Facts(CabinFacts(**cabin), tuple(devices))
