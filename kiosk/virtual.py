"""The whole cabin in one process and in virtual time: engine, drivers, gateways, simulator.

The same engine, adapters, drivers and gateway clients as on the real machine; only threads, ports
and sockets are replaced by a scheduler that moves a virtual clock from event to event. Used by
tests and by simulations of many days.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from devices.document_printer.driver import IppPrinter
from devices.driver import Driver
from devices.payment_terminal.driver import EcrHubTerminal
from devices.payment_terminal.zvt_driver import ZvtTcpTerminal, ZvtTerminal
from devices.receipt_printer.driver import EscposPrinter
from devices.scanner.driver import CdcScanner
from kiosk import composition
from kiosk.adapters import DeviceReport
from kiosk.books import Books
from kiosk.clock import TrustedClock
from kiosk.config import load
from kiosk.core.order import Order
from kiosk.core.printing import DOCUMENT_PRINTER
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.view import screen_of
from kiosk.engine import Engine
from kiosk.gateways import factory
from kiosk.gateways.types import QrPayment
from kiosk.journal import Journal
from kiosk.lanes import Job, outcome_of
from kiosk.opening_files import place_of
from kiosk.pages import PageStore
from kiosk.settings import Settings
from kiosk.virtual_network import VirtualNetwork, VirtualRelay
from sim.cabin_toml import TERMINAL_IDS, write_cabin_toml
from sim.clock import VirtualClock
from sim.faults import Faults
from sim.gateways import Gateways
from sim.gateways.transport import DELAY_KEY, LostAnswer, NotReached
from sim.virtual import VirtualCabin

ROLES = ("terminal", "scanner", "receipt_printer", "document_printer")
REOPEN_S = 1.0
GATEWAY_S = 0.08
"""A gateway's answer takes so long, beside what its faults add."""
IDLE_ASK_S = 60.0
"""How often an idle printer is asked in virtual time, so that a day stays cheap."""
IDLE_ENQUIRY_S = 600.0
"""The same for a ZVT terminal."""


class _Clock:
    """The simulator's virtual clock in the engine's words."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def wall(self) -> float:
        return self._clock.time()


class VirtualWorker:
    """Does for a driver what a worker's thread does: carries bytes, ticks, opens the port again."""

    def __init__(
        self, role: str, device_id: str, driver: Driver, cabin: VirtualCabin, engine: Engine
    ) -> None:
        """`device_id` is the simulated machine that plays the role."""
        self._role = role
        self._device_id = device_id
        self._driver = driver
        self._cabin = cabin
        self._engine = engine
        self._open = False
        self._reopen_at: float | None = 0.0
        self._last_id = 0

    def submit(self, command: object) -> int:
        self._last_id += 1
        self._driver.submit(self._last_id, command, self._now())
        return self._last_id

    def cancel(self, command_id: int) -> None:
        self._driver.cancel(command_id, self._now())

    def step(self) -> bool:
        """Do all that is due now; True if anything moved."""
        now = self._now()
        moved = self._follow_cable(now)
        deadline = self._driver.deadline()
        if self._open and deadline is not None and deadline <= now:
            self._driver.tick(now)
            moved = True
        if self._open and self._driver.reopen_wanted:
            self._driver.lost(now, "reopen")
            self._open, self._reopen_at = False, now + REOPEN_S
        moved = self._carry_requests() or moved
        data = self._driver.take_output() if self._open else b""
        answer = self._cabin.exchange(self._device_id, data) if self._open else b""
        if answer:
            self._driver.receive(answer, now)
        for report in self._driver.take_reports():
            self._engine.post(DeviceReport(self._role, report))
            moved = True
        return moved or bool(data) or bool(answer)

    def _carry_requests(self) -> bool:
        """For machines on a network: what the driver asks and what is answered."""
        return False

    def next_due(self) -> float | None:
        if not self._open:
            return self._reopen_at
        return self._driver.deadline()

    def _follow_cable(self, now: float) -> bool:
        there = self._cabin.connected(self._device_id)
        if self._open and not there:
            self._driver.lost(now, "port_missing")
            self._open, self._reopen_at = False, now + REOPEN_S
            return True
        if not self._open and self._reopen_at is not None and now >= self._reopen_at:
            if not there:
                self._reopen_at = now + REOPEN_S
                return False
            self._open, self._reopen_at = True, None
            self._driver.opened(now)
            return True
        return False

    def _now(self) -> float:
        return self._cabin.clock.monotonic()


