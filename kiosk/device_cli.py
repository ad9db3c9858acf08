"""``kiosk device DRIVER OPERATION``: one driver, one operation, any port, without the rest.

Exit codes (design, "What anybody can run"): 0 success, 1 failed, 2 usage, 3 outcome unknown,
4 cancelled, 5 timed out. With ``--config`` the running kiosk does it, if one has the port. What
moves money or goods wants ``--lab``; on a cabin's own machines
(``--config``) it is written to the journal and refused while an order is open or the kiosk runs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devices import registry
from devices.driver import Driver, SettingsError
from devices.operations import Operation, ParameterError
from devices.port import PortUrlError, opener
from devices.recording import recorded, recorder
from devices.status import Cancelled, OutcomeUnknown
from kiosk.device_replay import replay
from kiosk.device_session import Session
from kiosk.device_words import EXIT_CODES, Words

USAGE = 2
REPLAY = "replay"
STATUS = Operation("whether it is there, and how it is", None, patience_s=10.0)


class UsageError(Exception):
    """The words given can't be carried out; the text says why and what is allowed."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line came to."""

    name: str
    driver: type[Driver]
    operation_name: str
    operation: Operation
    command: object
    settings: Mapping[str, object]
    port: str
    given: Mapping[str, str]
    role: str
    """The configuration's device with this driver at this port, "" if there is none."""
    data_dir: Path | None
    changed: bool
    """Whether settings were given that the configuration doesn't have."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``device`` to the subcommands of ``kiosk``."""
    parser = commands.add_parser(
        "device",
        help="one driver, one operation, against any port",
        description=__doc__,
        epilog=catalogue(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "driver",
        metavar="DRIVER",
        help="or, with --config, a machine's role in it; or 'replay', which plays the recording"
        " FILE against the driver it was made of",
    )
    parser.add_argument("operation", metavar="OPERATION | FILE", help="all drivers have 'status'")
    parser.add_argument("--port", metavar="URL", help="serial:///dev/x?baud=9600, tcp://host:port")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="key=value",
        dest="pairs",
        help="a parameter of the operation, or a setting of the driver",
    )
    parser.add_argument("--config", type=Path, metavar="F", help="port and settings from there")
    parser.add_argument("--lab", action="store_true", help="it may move money or goods")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each thing said")
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="write down the traffic, personal spans replaced",
    )
    parser.add_argument("--verbose", action="store_true", help="replay: tell every line too")
    parser.set_defaults(handler=run)


def catalogue() -> str:
    """Every driver with its operations and their parameters."""
    lines = ["drivers and operations (* moves money or goods: --lab):"]
    for name in registry.names():
        lines.append(f"  {name}")
        for word, operation in registry.load(name).operations.items():
            lines.append(f"    {word}{' *' if operation.lab else ''}: {operation.help}")
            lines += [f"      {key}: {x.help}" for key, x in operation.parameters.items()]
    return "\n".join(lines)


def run(args: argparse.Namespace) -> int:
    """Do it. Returns the exit code."""
    if args.driver == REPLAY:
        return replay(Path(args.operation), as_json=args.json, verbose=args.verbose)
    try:
        asked = _understand(args)
        if asked.operation.lab:
            _allow(args, asked)
        elif (code := _through_kiosk(args, asked)) is not None:
            return code
    except (UsageError, ParameterError, SettingsError, PortUrlError) as error:
        print(f"kiosk device: {error}", file=sys.stderr)
        return USAGE
    words = Words(sys.stdout, as_json=args.json)
    factory = registry.factory(asked.name, asked.settings)
    if args.record is None:
        return _carry_out(asked, factory, words)
    with contextlib.closing(recorder(args.record, asked.name, asked.settings)) as tap:
        return _carry_out(asked, recorded(factory, tap), words)


def _carry_out(asked: _Asked, factory: Callable[[], Driver], words: Words) -> int:
    with Session(asked.name, factory, asked.port) as session:
        if asked.operation is STATUS:
            return words.status(session.settled(STATUS.patience_s))
        words.status(session.settled(_settling_s(asked)))
        if asked.operation.make is None:
            return words.end(session.listen(asked.operation.patience_s, words.report))
        return words.end(session.do(asked.command, asked.operation.patience_s, words.report))


def _settling_s(asked: _Asked) -> float:
    """How long to wait for the device itself before it is asked for anything (seconds)."""
    if not asked.driver.device_begins:
        return STATUS.patience_s
    return asked.operation.patience_s if asked.operation.waits_for_it else 0.5


