"""``kiosk devices``: what is plugged in (``list``), what it is called (``udev``), and whether a
cable carries (``loopback``).

Source: Serial and USB on Linux, "Names" and "Liveness". What is asked moves nothing. A running
kiosk has its machines' ports: it tells what it knows of them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from devices import registry
from devices.port import PortError, PortUrlError
from devices.status import Status
from kiosk.config import ConfigError, load
from kiosk.device_probe import ON_A_LINE, PATIENCE_S, Machine, ask, can_answer
from kiosk.device_survey import Survey, survey
from kiosk.diagnostics.advice import of_reason
from kiosk.diagnostics.control import ForbiddenError
from kiosk.plugged import Kind, Plugged, plugged, udev_rules
from kiosk.settings import Settings

USAGE = 2
DIFFERENT = 1
LOOP_BAUD = 9600


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``devices`` to the subcommands of ``kiosk``."""
    parser = commands.add_parser(
        "devices", help="what is plugged in, and names for it", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="what is plugged in, and what answers where")
    listing.add_argument("--config", type=Path, metavar="F", help="ask each machine of this cabin")
    listing.add_argument(
        "--ask",
        action="store_true",
        help="try every driver at every serial port (slow, moves nothing)",
    )
    listing.add_argument(
        "--patience", type=float, default=PATIENCE_S, metavar="S", help="seconds for each question"
    )
    listing.add_argument("--json", action="store_true", help="one JSON object")
    listing.set_defaults(handler=run_list)
    rules = verbs.add_parser("udev", help="rules that give each machine its name in /dev/cabin")
    rules.add_argument(
        "role", nargs="*", metavar="ROLE=PORT", help="as terminal=/dev/ttyUSB0, from the list"
    )
    rules.set_defaults(handler=run_udev)
    loop = verbs.add_parser(
        "loopback",
        help="is it the cable? with the plug out of the device and its pins 2 and 3 bridged",
    )
    loop.add_argument("port", metavar="PORT", help="/dev/ttyUSB0, serial:///…, or a role")
    loop.add_argument("--config", type=Path, metavar="F", help="the port of a role of this cabin")
    loop.set_defaults(handler=run_loopback)


def run_list(args: argparse.Namespace) -> int:
    """Tell it. Returns 0; 1 if a machine doesn't answer where it should; 2 for a bad file."""
    try:
        settings = load(args.config, keys=False) if args.config else None
        machines = _machines_of(settings) if settings else {}
        seen = survey(machines, settings.cabin.data_dir if settings else None, args.patience)
    except ConfigError as error:
        print("\n".join(str(x) for x in error.mistakes), file=sys.stderr)
        return USAGE
    except ForbiddenError as error:
        print(f"kiosk devices: {error}", file=sys.stderr)
        return USAGE
    things = plugged()
    known = {os.path.realpath(_path(machine.port)) for machine in machines.values()}
    free = [x for x in things if os.path.realpath(x.port) not in known]
    heard = _ask_everything(free, args.patience) if args.ask else {}
    if args.json:
        print(json.dumps(_as_json(things, machines, seen, heard), ensure_ascii=False))
    else:
        _tell(things, machines, seen, heard)
    return DIFFERENT if seen.exchanged or seen.missing(machines) else 0


def run_loopback(args: argparse.Namespace) -> int:
    """Tell whether what is sent comes back. Returns 0; 1 if not; 2 for a port that isn't one."""
    from devices.port_serial import parse, parse_line
    from kiosk import loopback

    try:
        machine = _machines(args.config).get(args.port)
        default = registry.load(machine.driver).default_baud if machine else LOOP_BAUD
        url = machine.port if machine else args.port
        path, line = parse_line(url, default)
        looped = loopback.look(parse(url, default), line.baud)
    except ConfigError as error:
        print("\n".join(str(x) for x in error.mistakes), file=sys.stderr)
        return USAGE
    except PortUrlError as error:
        print(f"kiosk devices loopback: {error}", file=sys.stderr)
        return USAGE
    except PortError as error:
        what, todo = of_reason("unavailable", error.reason)
        print(f"{args.port}：{what}\n怎么办：{todo}\n依据：{error}")
        return DIFFERENT
    what, todo = loopback.WORDS[looped.loop]
    print(f"{path}（{line.baud}）：{what}\n怎么办：{todo}")
    print(f"依据：发 {looped.sent} 字节，收 {len(looped.back)} 字节 {looped.back[:16].hex(' ')}")
    return 0 if looped.loop is loopback.Loop.WHOLE else DIFFERENT


