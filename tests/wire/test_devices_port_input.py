"""Keyboards as ports: names, the grab, FIFOs in their place; the simulator's in a worker."""

from __future__ import annotations

import errno
import os
import queue
import select
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices import port_input
from devices.driver import Completed, Notice, Report, StatusChanged
from devices.port import PortError, PortUrlError, open_port, opener
from devices.scanner.codec import Scanned
from devices.scanner.hid_driver import HidScanner
from devices.status import Level
from devices.worker import Worker
from tests.support.key_strokes import BILL, ONE_DOWN, ORDER
from tests.support.simulated import SimulatedCabin, simulated_cabin
from tests.wire.sim_process import raw_port

PATIENCE_S = 30.0


# ---- the port ----


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "event-kbd"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    ("url", "paths"),
    [
        (
            "input:///dev/input/by-id/usb-x-event-kbd",
            ("/dev/input/by-id/usb-x-event-kbd",),
        ),
        ("input:///dev/a?second=/dev/b", ("/dev/a", "/dev/b")),
    ],
)
def test_names(url: str, paths: tuple[str, ...]) -> None:
    assert port_input.parse_paths(url) == paths
    opener(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("input://dev/a", "is written input:///"),
        ("input:///", "is written input:///"),
        ("input:///dev/a?second=b", "is written input:///"),
        ("input:///dev/a?third=/dev/b", "unknown option third"),
    ],
)
def test_names_that_are_none(url: str, says: str) -> None:
    with pytest.raises(PortUrlError, match=says):
        opener(url)


def _writer(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_NONBLOCK)


def test_a_fifo_stands_in_for_a_keyboard(fifo: Path) -> None:
    port = open_port(f"input://{fifo}")
    assert port.read_available() == b""
    assert port.write(b"x") == 0
    with pytest.raises(PortError) as caught:
        open_port(f"input://{fifo}")
    assert caught.value.reason == "port_busy"
    writer = _writer(fifo)
    os.write(writer, ONE_DOWN[:30])
    assert select.select([port.fileno()], [], [], PATIENCE_S)[0]
    assert port.read_available() == ONE_DOWN[:24]
    os.write(writer, ONE_DOWN[30:])
    assert port.read_available() == ONE_DOWN[24:]
    os.close(writer)
    assert select.select([port.fileno()], [], [], PATIENCE_S)[0]
    with pytest.raises(PortError) as caught:
        port.read_available()
    assert caught.value.reason == "unplugged"
    port.abandon()
    other = open_port(f"input://{fifo}")
    other.close()
    port.close()
    port.close()
    with pytest.raises(PortError):
        port.read_available()


def test_both_nodes_are_read_and_either_ends_it(fifo: Path, tmp_path: Path) -> None:
    second = tmp_path / "second"
    with pytest.raises(PortError) as caught:
        open_port(f"input://{fifo}?second={second}")
    assert caught.value.reason == "port_missing"
    os.mkfifo(second)
    port = open_port(f"input://{fifo}?second={second}")
    writers = [_writer(path) for path in (fifo, second)]
    for writer in writers:
        os.write(writer, ONE_DOWN[:30])
    assert select.select([port.fileno()], [], [], PATIENCE_S)[0]
    assert port.read_available() == ONE_DOWN[:24] * 2
    os.close(writers[1])
    with pytest.raises(PortError):
        port.read_available()
    os.close(writers[0])
    port.close()


@pytest.mark.parametrize("path", ["/dev/null", __file__])
def test_what_is_no_keyboard_is_refused(path: str) -> None:
    with pytest.raises(PortError) as caught:
        open_port(f"input://{path}")
    assert caught.value.reason == "port_error"


