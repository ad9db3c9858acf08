"""Facts gathered: from the running kiosk's own parts, or without one.

Called on threads of its own (the control socket's, a lane): it opens files and, for gateways, the
network. Nothing here touches the engine or the window but by reading the state last published.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.core.order import LineState, Order, PaymentState, RefundState
from kiosk.core.state import BILLER, State
from kiosk.core.visit.view import screen_of
from kiosk.diagnostics import machine
from kiosk.diagnostics.facts import (
    CabinFacts,
    DeviceFacts,
    Facts,
    GatewayFacts,
    JournalFacts,
    PartFacts,
)
from kiosk.diagnostics.heartbeat import Heartbeat
from kiosk.settings import Settings
from kiosk.version import VERSION

AT_HOME = frozenset(("home", "attract", "out_of_service", ""))
"""Screens at which nobody is served."""
_STAFF = ("tech_", "sign_in")
"""What the names of the staff's screens begin with."""
LOOK_AGAIN_S = 3600.0
"""How old what is known of a gateway's certificate and clock may be."""


def serving(state: State | None) -> bool:
    """Whether a resident is being served; as long as nothing is published, perhaps."""
    if state is None:
        return True
    screen = screen_of(state)
    return screen not in AT_HOME and not screen.startswith(_STAFF)


def addresses_of(settings: Settings) -> dict[str, tuple[str, Path | None]]:
    """Name, address and certificate authority of each gateway that the cabin has."""
    g = settings.gateways
    named = {
        BILLER: g.biller,
        "alipay": g.alipay,
        "wechat": g.wechat,
        "relay": g.relay,
        "record": g.record,
    }
    return {name: (x.base_url, x.ca_file) for name, x in named.items() if x is not None}


def look_at_gateways(settings: Settings, wall: Callable[[], float] = time.time) -> Looks:
    """Look at every gateway's address now, side by side; 5 s at most."""
    from kiosk.diagnostics import outside

    def one(name: str, base_url: str, ca_file: Path | None) -> GatewayFacts:
        seen = outside.look(base_url, ca_file, wall=wall)
        return GatewayFacts(
            name,
            outside.host_of(base_url),
            looked_at=wall(),
            trouble=seen.trouble,
            certificate_ends=seen.certificate_ends,
            clock_off_s=seen.clock_off_s,
        )

    addresses = addresses_of(settings)
    if not addresses:
        return ()
    with ThreadPoolExecutor(len(addresses)) as pool:
        return tuple(pool.map(lambda x: one(x[0], *x[1]), addresses.items()))


Looks = tuple[GatewayFacts, ...]


def journal_facts(settings: Settings, trouble: str = "") -> JournalFacts:
    """The books, read beside whoever writes them. What can't be read is None."""
    from kiosk.journal import Journal, JournalBrokenError

    path = settings.cabin.data_dir / "journal.sqlite"
    size = _size(path)
    if size is None or not os.access(path, os.R_OK):  # whoever may not read it knows nothing of it
        return JournalFacts(str(path), size, None, None, None, None, trouble)
    try:
        journal = Journal(path, readonly=True, check=False)
    except JournalBrokenError as error:
        return JournalFacts(str(path), size, None, None, None, None, trouble or str(error))
    try:
        db = journal.store.db
        found = db.execute(
            "SELECT count(*), ifnull(sum(needs_person), 0) FROM orders WHERE closed_at IS NULL"
        ).fetchone()
        verified = db.execute("SELECT ifnull(max(seq), 0) FROM checkpoints").fetchone()
        rows = journal.store.head_seq
        return JournalFacts(
            str(path),
            size,
            rows,
            int(verified[0]) if verified else None,
            int(found[0]) if found else None,
            int(found[1]) if found else None,
            trouble,
        )
    finally:
        journal.close()


def _size(path: Path) -> int | None:
    """The file and the log beside it, in bytes; None if there is none."""
    try:
        size = path.stat().st_size
    except OSError:
        return None
    try:
        return size + path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return size


@dataclass(frozen=True, slots=True)
class Alive:
    """What only a running kiosk knows; the defaults are those of none."""

    started_at: float = 0.0
    state: State | None = None
    heart: Heartbeat | None = None
    pid: int | None = None


