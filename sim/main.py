"""`kiosk sim`: the simulated cabin as a process of its own, in real time.

Prints `ready <url>` on stdout when every port, gateway and the bench answer, and stops on
SIGTERM, SIGINT, or when the pipe it was given as stdin is closed (its parent has died).
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import random
import select
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.cabin import Cabin
from sim.cabin_toml import TERMINALS, write_cabin_toml
from sim.clock import RealClock
from sim.faults import Faults
from sim.setups import SETUPS, apply_setup
from sim.wire.loop import Wire


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="kiosk sim", description="The simulated cabin.")
    p.add_argument("--dir", type=Path, help="folder for cabin.toml and the ports (temporary)")
    p.add_argument(
        "--setup", default="normal", choices=sorted(SETUPS), metavar="NAME", help="named set-up"
    )
    p.add_argument(
        "--terminal",
        default="ecr_hub",
        choices=tuple(TERMINALS),
        help="which payment terminal cabin.toml names (ecr_hub)",
    )
    p.add_argument("--speed", type=_speed, default=1.0, help="how fast the machines' time runs")
    p.add_argument("--bench-port", type=int, default=8780, help="port of the page, 0: a free one")
    p.add_argument("--seed", type=int, help="for everything left to chance")
    p.add_argument("--pace", action="store_true", help="bytes take the time of their baud rate")
    p.add_argument("--kiosk-display", metavar=":N", help="X display to show on the page")
    return p


def run(argv: list[str]) -> int:
    """Run until told to stop. 0: stopped; 1: couldn't start or broke; 2: wrong arguments."""
    try:
        args = parser().parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    parent = _parents_pipe()  # asked before anybody can know that we run, and close it
    seed = random.SystemRandom().randrange(1 << 31) if args.seed is None else args.seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with _folder(args.dir) as directory, _signals() as told, _alone(directory) as alone:
        if not alone:
            print(f"another simulator runs in {directory}", file=sys.stderr)
            return 1
        return _serve(args, directory, seed, Ends(told, parent))


@dataclass(frozen=True)
class Ends:
    """Descriptors that say when to stop.

    `told` is readable after a signal; `parent` is stdin when that is a pipe from a living parent.
    """

    told: int
    parent: int | None


def _serve(args: argparse.Namespace, directory: Path, seed: int, ends: Ends) -> int:
    # Flask and the gateways' cryptography are heavy: nothing else of the package needs them.
    from sim.bench.app import make_app
    from sim.bench.kiosk_screen import KioskScreen
    from sim.bench.server import BenchServer
    from sim.gateways import Gateways

    clock, faults = RealClock(speed=args.speed), Faults(seed)
    gateways = Gateways(clock, faults, directory, seed, wall=clock.wall)
    cabin = Cabin(clock, faults, gateways, pace=args.pace)
    wire = Wire(cabin, clock, directory)
    screen = KioskScreen(args.kiosk_display)
    app = make_app(cabin, wire.wake, clock.jump, screen, seed)
    try:
        bench = BenchServer(app, args.bench_port)
    except OSError as error:
        print(f"the bench's port {args.bench_port} can't be used: {error}", file=sys.stderr)
        return 1
    with contextlib.ExitStack() as stack:
        stack.callback(bench.stop)
        gateways.start()
        stack.callback(gateways.stop)
        apply_setup(cabin, args.setup)
        stack.callback(wire.stop)
        wire.start()
        write_cabin_toml(directory, gateways.settings(), args.terminal)
        bench.start()
        print(f"ready {bench.url}", flush=True)
        _wait(ends, wire)
    return 1 if wire.failed.is_set() else 0


def _speed(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError("between 0 and 1000 is wanted")
    return value


@contextlib.contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder asked for, or a temporary one that goes away in the end."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given.resolve()
        return
    directory = Path(tempfile.mkdtemp(prefix=f"cabin-{os.getpid()}-"))
    try:
        print(f"dir {directory}", file=sys.stderr, flush=True)
        yield directory
    finally:
        shutil.rmtree(directory)


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    """Whether no other simulator uses the folder; two would take each other's ports away."""
    with (directory / ".simulator.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextlib.contextmanager
def _signals() -> Iterator[int]:
    """A descriptor that becomes readable at SIGTERM or SIGINT."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    before = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGTERM, signal.SIGINT)}
    wakeup = signal.set_wakeup_fd(write)
    try:
        yield read
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(read)
        os.close(write)


def _wait(ends: Ends, wire: Wire) -> None:
    """Until a signal, the end of stdin if that is a living pipe, or the wire's thread fails."""
    wire.on_failure(lambda: os.kill(os.getpid(), signal.SIGTERM))
    poller = select.poll()
    poller.register(ends.told, select.POLLIN)
    if ends.parent is not None:
        poller.register(ends.parent, select.POLLIN)
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == ends.told or not os.read(descriptor, 4096):
                return


def _parents_pipe() -> int | None:
    """stdin, when it is a pipe whose other end is open."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return None
    if not stat.S_ISFIFO(mode):
        return None
    poller = select.poll()
    poller.register(0, select.POLLIN)
    return None if any(event & select.POLLHUP for _, event in poller.poll(0)) else 0
