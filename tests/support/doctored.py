"""A cabin for the doctor: its configuration bent for one test, and what he then says."""

from __future__ import annotations

import datetime
import os
import random
import re
import select
import signal
import subprocess
import termios
import threading
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import format_datetime
from pathlib import Path

from kiosk.diagnostics.doctor import Diagnosis, examine
from kiosk.diagnostics.findings import Finding
from tests.wire.gateway_server import Server, authority, http

HOUR = datetime.timedelta(hours=1)


def bent(config: Path, name: str, *changes: tuple[str, str]) -> Path:
    """The configuration with pieces of its text exchanged, beside it under another name."""
    text = config.read_text()
    for old, new in changes:
        changed, count = re.subn(old, lambda _, new=new: new, text, flags=re.MULTILINE)
        assert count, f"{old!r} isn't in {config}"
        text = changed
    path = config.with_name(f"{name}.toml")
    path.write_text(text)
    return path


def exchanged(config: Path, one: str, other: str) -> Path:
    """The configuration with two cables exchanged: each role leads to the other's port."""
    text, folder = config.read_text(), config.parent
    a, b = (f"{folder / name}?" for name in (one, other))
    assert a in text
    assert b in text
    path = folder / f"{one}-{other}.toml"
    path.write_text(text.replace(a, "ONE").replace(b, a).replace("ONE", b))
    return path


def said(config: Path, code: str) -> Finding:
    """What the doctor says under that name; it must say it once, with what to do."""
    found: Diagnosis = examine(config)
    hits = [x for x in found.findings if x.code == code]
    told = [(x.code, x.subject, x.what, x.evidence) for x in found.findings]
    assert len(hits) == 1, (told, found.unseen)
    assert hits[0].advice
    assert found.exit_code == 1
    return hits[0]


@contextmanager
def gateway(
    folder: Path,
    ahead: datetime.timedelta = datetime.timedelta(),
    begin: datetime.timedelta = -24 * HOUR,
    end: datetime.timedelta = 720 * HOUR,
) -> Iterator[Mapping[str, str]]:
    """An HTTPS address whose certificate lasts from ``begin`` to ``end`` and whose clock is
    ``ahead`` of ours; the lines of the configuration that lead there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root = authority().write(folder / "root.pem")

    def answer(_: object) -> bytes:
        now = datetime.datetime.now(datetime.UTC) + ahead
        return http(404, Date=format_datetime(now, usegmt=True))

    with Server(authority().context(folder, begin=begin, end=end), answer) as server:
        yield {"base_url": server.url, "ca_file": str(root)}


def to_gateway(config: Path, name: str, lines: Mapping[str, str]) -> Path:
    """The configuration with the biller at that address."""
    text = config.read_text()
    head, _, rest = text.partition("[gateways.biller]\n")
    assert rest
    for key, value in lines.items():
        rest = re.sub(rf"^{key} *= *.*$", f'{key} = "{value}"', rest, count=1, flags=re.MULTILINE)
    path = config.with_name(f"{name}.toml")
    path.write_text(head + "[gateways.biller]\n" + rest)
    return path


class SetLine:
    """A line whose machine is set to one speed: bytes at another come out as noise, both ways.

    ``path`` is the port to open instead of ``behind``, the machine's own.
    """

    def __init__(self, behind: Path, speed: int, rng: random.Random) -> None:
        self._speed = speed
        self._rng = rng
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self._machine = os.open(behind, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._machine)
        self._wake_r, self._wake_w = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.write(self._wake_w, b"\0")
        self._thread.join(5)
        for fd in (self._ours, self._theirs, self._machine, self._wake_r, self._wake_w):
            os.close(fd)

    def _carry(self) -> None:
        ways = {self._ours: self._machine, self._machine: self._ours}
        while True:
            readable, _, _ = select.select([*ways, self._wake_r], (), ())
            if self._wake_r in readable:
                return
            for fd in readable:
                data = os.read(fd, 4096)
                os.write(ways[fd], data if self._fits() else self._noise(len(data)))

    def _fits(self) -> bool:
        set_to = termios.tcgetattr(self._ours)[5]
        return set_to == getattr(termios, f"B{self._speed}")

    def _noise(self, length: int) -> bytes:
        return bytes(self._rng.randrange(256) for _ in range(length))


@contextmanager
def own_display() -> Iterator[tuple[str, int]]:
    """A virtual screen and its process, to be stopped by a test."""
    readable, writable = os.pipe()
    words = ["-displayfd", str(writable), "-screen", "0", "1080x1920x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        ["Xvfb", *words, "-noreset"], pass_fds=(writable,), stderr=subprocess.DEVNULL
    ) as server:
        os.close(writable)
        try:
            with os.fdopen(readable) as answer:
                yield f":{answer.readline().strip()}", server.pid
        finally:
            server.send_signal(signal.SIGCONT)
            server.terminate()
