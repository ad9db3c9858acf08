"""``kiosk selftest [DEVICE]``: each machine's safe tests, from the shell.

The running kiosk makes them when one holds the ports, otherwise they are opened here. With a
person at the terminal who stands in the cabin, that person is asked to do and to look; without one
(``--alone``, or no terminal) what needs hands is left out and said to be.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from devices import registry
from devices.driver import Report
from kiosk.core.selftest import Check, Result, Run, Verdict, begin, guided
from kiosk.device_cli import STATUS, UsageError, note_maintenance
from kiosk.device_session import Session
from kiosk.device_words import end_line, report_line, status_line
from kiosk.diagnostics import control
from kiosk.diagnostics.selftest import (
    WORDS,
    Hands,
    RefusedError,
    all_checks,
    as_json,
    carry_out,
    report_lines,
)
from kiosk.settings import DeviceSettings, Settings

PASSED, WRONG, USAGE = 0, 1, 2
PRINTER = "receipt_printer"
YES = ("", "y", "yes", "是")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``selftest`` to the subcommands of ``kiosk``."""
    parser = commands.add_parser(
        "selftest",
        help="safe tests of the machines; 0 all passed, 1 not all, 2 can't be asked for",
        description=__doc__,
    )
    parser.add_argument("device", nargs="*", metavar="DEVICE", help="as receipt_printer; or all")
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    parser.add_argument(
        "--alone", action="store_true", help="nobody is there to do or see anything"
    )
    parser.add_argument("--goods", action="store_true", help="also what brings something out")
    parser.add_argument("--list", action="store_true", help="which tests there are")
    parser.add_argument("--print", action="store_true", help="the report on the receipt printer")
    parser.add_argument("--save", type=Path, metavar="FILE", help="the report as a file")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Test. Returns 0 if everything was tested and passed, 1 if not, 2 for what can't be asked."""
    from kiosk.config import ConfigError, load

    try:
        settings = load(args.config, keys=False)
    except ConfigError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return USAGE
    unknown = [x for x in args.device if x not in settings.devices]
    if unknown:
        there = ", ".join(settings.devices)
        print(f"kiosk selftest: no device {unknown[0]}; there are: {there}", file=sys.stderr)
        return USAGE
    wanted = [
        x for x in all_checks(settings, window=False) if not args.device or x.role in args.device
    ]
    if args.list:
        return _list(wanted)
    try:
        return _test(args, settings, begin(guided(wanted, goods=args.goods)))
    except (UsageError, control.ForbiddenError) as error:
        print(f"kiosk selftest: {error}", file=sys.stderr)
        return USAGE


def _list(checks: list[Check]) -> int:
    for check in checks:
        wants = "；".join(x for x in (check.prepare, check.question) if x)
        print(f"{check.id}: {check.title}。应该：{check.expect}。{f'（{wants}）' if wants else ''}")
    return PASSED


def _test(args: argparse.Namespace, settings: Settings, asked: Run) -> int:
    word, at = secrets.token_hex(4), time.time()
    person = _Person(there=not args.alone and not args.json and sys.stdin.isatty())
    with _hands(settings, goods=args.goods) as hands:
        found = carry_out(
            asked,
            settings.devices,
            hands,
            word,
            person,
            (lambda _: None) if args.json else _tell,
        )
        lines = report_lines(found, settings.cabin.name, at)
        fine = not args.print or _print(hands, lines, word)
    if args.json:
        print(json.dumps(as_json(found, settings.cabin.name, at), ensure_ascii=False, indent=1))
    if args.save is not None:
        args.save.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return PASSED if found.passed and fine else WRONG


def _tell(result: Result) -> None:
    check = result.check
    said = f"：{result.said}" if result.said else ""
    print(f"{WORDS[result.verdict]}  {check.id} {check.title}{said}", flush=True)
    if result.verdict in (Verdict.FAILED, Verdict.UNKNOWN):
        print(f"    应该：{check.expect}")
        print(f"    怎么办：{check.advice}", flush=True)


