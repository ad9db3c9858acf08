"""Command line and composition: the only place that knows everything."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from kiosk.log import set_up

COMMANDS = {
    "run": "kiosk.run",
    "demo": "kiosk.demo",
    "device": "kiosk.device_cli",
    "devices": "kiosk.devices_cli",
    "install": "kiosk.install.cli",
    "uninstall": "kiosk.install.cli:add_uninstall",
    "lesson": "kiosk.classroom.cli",
    "journal": "kiosk.journal.cli",
    "operator": "kiosk.operator_cli",
    "rice": "kiosk.rice_cli",
    "soak": "kiosk.soak",
    "relay": "kiosk.relay.cli",
    "speech": "kiosk.speech.cli",
    "status": "kiosk.diagnostics.cli:add_status",
    "doctor": "kiosk.diagnostics.cli:add_doctor",
    "trace": "kiosk.diagnostics.trace_cli",
    "report": "kiosk.diagnostics.report_cli",
    "selftest": "kiosk.diagnostics.selftest_cli",
}
"""Each module has ``add_parser(commands)``, or the function named; it sets ``handler(args)``.

Only the module of the command given is imported: a kiosk that starts needs no simulator.
"""

BESIDE = ("status", "doctor", "trace", "report")
NICE = 10
"""What looks at a running kiosk gives way to it: the processor is a resident's first (nice(2))."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``kiosk``. Returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None and words[:1] and words[0] in BESIDE:
        os.nice(NICE)
    if words[:1] == ["sim"]:
        from sim.main import run as run_simulator

        return run_simulator(words[1:])
    parser = argparse.ArgumentParser(prog="kiosk", description="The kiosk of the cabin.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("sim", help="the simulated cabin", add_help=False)
    for name in words[:1] if words and words[0] in COMMANDS else COMMANDS:
        module, _, function = COMMANDS[name].partition(":")
        getattr(importlib.import_module(module), function or "add_parser")(commands)
    args = parser.parse_args(words)
    set_up()
    try:
        code = int(args.handler(args))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has enough, as ``| head``
        if args.command not in BESIDE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
