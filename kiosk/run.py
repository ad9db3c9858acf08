"""``kiosk run``: the window first, and behind it the cabin."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from kiosk.behind import Behind, Outlook
from kiosk.config import ConfigError, load
from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL, PARTS, Heartbeat
from kiosk.inspection import Inspection
from kiosk.memory import share_one_heap
from kiosk.opening import opening_state
from kiosk.settings import Settings
from kiosk.shown import Shown
from kiosk.signals import END, as_bytes
from kiosk.watchdog import Watchdog, wish_of

EXIT_USAGE = 2


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
    share_one_heap()
    shown = Shown()
    shown.publish(opening_state(settings, time.time()))
    heart = Heartbeat((ENGINE, JOURNAL) if args.no_window else PARTS)
    outlook = Outlook(heart, shown.newest, shown.wake)
    behind = Behind(settings, shown.publish, shown.pages, outlook, shown.practise)
    wish = wish_of(os.environ)
    watchdog = Watchdog(wish, heart, behind.post, shown.wake) if wish else None
    if watchdog:
        watchdog.start()
    try:
        code = _serve(settings, shown, behind, heart, args)
    finally:
        if watchdog:
            watchdog.stop(again=behind.again)
        behind.stop()
    if behind.again:
        # The same process, as whoever supervises it knows it; every file of ours closes with it.
        sys.stdout.flush()
        sys.stderr.flush()
        os.environ.update(wish.words if wish else {})
        os.execv(sys.executable, [sys.executable, "-m", "kiosk.main", *sys.argv[1:]])
    return behind.failure or code


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


def _serve(
    settings: Settings,
    shown: Shown,
    behind: Behind,
    heart: Heartbeat,
    args: argparse.Namespace,
) -> int:
    if args.no_window:
        return _serve_blind(shown, behind, args)
    from screens.window import run_window

    return run_window(settings, shown, behind.post, args.inspect, behind.go, heart)


def _serve_blind(shown: Shown, behind: Behind, args: argparse.Namespace) -> int:
    with as_bytes(*END) as signals:
        behind.go()
        inspection = Inspection(args.inspect, shown.describe) if args.inspect else None
        signals.read(1)
    if inspection:
        inspection.close()
    return 0