def cabin_facts(settings: Settings, alive: Alive, looks: Looks = ()) -> CabinFacts:
    """The machine, the books and the gateways, now."""
    state, found = alive.state, machine.look(settings.cabin.data_dir, alive.pid)
    seen = {x.name: x for x in looks}
    gateways = []
    for name, (address, _) in addresses_of(settings).items():
        known = seen.get(name) or GatewayFacts(name, _host(address))
        if state is not None and name in state.devices:
            device = state.devices[name]
            known = replace(known, level=device.level.value, reason=device.reason)
        gateways.append(known)
    screen = screen_of(state) if state is not None else ""
    offs = [x.clock_off_s for x in gateways if x.clock_off_s is not None]
    ends = [x.certificate_ends for x in gateways if x.certificate_ends is not None]
    pulses = alive.heart.pulses() if alive.heart is not None else {}
    return CabinFacts(
        time.time(),
        VERSION,
        settings.cabin.id,
        alive.started_at,
        screen,
        state is not None and serving(state),
        journal_facts(settings, state.journal_trouble if state is not None else ""),
        found.disk_free,
        found.disk_total,
        found.memory_used if alive.started_at else None,
        found.memory_free,
        found.memory_total,
        found.load,
        found.network,
        found.online,
        tuple(gateways),
        min(offs, key=abs, default=None),
        min(ends, default=None),
        found.temperature_c,
        tuple(PartFacts(x, p.age_s, p.waiting_s, p.trouble) for x, p in pulses.items()),
        None if state is None else sum(map(_pursued, state.orders.values())),
    )


def _pursued(order: Order) -> int:
    """What of an order waits for an answer from outside; a person's matters aren't among it."""
    if order.closed:
        return 0
    payment = order.payment.state in (PaymentState.REQUESTED, PaymentState.UNKNOWN)
    lines = sum(x.state in (LineState.POSTING, LineState.POST_UNKNOWN) for x in order.lines)
    refunding = (RefundState.REFUNDING, RefundState.REFUND_UNKNOWN)
    return payment + lines + sum(x.state in refunding for x in order.refunds)


def _host(address: str) -> str:
    return address.partition("://")[2].partition("/")[0]


class Gatherer:
    """Gathers in a running kiosk. Safe in every thread; the gateways are looked at rarely."""

    def __init__(
        self,
        settings: Settings,
        devices: Callable[[], tuple[DeviceFacts, ...]],
        state: Callable[[], State | None],
        heart: Heartbeat,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._devices = devices
        self._state = state
        self._heart = heart
        self._wall = wall
        self._started_at = wall()
        self._lock = threading.Lock()
        self._looks: Looks = ()
        self._looked_at: float | None = None

    def state(self) -> State | None:
        """The state last published."""
        return self._state()

    def facts(self, gateways_age_s: float = LOOK_AGAIN_S) -> Facts:
        """Everything now; what is known of the gateways is at most so old (seconds)."""
        self.look_outside(gateways_age_s)
        return self._facts(self._looks)

    def look_outside(self, age_s: float = LOOK_AGAIN_S) -> None:
        """Look at the gateways' addresses if what is known of them is older (seconds)."""
        with self._lock:
            now = self._wall()
            if self._looked_at is None or not 0 <= now - self._looked_at < age_s:
                self._looks, self._looked_at = look_at_gateways(self._settings), now

    def facts_at_once(self) -> Facts:
        """As ``facts``, without waiting for the network: what was seen of it last."""
        return self._facts(self._looks)

    def _facts(self, looks: Looks) -> Facts:
        alive = Alive(self._started_at, self._state(), self._heart)
        return Facts(cabin_facts(self._settings, alive, looks), self._devices())


def device_facts(role: str, driver: str, port: str, status: Mapping[str, str]) -> DeviceFacts:
    """What is known of a device that was only asked how it is."""
    from devices import registry

    title = registry.declaration(driver).title
    told = (status["level"], status["reason"], status["detail"])
    return DeviceFacts(role, title, driver, port, *told, time.time())
