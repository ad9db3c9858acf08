"""`ippeveprinter`, a printer of CUPS' authors, with the D-Bus and Avahi that it wants.

All of it is our own: a bus whose socket lies in the test's folder, an Avahi on the loopback
interface, where mount namespaces are allowed with a /run of its own, so that nothing of the
machine's is touched. Avahi wants root. What can't be started fails the test and says what to do.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PATIENCE_S = 20.0
LOOK_EVERY_S = 0.05
TOOLS = ("ippeveprinter", "ipptool", "avahi-daemon", "dbus-daemon", "unshare")
WAY = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"

BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <auth>ANONYMOUS</auth>
  <allow_anonymous/>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""
AVAHI = """\
[server]
host-name=cabin
use-ipv6=no
allow-interfaces=lo
[wide-area]
enable-wide-area=no
"""
# What a job does: says how many sides there are, lets them come out one by one, waits while the
# file `hold` is there, and writes down how it was asked.
JOB = """\
import json, os, re, sys, time
folder, env = os.path.dirname(os.path.abspath(__file__)), os.environ
hold = os.path.join(folder, "hold")
with open(sys.argv[1], "rb") as file:
    pages = int(re.search(rb"/Count (\\d+)", file.read()).group(1))
ranges = [x.split("-") for x in env.get("IPP_PAGE_RANGES", "").split(",") if x]
wanted = sum(int(x[-1]) - int(x[0]) + 1 for x in ranges) or pages
sides = wanted * int(env.get("IPP_COPIES", "1"))
names = ("COPIES", "SIDES", "PAGE_RANGES", "PRINT_COLOR_MODE", "MEDIA", "JOB_NAME",
         "JOB_ORIGINATING_USER_NAME")
with open(os.path.join(folder, "jobs.jsonl"), "a") as file:
    print(json.dumps({n: env.get("IPP_" + n) for n in names}), file=file)
def say(text):
    print(text, file=sys.stderr, flush=True)
say(f"ATTR: job-impressions={sides}")
for done in range(1, sides + 1):
    end = time.monotonic() + 30
    jam = os.path.exists(hold + ".jam")
    if jam:
        say("STATE: +media-jam")
    while os.path.exists(hold) and time.monotonic() < end:
        time.sleep(0.05)
    if jam:
        say("STATE: -media-jam")
    time.sleep(0.1)
    say(f"ATTR: job-impressions-completed={done}")
"""


class EvePrinter:
    """A running printer; ``folder`` holds its spool, and what its jobs were asked."""

    def __init__(self, folder: Path, bus: str) -> None:
        self.folder = folder
        self._bus = bus
        self._hold = folder / "hold"
        self.script = folder / "job.py"
        self.script.write_text(JOB)
        command = folder / "job.sh"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{self.script}" "$@"\n')
        command.chmod(0o755)
        (folder / "spool").mkdir(exist_ok=True)
        self.port = free_port()
        self.url = f"ipp://localhost:{self.port}/ipp/print"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, or begin again: it has forgotten everything."""
        words = ["ippeveprinter", "-p", str(self.port), "-n", "localhost", "-2", "-k", "-v"]
        words += ["-d", str(self.folder / "spool"), "-s", "60,60"]
        words += ["-f", "application/pdf", "-c", str(self.folder / "job.sh"), "Cabin"]
        self._process = spawn(words, self.folder / "printer.log", self._bus, self.folder)
        until(lambda: answers(self.port), self._process, self.folder / "printer.log")

    def stop(self) -> None:
        if self._process is not None:
            end(self._process)

    def hold(self, *, jammed: bool = False) -> None:
        """Let no further side come out."""
        if jammed:
            self._hold.with_name("hold.jam").touch()
        self._hold.touch()

    def go_on(self) -> None:
        self._hold.unlink(missing_ok=True)
        self._hold.with_name("hold.jam").unlink(missing_ok=True)

    def until_said(self, words: str) -> None:
        """Wait for a line of its log."""
        assert self._process is not None
        log = self.folder / "printer.log"
        until(lambda: words.encode() in log.read_bytes(), self._process, log)

    def web(self, path: str) -> None:
        """Press a button of its web page."""
        url = f"http://127.0.0.1:{self.port}{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=10) as answer:
            answer.read()

    def paper(self, level: int) -> None:
        """A4 in both trays, so many sheets in each."""
        a4 = "iso_a4_210x297mm"
        both = "&".join(f"size{n}={a4}&type{n}=stationery&level{n}={level}" for n in (1, 2))
        self.web(f"/media?{both}")

    def ink(self, percent: int) -> None:
        self.web("/supplies?supply0=25&" + "&".join(f"supply{n}={percent}" for n in range(1, 5)))


