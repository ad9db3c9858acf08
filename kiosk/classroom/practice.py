"""The practice cabin: a second engine on the machines of a child ``kiosk sim``, and on no others.

It is put together by the same code as the real cabin, from settings that the child has written.
Nothing here is ever given the real cabin's settings, journal or ports: a ``PracticeCabin`` can be
made of a ``Child`` alone, and every address in the child's settings must be the child's own.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os.path
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from devices.bp_meter.rbp_driver import Stop
from devices.driver import Report, StatusChanged
from devices.status import Level
from devices.worker import Worker
from kiosk import cabin, composition
from kiosk.adapters import DeviceReport
from kiosk.classroom.child import Child, ChildError
from kiosk.clock import SystemClock
from kiosk.config import ConfigError, load
from kiosk.core.state import BILLER, BP_METER, State
from kiosk.diagnostics.switchboard import Switchboard
from kiosk.engine import Engine
from kiosk.lanes import ThreadLanes
from kiosk.lending import Borrowed, Lending
from kiosk.log import PRACTICE
from kiosk.pages import PageStore
from kiosk.settings import DeviceSettings, Settings

_log = logging.getLogger(__name__)

PATIENCE_S = 20.0
"""So long the machines may take to answer; then the lesson begins as it is."""
STOP_S = 5.0
NEVER_S = 3600.0
"""A lesson has its own patience: nobody is asked whether they are still there."""
REST_S = 30
"""Between sitting down and the cuff; nobody learns more in five minutes of it."""


class StrangerError(Exception):
    """An address in the practice cabin's settings isn't the child's own."""


def practice_settings(child: Child, name: str) -> Settings:
    """What the child says of itself, for a cabin that starts from nothing in ``child.folder/name``.

    Raises StrangerError, ConfigError.
    """
    settings = load(child.folder / "cabin.toml")
    refuse_strangers(settings, child.folder)
    times = replace(settings.times, idle_warning=NEVER_S, idle_reset=NEVER_S, attract_after=NEVER_S)
    return replace(
        settings,
        cabin=replace(settings.cabin, data_dir=child.folder / name, practice=True),
        clinic=replace(settings.clinic, rest_s=REST_S),
        times=times,
        operators=(),
    )


def refuse_strangers(settings: Settings, folder: Path) -> None:
    """Raise StrangerError for a port or address that leads outside the child."""
    for role, device in settings.devices.items():
        if not _is_own(device, folder):
            raise StrangerError(f"devices.{role}: {device.port} isn't the practice cabin's")
    stick = settings.printing.stick_folder if settings.printing is not None else None
    if stick is not None and not stick.resolve().is_relative_to(folder.resolve()):
        raise StrangerError(f"print.stick: {stick} isn't the practice cabin's")
    gateways = settings.gateways
    known = (gateways.biller, gateways.alipay, gateways.wechat, gateways.relay, gateways.record)
    for gateway in known:
        for url in _urls(gateway):
            if not _is_loopback(url):
                raise StrangerError(f"{type(gateway).__name__}: {url} isn't the practice cabin's")


def _urls(gateway: object) -> Iterable[str]:
    names = getattr(type(gateway), "__dataclass_fields__", {})
    values = (getattr(gateway, name) for name in names)
    return [x for x in values if isinstance(x, str) and "://" in x]


def _is_own(device: DeviceSettings, folder: Path) -> bool:
    """A device file in the child's folder, an address on this machine's loopback, or a scanner that
    a program of the child's own stands for.
    """
    port = device.port
    parts = urlsplit(port)
    if parts.scheme == "sane":
        program = Path(os.path.normpath(str(device.options.get("program", ""))))
        return program.is_relative_to(folder.resolve()) or program.is_relative_to(folder)
    if parts.scheme in ("serial", "") and not parts.netloc:
        # Not resolved: the simulator's ports are links to where the kernel put them.
        place = Path(os.path.normpath(parts.path))
        return place.is_relative_to(folder.resolve()) or place.is_relative_to(folder)
    return _is_loopback(port)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Lent:
    """A machine of the real cabin, for a lesson that names it (`kiosk.lending`). No port."""

    role: str
    driver: str
    lending: Lending


