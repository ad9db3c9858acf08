"""``kiosk trace ROLE``: a port's traffic as it passes, in hex and in words, until Ctrl-C.

From the running kiosk when it has the port, else by opening the port. Personal spans are replaced
before anything leaves the driver's side (`devices.trace`); what is saved is a recording, which
``kiosk device replay`` plays.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from devices import registry
from devices.recording import VERSION, recorded
from devices.replay import words
from kiosk.config import ConfigError, load
from kiosk.device_session import Session
from kiosk.diagnostics.control import Client, ForbiddenError, NotRunningError, RefusedError
from kiosk.diagnostics.tracing import Trace
from kiosk.settings import DeviceSettings

USAGE = 2
_LOOK_S = 0.5


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``trace``."""
    parser = commands.add_parser(
        "trace", help="live traffic of a device's port", description=__doc__
    )
    parser.add_argument("role", metavar="ROLE", help="as in the configuration: terminal, scanner …")
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only lines that hold it")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write a recording too")
    parser.add_argument("--seconds", type=float, metavar="S", help="end after so long")
    parser.add_argument("--json", action="store_true", help="a line of JSON each")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Show it. Returns 0; 1 if the kiosk refuses or goes away; 2 for wrong words."""
    try:
        settings = load(args.config, keys=False)
    except ConfigError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return USAGE
    device = settings.devices.get(args.role)
    if device is None:
        known = ", ".join(settings.devices)
        print(f"kiosk trace: no device {args.role}; there are: {known}", file=sys.stderr)
        return USAGE
    until = time.monotonic() + args.seconds if args.seconds is not None else None
    lines = _lines(settings.cabin.data_dir, args.role, device, until)
    try:
        with contextlib.ExitStack() as stack:
            saved = stack.enter_context(_private(args.save)) if args.save else None
            if saved is not None:
                head = {"recording": VERSION, "driver": device.driver, "settings": _safe(device)}
                saved.write(json.dumps(head) + "\n")
            _show(lines, args.filter, saved, as_json=args.json)
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        raise  # whoever reads has enough: no trouble of ours
    except (ForbiddenError, RefusedError, NotRunningError, OSError) as error:
        print(f"kiosk trace: {error}", file=sys.stderr)
        return 1
    return 0


def _private(path: Path) -> TextIO:
    """A new file that nobody else may read. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8")


def _safe(device: DeviceSettings) -> dict[str, object]:
    from kiosk.diagnostics.secrets import without_secrets

    return without_secrets(dict(device.options))


def _show(
    lines: Iterator[dict[str, Any]], wanted: str, saved: TextIO | None, *, as_json: bool
) -> None:
    for line in lines:
        if saved is not None and "t" in line:
            saved.write(json.dumps(line, ensure_ascii=False) + "\n")
            saved.flush()
        text = json.dumps(line, ensure_ascii=False) if as_json else told(line)
        if wanted in text:
            print(text, flush=True)


def told(line: dict[str, Any]) -> str:
    """A line for a person: time of day, direction, hex, meaning."""
    if "status" in line:
        health = " ".join(x for x in line["status"].values() if x)
        return f"{line['role']} ({line['driver']}): {health}"
    if "t" not in line:
        return json.dumps(line, ensure_ascii=False)
    at = time.strftime("%H:%M:%S", time.localtime(line["t"]))
    return f"{at}.{int(line['t'] * 1000) % 1000:03}  {words(line)}"


def _lines(
    data_dir: Path, role: str, device: DeviceSettings, until: float | None
) -> Iterator[dict[str, Any]]:
    try:
        client = Client(data_dir)
    except NotRunningError:
        yield from _direct(device, until)
        return
    with client:
        for line in client.ask(trace=role):
            if until is not None and time.monotonic() >= until:
                return
            if "alive" not in line:
                yield line


def _direct(device: DeviceSettings, until: float | None) -> Iterator[dict[str, Any]]:
    """Open the port and let the driver ask what it always asks: nothing of it moves anything."""
    trace = Trace(registry.scribe(device.driver))
    factory = recorded(registry.factory(device.driver, device.options), trace)
    with Session(device.driver, factory, device.port):
        while until is None or time.monotonic() < until:
            line = trace.get(_LOOK_S)
            if line is not None:
                yield line