@contextlib.contextmanager
def eve_printer(folder: Path) -> Iterator[EvePrinter]:
    """The printer, running; in the end all that was started ends."""
    for tool in TOOLS:
        if shutil.which(tool, path=WAY) is None:
            pytest.fail(
                f"{tool} is missing: run `make test`, which installs it, as root or by sudo"
            )
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(_bus(folder))
        stack.enter_context(_avahi(folder, bus))
        printer = EvePrinter(folder, bus)
        stack.callback(printer.stop)
        printer.start()
        yield printer


@contextlib.contextmanager
def _bus(folder: Path) -> Iterator[str]:
    path, config, log = folder / "bus", folder / "bus.conf", folder / "bus.log"
    config.write_text(BUS.format(path=path))
    process = spawn(["dbus-daemon", f"--config-file={config}", "--nofork"], log, "", folder)
    try:
        until(path.exists, process, log)
        yield f"unix:path={path}"
    finally:
        end(process)


@contextlib.contextmanager
def _avahi(folder: Path, bus: str) -> Iterator[None]:
    config, log = folder / "avahi.conf", folder / "avahi.log"
    config.write_text(AVAHI)
    daemon = f"avahi-daemon -f {config} --no-chroot --no-drop-root --no-rlimits"
    words = daemon.split()
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0:
        inside = f"mount -t tmpfs none /run && mkdir /run/avahi-daemon && exec {daemon}"
        words = ["unshare", "--mount", "sh", "-c", inside]
    process = spawn(words, log, bus, folder)
    try:
        until(lambda: b"Server startup complete" in log.read_bytes(), process, log)
        yield
    finally:
        end(process)


def spawn(words: list[str], log: Path, bus: str, home: Path) -> subprocess.Popen[bytes]:
    """A process of our own, on our bus, that writes to a file."""
    own = {"PATH": WAY, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    if bus:
        own["DBUS_SYSTEM_BUS_ADDRESS"] = bus
    with log.open("wb") as out:
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=own, cwd=home
        )


def until(holds: object, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for something of a process; one that ends before fails the test with its own words."""
    assert callable(holds)
    end_at = time.monotonic() + PATIENCE_S
    while not holds():
        if process.poll() is not None or time.monotonic() > end_at:
            said = log.read_text("utf-8", "replace")[-2000:]
            pytest.fail(
                f"{process.args!r} did not start ({process.poll()}). Run the tests as root: Avahi "
                f"wants that; and no other Avahi may use the same /run. It says:\n{said}"
            )
        time.sleep(LOOK_EVERY_S)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def ipptool(
    url: str, test: str, document: Path | None = None, values: Mapping[str, str] | None = None
) -> str:
    """Run a file of tests (shipped by name, or a path of ours) against a printer; what it says.

    Fails with ipptool's own words when one of them does.
    """
    if shutil.which("ipptool") is None:
        pytest.fail("ipptool is missing: run `make test`, which installs it, as root or by sudo")
    words = ["ipptool", "-tv", "-T", "20"]
    if document is not None:
        words += ["-f", str(document)]
    for name, value in (values or {}).items():
        words += ["-d", f"{name}={value}"]
    done = subprocess.run([*words, url, test], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