def _print(hands: Hands, lines: list[str], word: str) -> bool:
    """Put the report on paper. Whether it came out, as the printer says."""
    text = "\n".join(lines)
    last: Mapping[str, Any] = {}
    try:
        for line in hands.lines(PRINTER, "text", {"text": text, "job_id": f"report-{word}"}):
            last = line
    except RefusedError as error:
        print(f"kiosk selftest: the report isn't printed: {error}", file=sys.stderr)
        return False
    if last.get("completion") != "success":
        print("kiosk selftest: the printer didn't print the report", file=sys.stderr)
        return False
    return True


class _Person:
    """Whoever sits at the terminal."""

    def __init__(self, *, there: bool) -> None:
        self.there = there

    def does(self, check: Check) -> bool:
        """Let it get something ready."""
        goods = "会出东西。" if check.goods else ""
        return self._says(f"{check.device}：{check.title}。{check.prepare}{goods}准备好了吗？")

    def sees(self, check: Check) -> bool:
        """Let it look."""
        return self._says(f"{check.device}：{check.question}")

    def _says(self, question: str) -> bool:
        try:
            return input(f"{question} [是/否] ").strip().lower() in YES
        except EOFError:
            return False


def _hands(settings: Settings, *, goods: bool) -> _Hands:
    try:
        client = control.Client(settings.cabin.data_dir)
    except control.NotRunningError:
        return _OwnPorts(settings, goods=goods)
    return _RunningKiosk(client)


class _Hands:
    """Something to be closed at the end."""

    def __enter__(self) -> _Hands:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is held."""

    def lines(
        self, role: str, operation: str, parameters: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """See ``selftest.Hands``."""
        raise NotImplementedError


class _RunningKiosk(_Hands):
    """The kiosk that holds the ports does it, if nobody is being served."""

    def __init__(self, client: control.Client) -> None:
        self._client = client

    def close(self) -> None:
        self._client.__exit__()

    def lines(
        self, role: str, operation: str, parameters: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        try:
            yield from self._client.ask(do=operation, role=role, parameters=dict(parameters))
        except control.RefusedError as error:
            raise RefusedError(str(error)) from error
        except control.NotRunningError as error:
            yield {"completion": "outcome_unknown", "reason": str(error)}


class _OwnPorts(_Hands):
    """Nobody has the ports: one is opened here, and kept while its device is tested."""

    def __init__(self, settings: Settings, *, goods: bool) -> None:
        self._devices = settings.devices
        self._data_dir = settings.cabin.data_dir
        self._goods = goods
        self._role = ""
        self._session: Session | None = None

    def close(self) -> None:
        if self._session is not None:
            self._session.__exit__(None, None, None)
            self._session = None

    def lines(
        self, role: str, operation: str, parameters: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        device = self._devices[role]
        driver = registry.load(device.driver)
        known = {"status": STATUS, **driver.operations}[operation]
        if known.lab:
            self._allow(device, operation)
        session = self._open(role, device)
        status = session.settled(0.5 if driver.device_begins else STATUS.patience_s)
        yield status_line(status)
        if known is STATUS:
            return
        said: list[Report] = []
        if known.make is None:
            yield end_line(session.listen(known.patience_s, said.append))
            return
        end = session.do(known.command(parameters), known.patience_s, said.append)
        yield from map(report_line, said)
        yield end_line(end)

    def _allow(self, device: DeviceSettings, operation: str) -> None:
        if not self._goods:
            raise RefusedError(f"{operation}: say --goods if it may bring something out")
        body = {"driver": device.driver, "operation": operation, "port": device.port}
        note_maintenance(self._data_dir, body)

    def _open(self, role: str, device: DeviceSettings) -> Session:
        if self._session is None or self._role != role:
            self.close()
            self._role = role
            session = Session(role, registry.factory(device.driver, device.options), device.port)
            self._session = session.__enter__()
        return self._session