def run_udev(args: argparse.Namespace) -> int:
    """Print the rules. Returns 0, or 2 if a role or a port isn't there."""
    things = plugged()
    by_port = {os.path.realpath(x.port): x for x in things} | {x.port: x for x in things}
    if not args.role:
        ports = ", ".join(x.port for x in things) or "nothing is plugged in"
        print(f"kiosk devices udev: say which is what, as terminal=PORT; {ports}", file=sys.stderr)
        return USAGE
    roles: dict[str, Plugged] = {}
    for word in args.role:
        role, _, port = word.partition("=")
        thing = by_port.get(port) or by_port.get(os.path.realpath(port))
        if thing is None:
            ports = ", ".join(x.port for x in things) or "nothing is plugged in"
            print(f"kiosk devices udev: {word}: no such port; there are: {ports}", file=sys.stderr)
            return USAGE
        roles[role] = thing
    try:
        print(udev_rules(roles, things), end="")
    except ValueError as error:
        print(f"kiosk devices udev: {error}", file=sys.stderr)
        return USAGE
    return 0


def _machines(config: Path | None) -> dict[str, Machine]:
    return {} if config is None else _machines_of(load(config, keys=False))


def _machines_of(settings: Settings) -> dict[str, Machine]:
    devices = settings.devices
    return {role: Machine(x.driver, x.options, x.port) for role, x in devices.items()}


def _path(url: str) -> str:
    return url.partition("://")[2].partition("?")[0] if "://" in url else url


def _ask_everything(things: list[Plugged], patience_s: float) -> dict[str, str]:
    """The driver that is answered at each serial port, by port; ports without one are left out."""
    heard = {}
    for thing in things:
        if thing.kind is not Kind.SERIAL:
            continue
        for name in (x for x in ON_A_LINE if x in registry.names()):
            if ask(Machine(name, ON_A_LINE[name], thing.port), thing.port, patience_s).answered:
                heard[thing.port] = name
                break
    return heard


def _as_json(
    things: tuple[Plugged, ...],
    machines: Mapping[str, Machine],
    seen: Survey,
    heard: Mapping[str, str],
) -> dict[str, object]:
    return {
        "plugged": [{**asdict(x), "port": x.port, "answers": heard.get(x.port)} for x in things],
        "machines": {
            role: {
                "driver": machine.driver,
                "port": machine.port,
                "answered": _answered(machine, seen.found[role]),
                "status": seen.found[role].level.value,
                "reason": seen.found[role].reason,
                "detail": seen.found[role].detail,
                "identity": seen.facts[role].identity if role in seen.facts else None,
            }
            for role, machine in machines.items()
        },
        "swapped": [list(pair) for pair in seen.exchanged],
        "told_by": "kiosk" if seen.facts else "ports",
    }


def _tell(
    things: tuple[Plugged, ...],
    machines: Mapping[str, Machine],
    seen: Survey,
    heard: Mapping[str, str],
) -> None:
    print("plugged in:" if things else "nothing is plugged in over USB")
    for x in things:
        answer = f"  answers to {heard[x.port]}" if x.port in heard else ""
        serial = f" serial {x.serial}" if x.serial else ""
        print(f"  {x.port}  {x.vendor}:{x.product}{serial} at {x.socket}  {x.name}{answer}")
    if machines:
        whose = ", as the running kiosk sees them" if seen.facts else ""
        print(f"machines of the cabin{whose}:")
    for role, machine in machines.items():
        verdict = _verdict(machine, seen.found[role])
        print(f"  {role} ({machine.driver}) at {machine.port}: {verdict}{seen.identity(role)}")
    for one, other in seen.exchanged:
        print(f"the cables of {one} and {other} are exchanged: each answers at the other's port")


def _answered(machine: Machine, status: Status) -> bool | None:
    """None for a machine that speaks only when it has something to say."""
    return status.answered if can_answer(machine.driver) else None


def _verdict(machine: Machine, status: Status) -> str:
    why = f" ({status.reason})" if status.reason else ""
    detail = f": {status.detail}" if status.detail else ""
    if status.reason == "port_busy":
        return f"in use by another program{detail}"
    if not can_answer(machine.driver):
        there = status.level.value in ("ready", "unknown")
        return f"{'present; it never answers' if there else 'not there'}{why}{detail}"
    return f"{'answers' if status.answered else 'no answer'}, {status.level.value}{why}{detail}"
