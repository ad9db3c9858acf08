"""`kiosk demo`: the simulated cabin and the kiosk before it, for `make run`.

Both are processes of their own, as they would be with real machines; when one ends, so does the
other. Without a display a virtual one is started, and the bench shows its picture.
"""

from __future__ import annotations

import argparse
import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from kiosk.signals import END, as_bytes

_PANEL = (1080, 1920)
_PATIENCE_S = 10.0


class DemoError(Exception):
    """The demonstration can't go on; the text says why."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `demo` to the subcommands of `kiosk`."""
    parser = commands.add_parser("demo", help="the simulated cabin and the kiosk together")
    parser.add_argument("--dir", type=Path, default=Path(".run/cabin"), metavar="D")
    parser.add_argument("--bench-port", type=int, default=8780, help="0 picks a free one")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Run both until one ends or a signal comes. Returns the exit code.

    0: told to stop, or the kiosk ended well; 1: something didn't start or broke.
    """
    kiosk = [sys.executable, "-m", "kiosk.main"]
    try:
        with ExitStack() as stack:
            signals = stack.enter_context(as_bytes(*END, signal.SIGCHLD))
            environment = dict(os.environ)
            display = _start_display(stack, environment)
            simulator = [*kiosk, "sim", "--dir", str(args.dir)]
            simulator += ["--bench-port", str(args.bench_port)]
            if display:
                simulator += ["--kiosk-display", display]
            # The simulator ends when the pipe to its stdin closes, even if we are killed.
            sim = _start(stack, simulator, environment, stdin=subprocess.PIPE)
            bench = _await_ready(sim, signals)
            if bench is None:
                return 0
            _say(bench, display)
            window = [*kiosk, "run", "--config", str(args.dir / "cabin.toml")]
            shown = _start(stack, window, environment)
            return _await_end((sim, shown), signals)
    except DemoError as error:
        print(f"kiosk demo: {error}", file=sys.stderr)
        return 1


def _say(bench: str, display: str | None) -> None:
    print(f"The cabin's machines: {bench}")
    if display:
        print(f"No display here: the kiosk's window is on {display}, the page above shows it.")
    print("Ctrl-C ends both.", flush=True)


def _start_display(stack: ExitStack, environment: dict[str, str]) -> str | None:
    """Start a virtual display if there is none; its name, which `environment` then has too."""
    if environment.get("DISPLAY"):
        return None
    if shutil.which("Xvfb") is None:
        raise DemoError("there is no display and no Xvfb: run `make run`, which installs it")
    width, height = (round(side * _scale(environment)) for side in _PANEL)
    readable, writable = os.pipe()
    with os.fdopen(readable) as answer:
        command = ["Xvfb", "-displayfd", str(writable), "-screen", "0", f"{width}x{height}x24"]
        try:
            _start(stack, [*command, "-noreset", "-nolisten", "tcp"], environment, (writable,))
        finally:
            os.close(writable)
        number = answer.readline().strip()
    if not number:
        raise DemoError("Xvfb did not start")
    environment["DISPLAY"] = f":{number}"
    return environment["DISPLAY"]


def _scale(environment: Mapping[str, str]) -> float:
    """SCALE, how large the window is beside the real panel (1 if not set)."""
    text = environment.get("SCALE") or "1"
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0.1 <= scale <= 4:
        raise DemoError(f"SCALE = {text!r} is no number from 0.1 to 4")
    return scale


def _start(
    stack: ExitStack,
    command: Sequence[str],
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[str]:
    """Start a process that ends with `stack`. One that has a pipe to stdin has one from stdout."""
    # A session of its own: Ctrl-C reaches us alone, and we end the others in order.
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=stdin,
        stdout=subprocess.PIPE if stdin == subprocess.PIPE else None,
        stderr=subprocess.DEVNULL if command[0] == "Xvfb" else None,
        pass_fds=pass_fds,
        start_new_session=True,
        text=True,
    )
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _await_ready(sim: subprocess.Popen[str], signals: IO[bytes]) -> str | None:
    """Wait for the simulator's `ready <url>`; None if a signal came first."""
    assert sim.stdout is not None  # started with pipes
    with selectors.DefaultSelector() as selector:
        selector.register(sim.stdout, selectors.EVENT_READ)
        selector.register(signals, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if sim.stdout in ready:
                line = sim.stdout.readline()
                if not line:
                    raise DemoError(f"the simulated cabin did not start (code {sim.wait()})")
                if line.startswith("ready "):
                    return line.split()[1]
            elif _told_to_stop(signals):
                return None


def _await_end(processes: Sequence[subprocess.Popen[str]], signals: IO[bytes]) -> int:
    """Wait until a process ends (its exit code counts) or we are told to stop (0)."""
    while True:
        for process in processes:
            code = process.poll()
            if code is not None:
                name = process.args[3] if isinstance(process.args, list) else "process"
                print(f"kiosk {name} ended with code {code}", file=sys.stderr)
                return 0 if code == 0 else 1
        if _told_to_stop(signals):  # an end that we haven't seen yet wakes us too: SIGCHLD
            return 0


def _told_to_stop(signals: IO[bytes]) -> bool:
    """Wait for the next signal; whether it wants us to stop (SIGCHLD doesn't)."""
    return bool({signal.SIGINT, signal.SIGTERM} & set(signals.read(64) or b""))
