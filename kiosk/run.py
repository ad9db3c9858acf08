"""``kiosk run``: the real cabin — device workers, gateways, journal, engine, window."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kiosk import composition
from kiosk.adapters import DeviceReport
from kiosk.books import AnyBooks, ClosedBooks
from kiosk.clock import SystemClock
from kiosk.config import ConfigError, load
from kiosk.core.state import State
from kiosk.engine import Engine
from kiosk.inspection import Inspection
from kiosk.journal import Journal, JournalBrokenError, JournalBusyError
from kiosk.lanes import ThreadLanes
from kiosk.settings import Settings
from kiosk.shown import Shown

_log = logging.getLogger(__name__)

EXIT_FAILED, EXIT_USAGE = 1, 2
BEGIN_S = 10.0


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("run", help="the kiosk")
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    parser.add_argument("--inspect", type=Path, metavar="SOCKET", help="answer what is shown")
    parser.add_argument("--no-window", action="store_true", help="run without a screen")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code."""
    try:
        settings = load(args.config)
        make_data_dir(settings)
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return EXIT_USAGE
    shown = Shown()
    seen = threading.Event()
    try:
        engine = build(settings, shown.publish, begin=seen)
    except JournalBusyError as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    except ValueError as error:
        print(f"{args.config}: {error}", file=sys.stderr)
        return EXIT_USAGE
    thread = threading.Thread(target=_work, args=(engine,), name="engine", daemon=True)
    engine.start()
    thread.start()
    try:
        return _serve(settings, shown, engine.post, seen.set, args)
    finally:
        engine.stop()
        thread.join(5)
        engine.books.close()


def make_data_dir(settings: Settings) -> None:
    """Make the folder of the journal. Raises ConfigError if it can't be made or written."""
    folder = settings.cabin.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        what = f"{settings.source}: cabin.data_dir: {folder} can't be used: {error.strerror}"
        raise ConfigError((f"{what}; allowed: a folder that the kiosk may write",)) from error


def _work(engine: Engine) -> None:
    """The engine's thread. Without it the screen would stand still for ever: whoever supervises
    starts the kiosk again, and the journal knows the rest."""
    try:
        engine.run()
    except BaseException:  # noqa: BLE001  # whatever it was, nothing goes on without it
        _log.critical("the engine has failed: the kiosk ends", exc_info=True)
        logging.shutdown()
        os._exit(EXIT_FAILED)


def build(
    settings: Settings,
    publish: Callable[[State], None],
    journal: Journal | None = None,
    begin: threading.Event | None = None,
) -> Engine:
    """Open the books and put everything together.

    Devices and gateways are spoken to at once, or, with ``begin``, when that is set: their
    libraries and handshakes would take the processor from a window that is being opened. They
    don't wait for it longer than ``BEGIN_S``: open orders are looked after without a screen too.
    ``journal`` is one that is open already, as crash tests bring it.
    """
    clock = SystemClock()
    books: AnyBooks
    try:
        books = composition.open_books(settings, clock, journal)
    except JournalBrokenError as error:
        _log.error("%s\n%s", error, _advice(settings))
        books = ClosedBooks(str(error))
    return composition.compose_engine(
        settings, books, clock, publish, partial(_world, settings, begin)
    )


def _world(settings: Settings, begin: threading.Event | None, engine: Engine) -> composition.World:
    from devices.registry import factory as driver_factory
    from devices.worker import Worker
    from kiosk.gateways import factory

    def report(role: str, what: object) -> None:
        engine.post(DeviceReport(role, what))  # type: ignore[arg-type]

    workers = {}
    for role, device in settings.devices.items():
        maker = driver_factory(device.driver, device.options)
        workers[role] = Worker(role, maker, device.port, report)
    gateways = settings.gateways
    if gateways.biller is None:
        raise ValueError("gateways.biller is missing")
    platforms = {}
    if gateways.alipay:
        platforms["alipay"] = factory.make_alipay(gateways.alipay)
    if gateways.wechat:
        platforms["wechat"] = factory.make_wechat(gateways.wechat)
    lanes = ThreadLanes(engine.post)

    def speak() -> None:
        if begin is not None:
            begin.wait(BEGIN_S)
        for worker in workers.values():
            worker.start()
        lanes.start()

    if begin is None:
        speak()
    else:
        threading.Thread(target=speak, name="begin", daemon=True).start()
    return composition.World(workers, factory.make_biller(gateways.biller), platforms, lanes)


def _advice(settings: Settings) -> str:
    return (
        "No money is taken. Keep the file, then begin a new epoch:\n"
        f"  kiosk journal new-epoch --config {settings.source} --operator NAME --reason TEXT"
    )


def _serve(
    settings: Settings,
    shown: Shown,
    post: Callable[[object], None],
    seen: Callable[[], None],
    args: argparse.Namespace,
) -> int:
    if args.no_window:
        seen()
        return _serve_blind(shown, args)
    from screens.window import run_window

    return run_window(settings, shown, post, args.inspect, seen)


def _serve_blind(shown: Shown, args: argparse.Namespace) -> int:
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    inspection = Inspection(args.inspect, shown.describe) if args.inspect else None
    done.wait()
    if inspection:
        inspection.close()
    return 0
