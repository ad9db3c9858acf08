"""The whole cabin in one process and in virtual time: engine, drivers, gateways, simulator.

The same engine, adapters, drivers and gateway clients as on the real machine; only threads, ports
and sockets are replaced by a scheduler that moves a virtual clock from event to event. Used by
tests and by simulations of many days.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from devices.booklet_dispenser.driver import QuCdDispenser
from devices.bp_meter.rbp_driver import RbpMeter
from devices.document_printer.driver import IppPrinter
from devices.document_scanner.driver import SaneScanner
from devices.driver import Driver
from devices.id_reader.driver import SamVReader
from devices.payment_terminal.driver import EcrHubTerminal
from devices.payment_terminal.zvt_driver import ZvtTcpTerminal, ZvtTerminal
from devices.receipt_printer.driver import EscposPrinter
from devices.registry import factory as driver_factory
from devices.rice_mill.driver import RiceMill
from kiosk import composition
from kiosk.books import Books
from kiosk.clock import TrustedClock
from kiosk.config import load
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.view import screen_of
from kiosk.engine import Engine
from kiosk.gateways import factory
from kiosk.gateways.types import QrPayment
from kiosk.journal import Journal
from kiosk.journal.audit import Audit, audit
from kiosk.opening_files import place_of
from kiosk.pages import PageStore
from kiosk.settings import Settings
from kiosk.virtual_network import VirtualRelay
from kiosk.virtual_workers import VirtualLanes, worker_of
from sim.cabin_toml import TERMINAL_IDS, write_cabin_toml
from sim.clock import VirtualClock
from sim.faults import Faults
from sim.gateways import Gateways
from sim.gateways.transport import DELAY_KEY, LostAnswer, NotReached
from sim.virtual import VirtualCabin

ROLES = (
    "terminal",
    "scanner",
    "receipt_printer",
    "bp_meter",
    "booklet_dispenser",
    "id_reader",
    "rice_mill",
    "document_printer",
    "document_scanner",
)
"""The machines that the simulator's configuration names."""
IDLE_ASK_S = 60.0
"""How often an idle machine is asked in virtual time, so that a day stays cheap."""
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


class VirtualKiosk:
    """A running cabin. ``advance`` lets time pass; ``restart`` kills the kiosk and starts it."""

    def __init__(
        self,
        folder: Path,
        seed: int = 0,
        start: float = 1_795_000_000.0,
        terminal: str = "ecr_hub",
        probe_s: float = composition.PROBE_S,
    ) -> None:
        """Make the cabin's files in ``folder``; ``start`` is the date in Unix seconds.

        ``terminal`` is the payment terminal's driver: ecr_hub, zvt or zvt_tcp. ``probe_s``: how
        often gateways are asked whether they still answer.
        """
        self._probe_s = probe_s
        self.terminal_id = TERMINAL_IDS[terminal]
        self.clock = VirtualClock(start)
        self.faults = Faults(seed)
        self.gateways = Gateways(self.clock, self.faults, folder, seed)
        self.gateways.write_keys(folder)
        self.cabin = VirtualCabin(self.clock, self.faults, seed, self.gateways)
        today = datetime.fromtimestamp(start, UTC).date()
        self.configure(write_cabin_toml(folder, self.gateways.settings(), terminal, today))
        self.settings: Settings = load(folder / "cabin.toml")
        self.state: State | None = None
        self.pages = PageStore()
        self.relay = VirtualRelay(self.clock, folder / "keys" / "relay.key")
        self.engine = self._boot()

    def configure(self, file: Path) -> None:
        """The cabin's configuration is written; tests change it before it is read."""

    def _boot(self) -> Engine:
        clock = _Clock(self.clock)
        journal = self.open_journal()
        trusted = TrustedClock(clock, journal.store.last_at)
        books = Books(journal, trusted, self.settings.cabin.id, 0, time.gmtime)
        self._books = books
        engine = composition.compose_engine(
            self.settings, books, clock, self._publish, self._world, time.gmtime, self._probe_s
        )
        engine.start()
        return engine

    def open_journal(self) -> Journal:
        """Open the books; crash tests open them with a watcher."""
        path = self.settings.cabin.data_dir / "journal.sqlite"
        return Journal(path, wall=_Clock(self.clock).wall)

    def _world(self, engine: Engine) -> composition.World:
        self._workers = {
            role: worker_of(role)(
                role, self.device_of(role), self._driver(role), self.cabin, engine
            )
            for role in self.settings.devices
        }
        self._lanes = VirtualLanes(self.clock, engine.post)
        gateways = self.settings.gateways
        assert gateways.biller and gateways.alipay and gateways.wechat, "the simulator wrote them"
        platforms: dict[str, QrPayment] = {
            "alipay": factory.make_alipay(gateways.alipay, self._outside("alipay")),
            "wechat": factory.make_wechat(gateways.wechat, self._outside("wechat")),
        }
        biller = factory.make_biller(gateways.biller, self._outside("biller"))
        assert gateways.record is not None, "the simulator wrote it"
        record = factory.make_record(gateways.record, self._outside("record"))
        files = place_of(self.settings, self.relay.adapter(self._lanes.wait), self.clock.time)
        self.files = files.folder.path if files is not None else None
        return composition.World(
            self._workers, biller, platforms, self._lanes, record, files, self.pages
        )

    def device_of(self, role: str) -> str:
        """The simulated machine that plays a role."""
        if role == "bp_meter" and self._reports_only:
            return "bp_meter_standard"
        return self.terminal_id if role == "terminal" else role

    @property
    def _reports_only(self) -> bool:
        """Whether the meter is the standard's, which nobody starts from here."""
        return self.settings.devices["bp_meter"].driver == "ieee_meter"

    def _driver(self, role: str) -> Driver:
        """The machine's own driver; those that ask an idle machine all day ask less often."""
        device = self.settings.devices[role]
        match device.driver:
            case "ecr_hub":
                app_id = str(device.options["app_id"])
                return EcrHubTerminal(app_id, wall_clock=self.clock.time, beats=False)
            case "zvt":
                return ZvtTerminal(idle_s=IDLE_ENQUIRY_S)
            case "zvt_tcp":
                return ZvtTcpTerminal(idle_s=IDLE_ENQUIRY_S)
            case "rbp_meter":
                return RbpMeter(idle_s=IDLE_ASK_S)
            case "qu_cd":
                return QuCdDispenser(idle_s=IDLE_ASK_S)
            case "sam_v":
                return SamVReader(idle_s=IDLE_ASK_S)
            case "escpos_serial":
                return EscposPrinter(idle_s=IDLE_ASK_S)
            case "rice_mill":
                return RiceMill(idle_s=IDLE_ASK_S)
            case "sane":
                return SaneScanner(idle_s=IDLE_ENQUIRY_S)
            case "ipp":
                return IppPrinter(idle_s=60.0)
            case name:
                return driver_factory(name, device.options)()

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
        if device == "phone_file":
            answer = self.relay.act(action)
        else:
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

    def verify(self) -> Audit:
        """The whole journal checked: chain, anchor, every order's replay."""
        return audit(self._books.journal)

    def close(self) -> None:
        self._books.close()
