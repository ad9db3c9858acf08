"""Where the whole kiosk is measured: a simulated cabin, a screen of its own, the real process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.touch import Glass
from tests.support.simulated import SimulatedCabin, simulated_cabin
from tests.support.window import KioskWindow

SPEED = "8"
"""The machines' time runs faster than the kiosk's where many payments are made."""


@contextmanager
def virtual_screen() -> Iterator[str]:
    """An X server with a 1080×1920 screen; its name."""
    readable, writable = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writable), "-screen", "0", "1080x1920x24", "-noreset"],
        pass_fds=(writable,),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    try:
        with os.fdopen(readable) as pipe:
            yield f":{int(pipe.readline())}"
    finally:
        server.terminate()
        server.wait()


def surroundings(display: str) -> dict[str, str]:
    """The environment of a program that draws on a virtual screen by software."""
    return {**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}


def bare_window(*words: str) -> list[str]:
    """The command of ``tests.bench.bare``."""
    return [sys.executable, "-m", "tests.bench.bare", *words]


@dataclass(frozen=True)
class Scene:
    """A cabin and a screen; the kiosk isn't started yet."""

    display: str
    glass: Glass
    cabin: SimulatedCabin

    @contextmanager
    def kiosk(self) -> Iterator[KioskWindow]:
        """The kiosk with its home screen ready to be touched."""
        kiosk = KioskWindow(self.cabin.config, self.display)
        try:
            kiosk.widget("home.pay_bill")
            yield kiosk
        finally:
            kiosk.stop()


@contextmanager
def scene(prepare: Callable[[Path], None] = lambda _: None, speed: str = "1") -> Iterator[Scene]:
    """Put it all up, and take it all down. ``prepare`` may change the configuration."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        simulated_cabin(Path(folder), "--speed", speed) as cabin,
        virtual_screen() as display,
        Glass(display) as glass,
    ):
        prepare(cabin.config)
        yield Scene(display, glass, cabin)


def process_of(kiosk: KioskWindow) -> psutil.Process:
    """The kiosk's process, for its memory and processor time."""
    if kiosk.process is None:
        raise RuntimeError("the kiosk has not started")
    return psutil.Process(kiosk.process.pid)


@dataclass(frozen=True)
class Memory:
    """Proportional set size in MiB: each page divided by how many processes have it.

    ``own`` is what the program itself has filled, its heap above all. ``files`` are its
    libraries' pages, whose share goes up and down as other programs with the same libraries
    come and go.
    """

    pss: float
    own: float
    files: float


def memory_of(process: psutil.Process) -> Memory:
    """From the kernel's account of the whole process."""
    kib = {}
    for row in Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        words = row.split()
        if words[0].startswith("Pss"):
            kib[words[0]] = int(words[1])
    pss, files = kib["Pss:"] / 1024, kib["Pss_File:"] / 1024
    return Memory(round(pss, 2), round(pss - files, 2), round(files, 2))


def processor_s(process: psutil.Process) -> float:
    """Processor time that a process has used, all its threads together."""
    times = process.cpu_times()
    return float(times.user + times.system)
