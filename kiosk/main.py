"""Command line and composition: the only place that knows everything."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``kiosk``. Returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["sim"]:
        from sim.main import run as run_simulator

        return run_simulator(words[1:])
    parser = argparse.ArgumentParser(prog="kiosk", description="The kiosk of the cabin.")
    commands = parser.add_subparsers(dest="command", required=True)
    from kiosk import run as kiosk_run

    kiosk_run.add_arguments(commands.add_parser("run", help="the kiosk"))
    commands.add_parser("sim", help="the simulated cabin", add_help=False)
    _add_others(commands)
    args = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    if args.command == "run":
        return kiosk_run.run(args)
    return int(args.handler(args))


def _add_others(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from kiosk import demo
    from kiosk.journal import cli as journal_cli

    journal_cli.add_parser(commands)
    demo.add_parser(commands)


if __name__ == "__main__":
    sys.exit(main())