class VirtualIppWorker(VirtualWorker):
    """The same for the document printer: questions over HTTP instead of bytes.

    Its port is a client's: it is there whatever becomes of the cable.
    """

    def __init__(
        self, role: str, device_id: str, driver: Driver, cabin: VirtualCabin, engine: Engine
    ) -> None:
        super().__init__(role, device_id, driver, cabin, engine)
        self._net = VirtualNetwork(cabin)

    def _carry_requests(self) -> bool:
        moved = self._net.post(self._driver.take_requests())
        for request, answer in self._net.came():
            self._driver.answered(request, answer, self._now())
            moved = True
        return moved

    def next_due(self) -> float | None:
        times = [x for x in (super().next_due(), self._net.next_due()) if x is not None]
        return min(times, default=None)

    def _follow_cable(self, now: float) -> bool:
        if self._open:
            return False
        self._open, self._reopen_at = True, None
        self._driver.opened(now)
        return True


def _worker_of(role: str) -> type[VirtualWorker]:
    return VirtualIppWorker if role == DOCUMENT_PRINTER else VirtualWorker


class VirtualLanes:
    """Calls are made at once; their answers arrive when their time has passed, lane by lane."""

    def __init__(self, clock: VirtualClock, post: Callable[[object], None]) -> None:
        self._clock = clock
        self._post = post
        self._free_at: dict[str, float] = {}
        self._arriving: list[tuple[float, int, object]] = []
        self._count = 0
        self._taken = 0.0

    def wait(self, seconds: float) -> None:
        """Called by the transport: the running call takes so much longer."""
        self._taken += seconds

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:
        self._taken = GATEWAY_S
        value = outcome_of(Job(call, broken))
        begin = max(self._clock.monotonic(), self._free_at.get(lane, 0.0))
        self._free_at[lane] = begin + self._taken
        self._count += 1
        if value is not None:
            self._arriving.append((self._free_at[lane], self._count, value))
            self._arriving.sort(key=lambda x: x[:2])

    def deliver(self) -> bool:
        moved = False
        while self._arriving and self._arriving[0][0] <= self._clock.monotonic():
            self._post(self._arriving.pop(0)[2])
            moved = True
        return moved

    def next_due(self) -> float | None:
        return self._arriving[0][0] if self._arriving else None


