"""``kiosk report``: a zip for whoever mends the program, with nothing of anybody's in it."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import ConfigError, load
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.diagnostics.report import Heard

USAGE = 2
LISTEN_S = 6.0
"""How long each device's traffic is listened to: two rounds of most drivers' questions."""
MOST_LINES = 400
NOT_RUNNING = "小屋程序没有运行"
QUIET = f"听了 {LISTEN_S:.0f} 秒，没有动静"
STICK = "stick"
"""Where sticks of staff and residents are mounted, in the data folder."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``report``."""
    parser = commands.add_parser("report", help="a zip of all that is known", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--out", type=Path, metavar="ZIP", help="cabin-NNNN-DATE.zip here if not")
    where.add_argument("--stick", action="store_true", help="on the USB stick that is plugged in")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Write it. Returns 0; 1 if it can't be written; 2 for a configuration that can't be read."""
    try:
        settings = load(args.config, keys=False)
    except ConfigError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return USAGE
    name = file_name(settings)
    path = args.out or Path(name)
    try:
        data, gaps = make(settings)
        if args.stick:
            put_on_stick(settings, name, data)
        else:
            save(path, data)
    except OSError as error:
        print(f"kiosk report: {name if args.stick else path}: {error.strerror}", file=sys.stderr)
        return 1
    written = f"U 盘上的 {name}：已写好，可以拔了" if args.stick else f"{path}：已写好"
    print(f"{written}，里面没有任何人的姓名、号码和内容。")
    for gap in gaps:
        print(f"没有现场线路数据：{gap}")
    return 0


def file_name(settings: Settings) -> str:
    """What the report of this moment is called."""
    return time.strftime(f"cabin-{settings.cabin.id}-%Y%m%d-%H%M%S.zip")


def make(settings: Settings) -> tuple[bytes, tuple[str, ...]]:
    """Gather and pack it, in some ten seconds: never on the engine's thread.

    Returns the zip, and whose live traffic isn't in it, each with the reason.
    """
    from kiosk.diagnostics.doctor import examine
    from kiosk.diagnostics.report import Heard, packed

    diagnosis = examine(settings.source)
    nobody = dict.fromkeys(settings.devices, Heard(missing=NOT_RUNNING))
    heard = live(settings) if diagnosis.running else nobody
    gaps = tuple(f"{role}（{x.missing}）" for role, x in heard.items() if x.missing)
    return packed(settings, diagnosis, heard), gaps


def save(path: Path, data: bytes) -> None:
    """Write it as a file that its owner alone may read. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)


def put_on_stick(settings: Settings, name: str, data: bytes) -> None:
    """Write it on a stick, which can be pulled afterwards. Raises OSError; ENODEV: there is none,
    or no place for one.
    """
    from kiosk.documents.stick_out import outlet

    there = outlet(settings.printing, settings.cabin.data_dir / STICK)
    if there is None or not there.present():
        raise OSError(errno.ENODEV, "no USB stick is plugged in")
    there.put(name, data)


def live(settings: Settings) -> dict[str, Heard]:
    """A few seconds of every device's traffic, from the running kiosk."""
    with ThreadPoolExecutor(max(1, min(8, len(settings.devices)))) as pool:
        found = pool.map(lambda role: _listen(settings.cabin.data_dir, role), settings.devices)
        return dict(zip(settings.devices, found, strict=True))


def _listen(data_dir: Path, role: str) -> Heard:
    from kiosk.diagnostics.control import Client, ForbiddenError, NotRunningError, RefusedError
    from kiosk.diagnostics.report import Heard, safe_line

    until = time.monotonic() + LISTEN_S
    lines: list[str] = []
    why = QUIET
    try:
        with Client(data_dir, timeout=LISTEN_S + 2) as client:
            for line in client.ask(trace=role):
                if time.monotonic() >= until or len(lines) >= MOST_LINES:
                    break
                if safe := safe_line(line):
                    lines.append(json.dumps(safe, ensure_ascii=False))
    except (NotRunningError, ForbiddenError, RefusedError) as error:
        why = f"听不到：{error}"  # the rest of the report is worth having without it
    return Heard(tuple(lines), "" if lines else why)
