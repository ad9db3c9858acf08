"""``kiosk report``: a zip for whoever mends the program, with nothing of anybody's in it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kiosk.config import ConfigError, load
from kiosk.settings import Settings

USAGE = 2
LISTEN_S = 6.0
"""How long each device's traffic is listened to: two rounds of most drivers' questions."""
MOST_LINES = 400


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``report``."""
    parser = commands.add_parser("report", help="a zip of all that is known", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    parser.add_argument("--out", type=Path, metavar="ZIP", help="cabin-NNNN-DATE.zip here if not")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Write it. Returns 0; 1 if it can't be written; 2 for a configuration that can't be read."""
    try:
        settings = load(args.config)
    except ConfigError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return USAGE
    path = args.out or Path(file_name(settings))
    try:
        make(settings, path)
    except OSError as error:
        print(f"kiosk report: {path}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{path}：已写好，里面没有任何人的姓名、号码和内容。")
    return 0


def file_name(settings: Settings) -> str:
    """What the report of this moment is called."""
    return time.strftime(f"cabin-{settings.cabin.id}-%Y%m%d-%H%M%S.zip")


def make(settings: Settings, path: Path) -> None:
    """Gather and write it, in some ten seconds: never on the engine's thread. Raises OSError."""
    from kiosk.diagnostics.doctor import examine
    from kiosk.diagnostics.report import write

    diagnosis = examine(settings.source)
    write(path, settings, diagnosis, live(settings) if diagnosis.running else {})


def live(settings: Settings) -> dict[str, str]:
    """A few seconds of every device's traffic, from the running kiosk."""
    with ThreadPoolExecutor(max(1, min(8, len(settings.devices)))) as pool:
        found = pool.map(lambda role: _listen(settings.cabin.data_dir, role), settings.devices)
        return {role: text for role, text in zip(settings.devices, found, strict=True) if text}


def _listen(data_dir: Path, role: str) -> str:
    from kiosk.diagnostics.control import Client, ForbiddenError, NotRunningError, RefusedError
    from kiosk.diagnostics.report import safe_line

    until = time.monotonic() + LISTEN_S
    lines: list[str] = []
    try:
        with Client(data_dir, timeout=LISTEN_S + 2) as client:
            for line in client.ask(trace=role):
                if time.monotonic() >= until or len(lines) >= MOST_LINES:
                    break
                if safe := safe_line(line):
                    lines.append(json.dumps(safe, ensure_ascii=False))
    except (NotRunningError, ForbiddenError, RefusedError):
        pass  # the rest of the report is worth having without it
    return "".join(x + "\n" for x in lines)