class Kernel:
    """An input device as far as its calls go, in front of a FIFO that says it is one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, grab_error: int = 0) -> None:
        self.asked: list[tuple[int, object]] = []
        self.read_error = 0
        self._grab_error = grab_error
        monkeypatch.setattr(port_input.stat, "S_ISFIFO", lambda mode: False)  # noqa: ARG005
        monkeypatch.setattr(port_input.stat, "S_ISCHR", lambda mode: True)  # noqa: ARG005
        monkeypatch.setattr(port_input.fcntl, "ioctl", self._ioctl)
        real = os.read
        monkeypatch.setattr(port_input.os, "read", lambda *args: self._read(real, *args))

    def _ioctl(self, fd: int, request: int, argument: object) -> int:
        del fd
        if self._grab_error:
            raise OSError(self._grab_error, os.strerror(self._grab_error))
        self.asked.append((request, argument))
        return 0

    def _read(self, real: Callable[[int, int], bytes], fd: int, size: int) -> bytes:
        if self.read_error:
            raise OSError(self.read_error, os.strerror(self.read_error))
        return real(fd, size)


def test_the_kernel_is_asked_to_keep_the_keys_for_us(
    fifo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = Kernel(monkeypatch)
    port = open_port(f"input://{fifo}")
    # _IOW('E', 0x90, int) and _IOW('E', 0xa0, int) of linux/input.h; CLOCK_MONOTONIC is 1.
    assert kernel.asked == [(0x40044590, 1), (0x400445A0, struct.pack("i", 1))]
    writer = _writer(fifo)
    os.write(writer, ONE_DOWN)
    assert port.read_available() == ONE_DOWN
    os.write(writer, ONE_DOWN)
    kernel.read_error = errno.ENODEV
    with pytest.raises(PortError) as caught:
        port.read_available()
    assert caught.value.reason == "unplugged"
    kernel.read_error = 0
    port.abandon()
    assert kernel.asked[-1] == (0x40044590, 0)
    port.close()
    os.close(writer)


@pytest.mark.parametrize(
    ("error", "reason"), [(errno.EBUSY, "port_busy"), (errno.ENOTTY, "port_error")]
)
def test_a_grab_that_is_refused(
    fifo: Path, monkeypatch: pytest.MonkeyPatch, error: int, reason: str
) -> None:
    Kernel(monkeypatch, grab_error=error)
    with pytest.raises(PortError) as caught:
        open_port(f"input://{fifo}")
    assert caught.value.reason == reason
    # The descriptor went with it: another may take the FIFO.
    with pytest.raises(OSError, match="No such device or address"):
        _writer(fifo)


# ---- the worker on the simulator's FIFO ----


class Heard:
    def __init__(self) -> None:
        self.reports: queue.Queue[Report] = queue.Queue()

    def __call__(self, name: str, report: Report) -> None:
        del name
        self.reports.put(report)

    def until(self, wanted: Callable[[Report], bool]) -> Report:
        while not wanted(report := self.reports.get(timeout=PATIENCE_S)):
            assert not isinstance(report, Completed)
        return report

    def status(self, level: Level) -> None:
        self.until(lambda x: isinstance(x, StatusChanged) and x.status.level is level)

    def code(self) -> object:
        report = self.until(lambda x: isinstance(x, Notice))
        assert isinstance(report, Notice)
        return report.what


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin")) as running:
        yield running


def test_scanned_in_a_worker_pulled_out_and_put_back(cabin: SimulatedCabin) -> None:
    heard = Heard()
    node = cabin.folder / "scanner_hid"
    second = cabin.folder / "scanner_hid_second"
    worker = Worker("scanner", HidScanner, f"input://{node}?second={second}", heard)
    worker.start()
    try:
        heard.status(Level.READY)
        cabin.bench.act("scanner_hid", "scan", code=BILL)
        assert heard.code() == Scanned(BILL)
        cabin.bench.act("scanner_hid", "scan", code=ORDER, aim="]Q1")
        assert heard.code() == Scanned(ORDER, "]Q1")
        cabin.bench.fault("scanner_hid", "second_node")
        cabin.bench.act("scanner_hid", "scan", code="77")
        assert heard.code() == Scanned("77")
        for name in ("scanner_hid", "scanner_hid_second"):
            cabin.bench.act(name, "unplug")
            heard.status(Level.UNAVAILABLE)
            assert worker.status.reason in ("unplugged", "port_missing")
            cabin.bench.act(name, "plug")
            heard.status(Level.READY)
        cabin.bench.act("scanner_hid", "scan", code=ORDER)
        assert heard.code() == Scanned(ORDER)
    finally:
        assert worker.stop()


def _typed_out(cabin: SimulatedCabin) -> None:
    """Wait until everything that is typed has gone to whoever has the node open."""
    cabin.bench.until("scanner_hid", lambda state: not state["typing"])
    with raw_port(cabin.folder / "receipt_printer") as other:
        # Its answer proves that all ports have been served since.
        other.write(b"\x10\x04\x01")
        other.read_until(lambda data: data)


def test_the_next_host_gets_nothing_of_what_was_scanned_for_nobody(
    cabin: SimulatedCabin,
) -> None:
    cabin.bench.act("scanner_hid", "scan", code="999")
    _typed_out(cabin)
    heard = Heard()
    for text in ("1", "2"):
        worker = Worker("scanner", HidScanner, f"input://{cabin.folder / 'scanner_hid'}", heard)
        worker.start()
        try:
            heard.status(Level.READY)
            cabin.bench.act("scanner_hid", "scan", code=text)
            assert heard.code() == Scanned(text)
            _typed_out(cabin)
        finally:
            assert worker.stop()
        heard.status(Level.UNAVAILABLE)


def test_a_technician_listens(cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]) -> None:
    from kiosk.main import main

    words = ["device", "hid_scanner", "listen", "--port", f"input://{cabin.folder}/scanner_hid"]
    # The code is scanned again and again until somebody has heard it.
    stop = threading.Event()

    def scan() -> None:
        while not stop.wait(0.5):
            cabin.bench.act("scanner_hid", "scan", code=BILL)

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        assert main([*words, "--json"]) == 0
    finally:
        stop.set()
        thread.join()
    assert BILL in capsys.readouterr().out