class VirtualKiosk:
    """A running cabin. ``advance`` lets time pass; ``restart`` kills the kiosk and starts it."""

    def __init__(
        self,
        folder: Path,
        seed: int = 0,
        start: float = 1_795_000_000.0,
        terminal: str = "ecr_hub",
    ) -> None:
        """Make the cabin's files in ``folder``; ``start`` is the date in Unix seconds.

        ``terminal`` is the payment terminal's driver: ecr_hub, zvt or zvt_tcp.
        """
        self.terminal_id = TERMINAL_IDS[terminal]
        self.clock = VirtualClock(start)
        self.faults = Faults(seed)
        self.gateways = Gateways(self.clock, self.faults, folder, seed)
        self.gateways.write_keys(folder)
        self.cabin = VirtualCabin(self.clock, self.faults, seed, self.gateways)
        write_cabin_toml(folder, self.gateways.settings(), terminal)
        self.settings: Settings = load(folder / "cabin.toml")
        self.state: State | None = None
        self.pages = PageStore()
        self.relay = VirtualRelay(self.clock, folder / "keys" / "relay.key")
        self.engine = self._boot()

    def _boot(self) -> Engine:
        clock = _Clock(self.clock)
        journal = self.open_journal()
        trusted = TrustedClock(clock, journal.store.last_at)
        books = Books(journal, trusted, self.settings.cabin.id, 0, time.gmtime)
        self._books = books
        engine = composition.compose_engine(
            self.settings, books, clock, self._publish, self._world, time.gmtime
        )
        engine.start()
        return engine

    def open_journal(self) -> Journal:
        """Open the books; crash tests open them with a watcher."""
        path = self.settings.cabin.data_dir / "journal.sqlite"
        return Journal(path, wall=_Clock(self.clock).wall)

    def _world(self, engine: Engine) -> composition.World:
        drivers: Mapping[str, Driver] = {
            "terminal": self._terminal(),
            "scanner": CdcScanner(),
            "receipt_printer": EscposPrinter(idle_s=IDLE_ASK_S),
            "document_printer": IppPrinter(idle_s=IDLE_ASK_S),
        }
        self._workers = {
            role: _worker_of(role)(role, self.device_of(role), driver, self.cabin, engine)
            for role, driver in drivers.items()
        }
        self._lanes = VirtualLanes(self.clock, engine.post)
        gateways = self.settings.gateways
        assert gateways.biller and gateways.alipay and gateways.wechat, "the simulator wrote them"
        platforms: dict[str, QrPayment] = {
            "alipay": factory.make_alipay(gateways.alipay, self._outside("alipay")),
            "wechat": factory.make_wechat(gateways.wechat, self._outside("wechat")),
        }
        biller = factory.make_biller(gateways.biller, self._outside("biller"))
        files = place_of(self.settings, self.relay.adapter(self._lanes.wait), self.clock.time)
        return composition.World(self._workers, biller, platforms, self._lanes, files, self.pages)

    def _terminal(self) -> Driver:
        settings = self.settings.devices["terminal"]
        match settings.driver:
            case "zvt":
                return ZvtTerminal(idle_s=IDLE_ENQUIRY_S)
            case "zvt_tcp":
                return ZvtTcpTerminal(idle_s=IDLE_ENQUIRY_S)
            case _:
                app_id = str(settings.options["app_id"])
                return EcrHubTerminal(app_id, wall_clock=self.clock.time, beats=False)

    def device_of(self, role: str) -> str:
        """The simulated machine that plays a role."""
        return self.terminal_id if role == "terminal" else role

    def _outside(self, name: str) -> factory.Outside:
        from kiosk.gateways.transport import WsgiAdapter

        adapter = partial(
            WsgiAdapter,
            self.gateways.wsgi(name),
            not_reached=(NotReached,),
            lost=(LostAnswer,),
            delay_of=lambda environ: float(environ.get(DELAY_KEY, 0.0)),
            wait=self._lanes.wait,
        )
        return factory.Outside(self.clock.time, self.clock.monotonic, adapter=adapter)

    def _publish(self, state: State) -> None:
        self.state = state

    # Time

    def settle(self) -> None:
        """Do all that is due at this very moment."""
        moved = True
        while moved:
            moved = self._lanes.deliver()
            for worker in self._workers.values():
                moved = worker.step() or moved
            due = self.engine.next_due()
            before = self.state
            self.engine.pump()
            moved = moved or self.state is not before
            moved = moved or (due is not None and due <= self.clock.monotonic())

    def advance(self, seconds: float) -> None:
        """Let time pass, stopping at every event."""
        self.until(lambda: False, seconds)

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Let time pass until the condition holds, for ``seconds`` at most; True if it does."""
        end = self.clock.monotonic() + seconds
        self.settle()
        while not condition():
            now = self.clock.monotonic()
            if now >= end:
                return False
            self.cabin.advance_to(min(end, max(self._next_event(end), now + 1e-4)))
            self.settle()
        return True

    def _next_event(self, end: float) -> float:
        times = [self.engine.next_due(), self._lanes.next_due(), self.cabin.next_event()]
        times += [x.next_due() for x in self._workers.values()]
        return min((x for x in times if x is not None), default=end)

    # The person and the cabin

    def touch(self, target: str, value: str = "") -> None:
        """Touch what the newest state shows."""
        assert self.state is not None
        self.engine.post(m.Touched(target, value, self.state.version))
        self.settle()

    @property
    def screen(self) -> str:
        return screen_of(self.state) if self.state else ""

    @property
    def order(self) -> Order | None:
        return order_at_screen(self.state) if self.state else None

    def act(self, device: str, action: str, **body: object) -> dict[str, object]:
        """Do something on the bench; the terminal is the one that the kiosk has."""
        answer = self.cabin.act(self.device_of(device), action, body)
        self.settle()
        return answer

    def restart(self) -> None:
        """Stop the kiosk as a kill would, whatever is under way, and start it anew."""
        self._books.close()
        for role in ROLES:
            self.cabin.act(self.device_of(role), "unplug", {})
            self.cabin.act(self.device_of(role), "plug", {})
        self.engine = self._boot()
        self.settle()

    def orders(self) -> list[Order]:
        """Every order of the journal, replayed."""
        numbers = [x.order_id for x in self._books.journal.summaries()]
        return [x for x in map(self._books.find, numbers) if x is not None]

    def close(self) -> None:
        self._books.close()
