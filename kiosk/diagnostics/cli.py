"""``kiosk status``, ``doctor``, ``trace`` and ``report``: a technician over SSH."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

USAGE = 2


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    about: str,
    handler: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.set_defaults(handler=handler)
    return parser


def add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``doctor``."""
    about = "what is wrong, the worst first, and what to do; 0 nothing, 1 something, 2 can't tell"
    _add(commands, "doctor", about, doctor)


def add_status(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``status``."""
    _add(commands, "status", "how the running kiosk is", status)


def doctor(args: argparse.Namespace) -> int:
    """Tell what is wrong. Returns 0 nothing, 1 something to do, 2 it can't be told."""
    from kiosk.diagnostics.doctor import examine
    from kiosk.diagnostics.findings import WORDS, to_json
    from kiosk.diagnostics.whose import become_kiosk

    user, trouble = become_kiosk(args.config)
    found = examine(args.config)
    unseen = (*found.unseen, *([trouble] if trouble else ()))
    if args.json:
        told = {
            "user": user,
            "findings": [to_json(x) for x in found.findings],
            "unseen": list(unseen),
            "running": found.running,
            "exit": found.exit_code,
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return found.exit_code
    if user:
        print(f"以小屋程序的用户 {user} 来看。")
    for number, x in enumerate(found.findings, start=1):
        print(f"{number}. 【{WORDS[x.weight]}】{x.what}")
        print(f"   怎么办：{x.advice}")
        if x.evidence and x.evidence not in x.what:
            print(f"   依据：{x.evidence}")
    for reason in unseen:
        print(f"看不到：{reason}")
    if not found.findings and not unseen:
        print("没有发现问题。")
    return found.exit_code


def status(args: argparse.Namespace) -> int:
    """Tell how the running kiosk is. Returns 0, 1 if none answers, 2 for a bad configuration."""
    told = _asked(args, get="status")
    if isinstance(told, int):
        return told
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    from kiosk.diagnostics.facts import from_json
    from kiosk.diagnostics.telling import status_lines

    print("\n".join(status_lines(from_json(told))))
    return 0


def _asked(args: argparse.Namespace, **question: object) -> dict[str, Any] | int:
    """What the running kiosk says, or the exit code; why not stands on stderr."""
    from kiosk.config import ConfigError, load
    from kiosk.diagnostics.control import Client, ForbiddenError, NotRunningError, RefusedError

    try:
        data_dir = load(args.config, keys=False).cabin.data_dir
    except ConfigError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return USAGE
    try:
        with Client(data_dir) as client:
            return client.one(**question)
    except NotRunningError as error:
        print(f"小屋程序没有回答（{error}）。运行 kiosk doctor 看原因。", file=sys.stderr)
    except (ForbiddenError, RefusedError) as error:
        print(error, file=sys.stderr)
    return 1