class PracticeCabin:
    """One learner's cabin. ``publish`` gets its states, on its own thread. ``lent`` are real
    machines in the place of simulated ones.

    ``pages`` takes the pictures of practised documents. ``failed`` is called if it breaks down.
    Raises ChildError if it can't be put together.
    """

    def __init__(
        self,
        child: Child,
        publish: Callable[[State], None],
        pages: PageStore,
        name: str,
        failed: Callable[[], None],
        lent: tuple[Lent, ...] = (),
    ) -> None:
        self._failed = failed
        self._lent = lent
        self._lent_machines: dict[str, Borrowed] = {}
        self._publish = publish
        self._workers: list[Worker] = []
        self._lanes: list[ThreadLanes] = []
        self._usable = threading.Event()
        self._stopped = False
        try:
            self._settings = practice_settings(child, name)
            self._engine = self._built(self._settings, pages)
        except (ConfigError, StrangerError, ValueError, OSError) as error:
            self._stop_workers()
            raise ChildError(str(error)) from error
        self._wanted = {*self._settings.devices, BILLER}
        self._thread = threading.Thread(target=self._work, name=PRACTICE, daemon=True)
        self._thread.start()

    def _built(self, settings: Settings, pages: PageStore) -> Engine:
        clock = SystemClock()
        settings.cabin.data_dir.mkdir()
        books = composition.open_books(settings, clock)

        def world_of(engine: Engine) -> composition.World:
            own = self._own(settings)
            board = Switchboard(own.devices, own.cabin.data_dir)
            world = replace(cabin.world_of(own, engine, board, f"{PRACTICE}-"), pages=pages)
            self._workers += [x for x in world.workers.values() if isinstance(x, Worker)]
            if isinstance(world.lanes, ThreadLanes):
                self._lanes.append(world.lanes)
            return replace(world, workers={**world.workers, **self._borrowed(engine)})

        real = {x.role: DeviceSettings(x.driver, "") for x in self._lent}
        settings = replace(settings, devices={**settings.devices, **real})
        return composition.compose_engine(settings, books, clock, self._shown, world_of)

    def _own(self, settings: Settings) -> Settings:
        """The settings of those machines that are simulated."""
        real = {x.role for x in self._lent}
        devices = {x: device for x, device in settings.devices.items() if x not in real}
        return replace(settings, devices=devices)

    def _borrowed(self, engine: Engine) -> dict[str, Borrowed]:
        """The real machines, from now until the cabin ends."""
        found = {}
        for lent in self._lent:

            def hear(report: Report, role: str = lent.role) -> None:
                engine.post(DeviceReport(role, report))

            found[lent.role] = lent.lending.lend(lent.role, hear)
            hear(StatusChanged(found[lent.role].status))
        self._lent_machines = found
        return found

    def _work(self) -> None:
        try:
            self._engine.start()
            self._engine.run()
        except Exception:  # noqa: BLE001  # the boundary: the real cabin goes on
            if not self._stopped:
                _log.exception("the practice cabin has failed")
                self._failed()
        finally:
            self._engine.books.close()

    def _shown(self, state: State) -> None:
        if all(state.device(x).level.usable for x in self._wanted):
            self._usable.set()
        self._publish(state)

    def wait(self, seconds: float = PATIENCE_S) -> bool:
        """Wait until every machine has answered; whether they have."""
        return self._usable.wait(seconds)

    @property
    def journal_path(self) -> Path:
        return self._settings.cabin.data_dir / "journal.sqlite"

    def post(self, message: object) -> None:
        """Let something happen to it, from any thread."""
        self._engine.post(message)

    def let_go(self) -> None:
        """Let a lent cuff stop pressing and give the lent machines back, now, from any thread:
        nobody may wait for anything else with that.
        """
        self._stopped = True
        cuff = self._lent_machines.get(BP_METER)
        if cuff is not None and cuff.status.level is not Level.READY:
            with contextlib.suppress(RuntimeError):  # given back meanwhile
                cuff.submit(Stop())
        for lent in self._lent:
            lent.lending.give_back(lent.role)

    def stop(self) -> None:
        """End it, whatever it is at, and take its books away: nothing in them was real."""
        self.let_go()
        self._engine.stop()
        self._thread.join(STOP_S)
        self._stop_workers()
        shutil.rmtree(self._settings.cabin.data_dir, ignore_errors=True)

    def _stop_workers(self) -> None:
        self.let_go()
        for worker in self._workers:
            worker.stop()
        for lanes in self._lanes:
            lanes.close()
