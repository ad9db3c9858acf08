"""The real cabin: books, device workers and gateways around an engine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from devices.driver import Report
from devices.worker import Worker
from kiosk import composition
from kiosk.adapters import DeviceReport
from kiosk.books import AnyBooks, ClosedBooks
from kiosk.cables import LOOK_EVERY_S, Cables
from kiosk.classroom import RECORD
from kiosk.clock import SystemClock
from kiosk.core.state import State
from kiosk.device_probe import can_answer
from kiosk.diagnostics.switchboard import Switchboard
from kiosk.engine import Engine
from kiosk.gateways import factory
from kiosk.journal import Journal, JournalBrokenError
from kiosk.lanes import ThreadLanes
from kiosk.lending import Lending
from kiosk.opening_files import place_of
from kiosk.pages import PageStore
from kiosk.settings import Settings
from kiosk.timers import Chore

if TYPE_CHECKING:
    from kiosk.classroom.desk import ClassDesk
    from kiosk.classroom.stage import Practised

ShowPractised = Callable[["Practised | None"], None]

_log = logging.getLogger(__name__)

FORGET_S = 6 * 3600.0


def build(
    settings: Settings,
    publish: Callable[[State], None],
    journal: Journal | None = None,
    pages: PageStore | None = None,
    board: Switchboard | None = None,
    again: Callable[[], None] = lambda: None,
    insight: composition.Insight | None = None,
    practised: ShowPractised | None = None,
) -> Engine:
    """Open the books, put everything together and begin to speak with the machines.

    ``journal`` is one that is open already, as crash tests bring it. Pictures of people's pages go
    to ``pages``, what a class practises to ``practised``; without it no class is held. Technicians
    listen at ``board``; ``again`` starts the program anew; ``insight`` tells the staff how
    everything is.
    Raises JournalBusyError if another kiosk has the books, ValueError for a gateway's settings.
    """
    clock = SystemClock()
    listening = board or Switchboard(settings.devices, settings.cabin.data_dir)
    books: AnyBooks
    try:
        books = composition.open_books(settings, clock, journal)
    except JournalBrokenError as error:
        _log.error("%s\n%s", error, _advice(settings))
        books = ClosedBooks(str(error))
    return composition.compose_engine(
        settings,
        books,
        clock,
        publish,
        lambda engine: replace(
            _with_window(settings, engine, listening, pages, practised),
            again=again,
            insight=insight,
            board=listening,
        ),
    )


def _with_window(
    settings: Settings,
    engine: Engine,
    board: Switchboard,
    pages: PageStore | None,
    practised: ShowPractised | None,
) -> composition.World:
    """The world of a cabin that has a screen: where its pictures go."""
    world = world_of(settings, engine, board)
    shown = pages or PageStore()
    desk = None
    if practised is not None:
        desk = lambda: _class_desk(settings, world, engine, shown, practised)  # noqa: E731
        data_dir = settings.cabin.data_dir
        forget = lambda: forget_classes(data_dir, engine.state)  # noqa: E731
        engine.add_chore(Chore("classes", FORGET_S, forget))
    return replace(world, pages=shown, class_desk=desk)


def _class_desk(
    settings: Settings,
    world: composition.World,
    engine: Engine,
    pages: PageStore,
    practised: ShowPractised,
) -> ClassDesk:
    """Loaded when a class is held: nobody else needs it."""
    from kiosk.classroom.afterwards import RealAfterwards
    from kiosk.classroom.desk import ClassDesk

    head = composition.letterhead_of(settings, time.localtime)
    after = RealAfterwards(settings.cabin.data_dir, world.workers, head, time.time)
    return ClassDesk(world.lanes, engine.post, practised, pages, after, world.lending)


def forget_classes(data_dir: Path, state: State) -> None:
    """The class record drops what is too old also where no class is held any more."""
    file = data_dir / RECORD
    if state.visit.classroom is not None or not file.exists():
        return
    from kiosk.classroom.record import ClassRecord

    ClassRecord(file).forget(date.today())


def world_of(
    settings: Settings, engine: Engine, board: Switchboard, mark: str = ""
) -> composition.World:
    """Workers on the ports and clients of the gateways that these settings name, begun.

    ``mark`` begins the names of all threads, and so what the log says of each (`kiosk.log`).
    """
    cables, lending = Cables(), Lending()

    def report(role: str, what: Report) -> None:
        cables.heard(role, what)
        if not board.heard(role, what) and not lending.took(role, what):
            engine.post(DeviceReport(role, what))

    def look() -> None:
        cables.look()
        board.exchanged(cables.exchanged)

    workers = {}
    for role, device in settings.devices.items():

        def heard(_name: str, what: Report, role: str = role) -> None:
            report(role, what)

        workers[role] = Worker(f"{mark}{role}", board.factory(role), device.port, heard)
        board.connect(role, workers[role])
        lending.add(role, device.driver, workers[role])
        cables.add(role, workers[role], device.port, answers=can_answer(device.driver))
    gateways = settings.gateways
    if gateways.biller is None:
        raise ValueError("gateways.biller is missing")
    biller = factory.make_biller(gateways.biller)
    platforms = {}
    if gateways.alipay:
        platforms["alipay"] = factory.make_alipay(gateways.alipay)
    if gateways.wechat:
        platforms["wechat"] = factory.make_wechat(gateways.wechat)
    lanes = ThreadLanes(engine.post, mark)
    for worker in workers.values():
        worker.start()
    engine.add_chore(Chore("cables", LOOK_EVERY_S, look))
    record = factory.make_record(gateways.record) if gateways.record else None
    files = place_of(settings)
    return composition.World(workers, biller, platforms, lanes, record, files, lending=lending)


def _advice(settings: Settings) -> str:
    return (
        "No money is taken. Keep the file, then begin a new epoch:\n"
        f"  kiosk journal new-epoch --config {settings.source} --operator NAME --reason TEXT"
    )