def _understand(args: argparse.Namespace) -> _Asked:
    at = _configured(args)
    name = at.driver or args.driver
    if name not in registry.names():
        roles = "" if args.config is None else ", nor a role in the configuration"
        known = ", ".join(registry.names())
        raise UsageError(f"{args.driver} is no driver{roles}; the drivers: {known}")
    driver = registry.load(name)
    operations = {"status": STATUS, **driver.operations}
    operation = operations.get(args.operation)
    if operation is None:
        raise UsageError(f"{name} has no {args.operation}; it has {', '.join(operations)}")
    settings = dict(at.options)
    given: dict[str, str] = {}
    for pair in args.pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--set {pair}: key=value is wanted")
        if key in operation.parameters:
            given[key] = value
        else:
            settings[key] = _value(value)
    driver.from_settings(settings)
    port = args.port or at.port
    if not port:
        raise UsageError("--port is missing (or --config with this driver in it)")
    opener(port)
    try:
        command = operation.command(given)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return _Asked(
        name,
        driver,
        args.operation,
        operation,
        command,
        settings,
        port,
        given,
        at.role if port == at.port else "",
        at.data_dir,
        settings != at.options,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The configuration's device of a role or with a driver; empty without one."""

    role: str = ""
    driver: str = ""
    port: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    data_dir: Path | None = None


def _configured(args: argparse.Namespace) -> _Place:
    """The configuration's device of this role, or with this driver."""
    if args.config is None:
        return _Place()
    from kiosk.config import ConfigError, load

    try:
        settings = load(args.config, keys=False)
    except ConfigError as error:
        raise UsageError("\n".join(str(x) for x in error.mistakes)) from error
    for role, device in settings.devices.items():
        meant = args.driver in (role, device.driver)
        if meant and args.port in (None, device.port):
            data_dir = settings.cabin.data_dir
            return _Place(role, device.driver, device.port, dict(device.options), data_dir)
    return _Place()


def _through_kiosk(args: argparse.Namespace, asked: _Asked) -> int | None:
    """Let the running kiosk do it, which has the port; None if none runs. Raises UsageError."""
    if not asked.role or asked.data_dir is None:
        return None
    from kiosk.diagnostics.control import Client, ForbiddenError, NotRunningError, RefusedError

    try:
        client = Client(asked.data_dir)
    except NotRunningError:
        return None
    except ForbiddenError as error:
        raise UsageError(str(error)) from error
    with client:
        if asked.changed or args.record is not None:
            raise UsageError(
                "the running kiosk has the port, with its own settings: stop it to try others; "
                f"its traffic is shown by: kiosk trace {asked.role} --save FILE"
            )
        words, code = Words(sys.stdout, as_json=args.json), EXIT_CODES[OutcomeUnknown]
        question = {"do": asked.operation_name, "role": asked.role, "parameters": asked.given}
        try:
            for line in client.ask(**question):
                code = int(line.get("exit", code))
                if "alive" not in line:
                    words.line({k: v for k, v in line.items() if k != "end"})
        except RefusedError as error:
            raise UsageError(str(error)) from error
        except KeyboardInterrupt:
            return EXIT_CODES[Cancelled]  # hanging up takes the command back
        except NotRunningError as error:
            # Whether it was still done nobody can say.
            print(f"kiosk device: {error}", file=sys.stderr)
            return EXIT_CODES[OutcomeUnknown]
        return code


def _value(text: str) -> object:
    """A setting as the configuration would give it: a number, true, false, or text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float | str) else text


def _allow(args: argparse.Namespace, asked: _Asked) -> None:
    """Let something that moves money or goods be done, and write it down. Raises UsageError."""
    if not args.lab:
        raise UsageError(f"{asked.operation_name} moves money or goods: say --lab if it may")
    if args.config is None:
        return
    from kiosk.config import load

    body = {"driver": asked.name, "operation": asked.operation_name, "port": asked.port}
    note_maintenance(load(args.config).cabin.data_dir, body)


def note_maintenance(data_dir: Path, body: Mapping[str, str]) -> None:
    """Write down that a cabin's machine is about to move something. Raises UsageError where it
    must not: an order is open, a kiosk runs, the books are broken.
    """
    from kiosk.journal import Journal, JournalBrokenError, JournalBusyError

    try:
        journal = Journal(data_dir / "journal.sqlite")
    except (JournalBusyError, JournalBrokenError) as error:
        raise UsageError(f"{error}; nothing was done") from error
    try:
        if orders := journal.open_orders():
            raise UsageError(f"{len(orders)} orders are open ({orders[0]}): settle them first")
        journal.note("Maintenance", body, max(int(time.time() * 1000), journal.store.last_at))
    finally:
        journal.close()
