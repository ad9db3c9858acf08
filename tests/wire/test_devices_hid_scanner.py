"""The scanner that types as a keyboard: records, driver and twin, the port on FIFOs."""

from __future__ import annotations

import errno
import os
import queue
import random
import select
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices import port_input
from devices.driver import Completed, Notice, Report, StatusChanged
from devices.port import PortError, PortUrlError, open_port, opener
from devices.scanner.codec import MAX_LINE, Scanned, is_payment_code
from devices.scanner.hid_codec import Decoder, Event, Events, Lost
from devices.scanner.hid_driver import HidScanner
from devices.status import Failed, Level, Status
from devices.worker import Worker
from sim.devices.model import ActionError
from sim.devices.scanner_hid import KEYS, SecondNode, record
from sim.devices.scanner_hid import HidScanner as Twin
from sim.faults import Fault, Faults
from sim.wire.line import Line
from tests.support.pair import Pair
from tests.support.simulated import SimulatedCabin, simulated_cabin

PATIENCE_S = 30.0
BILL = "910000000000000000000000000"
ORDER = "SX13801261122000001ABCDEZ"
PAYMENT = "28" + "0" * 14 + "17"
UNREADABLE = Scanned("", kind="unreadable")
ENTER, SHIFT = 28, 42
# As the kernel of a 64-bit machine writes them: "1" goes down at 5.25 s, its usage before it.
ONE_DOWN = bytes.fromhex(
    "0500000000000000 90d0030000000000 0400 0400 1e000700"
    "0500000000000000 90d0030000000000 0100 0200 01000000"
    "0500000000000000 90d0030000000000 0000 0000 00000000"
)


def _typed(text: str, at: float = 10.0, suffix: int | None = ENTER) -> bytes:
    """What the kernel says when a keyboard types this, one report in 4 ms."""
    out = b""
    strokes: list[tuple[int, int]] = []
    for char in text:
        key, shifted = KEYS[char]
        typed = [(key, 1), (key, 0)]
        strokes += [(SHIFT, 1), *typed, (SHIFT, 0)] if shifted else typed
    if suffix is not None:
        strokes += [(suffix, 1), (suffix, 0)]
    for number, (key, value) in enumerate(strokes):
        out += _key(at + number * 0.004, key, value)
    return out


def _key(at: float, key: int, value: int) -> bytes:
    return record(at, 1, key, value) + record(at, 0, 0, 0)


# ---- records ----


def test_the_kernels_bytes() -> None:
    assert Events().feed(ONE_DOWN) == [
        Event(5.25, 4, 4, 0x7001E),
        Event(5.25, 1, 2, 1),
        Event(5.25, 0, 0, 0),
    ]
    decoder = Decoder()
    assert decoder.feed(ONE_DOWN) == []
    assert decoder.feed(_key(5.254, 2, 0) + _key(5.258, ENTER, 1)) == [Scanned("1")]


@pytest.mark.parametrize("size", [1, 7, 23, 24, 25, 1000])
def test_any_split_says_the_same(size: int) -> None:
    raw = _typed(ORDER) + _typed(BILL, 20.0)
    decoder, codes = Decoder(), []
    for at in range(0, len(raw), size):
        codes += decoder.feed(raw[at : at + size])
    assert codes == [Scanned(ORDER), Scanned(BILL)]
    assert not decoder.pending


def test_every_character_of_the_layout_is_its_own() -> None:
    for char in KEYS:
        (code,) = Decoder().feed(_typed(f"a{char}b"))
        assert code == Scanned(f"a{char}b")
    assert len(KEYS) == 95


@pytest.mark.parametrize("length", [1, 5, 23, 24, 100])
def test_bytes_that_are_no_event_cost_the_code_and_not_the_next(length: int) -> None:
    rng = random.Random(length)
    noise = bytes(rng.randrange(0x20, 0x100) for _ in range(length))
    raw = _typed(BILL)
    assert Events().feed(noise + ONE_DOWN)[-3:] == Events().feed(ONE_DOWN)
    assert Lost(length) in Events().feed(noise + ONE_DOWN)
    decoder = Decoder()
    middle = len(raw) // 48 * 24
    assert decoder.feed(raw[:middle] + noise + raw[middle:]) == [UNREADABLE]
    assert decoder.feed(_typed(ORDER, 30.0)) == [Scanned(ORDER)]


def test_noise_is_passed_over_in_linear_time_and_not_kept() -> None:
    events = Events()
    almost = record(1.0, 1, 2, 1)[:-5] + b"\xff"
    events.feed(almost * 20_000)
    assert events.pending < 24


# ---- keys ----


@pytest.mark.parametrize("end", [ENTER, 96])
@pytest.mark.parametrize("aim", ["", "]C1", "]Q1"])
def test_codes_are_those_of_a_serial_scanner(end: int, aim: str) -> None:
    for text in (BILL, ORDER):
        assert Decoder().feed(_typed(aim + text, suffix=end)) == [Scanned(text, aim)]
    (code,) = Decoder().feed(_typed(aim + PAYMENT, suffix=end))
    assert code == Scanned("", aim, "payment_code", "…" + PAYMENT[-4:])


def test_a_key_that_is_held_types_once() -> None:
    held = b"".join(_key(10.05 + n * 0.03, 2, 2) for n in range(5))
    raw = _key(10.0, 2, 1) + held + _key(10.2, 2, 0) + _key(10.21, ENTER, 1)
    assert Decoder().feed(raw) == [Scanned("1")]


def test_either_shift_and_caps_lock() -> None:
    def codes(*keys: tuple[int, int]) -> list[Scanned]:
        return Decoder().feed(b"".join(_key(1 + n / 1000, *k) for n, k in enumerate(keys)))

    a, one, end = (30, 1), (2, 1), (ENTER, 1)
    up = [(30, 0), (2, 0)]
    assert codes((54, 1), a, one, (54, 0), *up, a, one, end) == [Scanned("A!a1")]
    caps = [(58, 1), (58, 0)]
    assert codes(*caps, a, one, *up, (42, 1), a, (42, 0), end) == [Scanned("A1a")]
    assert codes(*caps, *caps, a, end) == [Scanned("a")]


def test_control_codes_as_some_scanners_type_them() -> None:
    def stroke(at: float, *keys: int) -> bytes:
        return b"".join(_key(at, k, 1) for k in keys) + b"".join(_key(at, k, 0) for k in keys)

    separator, line_end = stroke(1.01, 29, 27), stroke(1.03, 29, 36)  # Ctrl ], Ctrl J
    raw = stroke(1.0, 2) + separator + stroke(1.02, 3) + line_end
    assert Decoder().feed(raw) == [Scanned("12")]
    # Enter and Ctrl J: the line between the two is empty.
    assert Decoder().feed(stroke(1.0, 2) + stroke(1.01, ENTER) + stroke(1.02, 29, 36)) == [
        Scanned("1")
    ]


@pytest.mark.parametrize("key", [14, 56, 59, 100, 103, 125, 0x110])
def test_a_key_that_types_nothing_known_spoils_the_code(key: int) -> None:
    raw = _key(9.99, 2, 1) + _key(9.995, key, 1) + _key(9.997, key, 0) + _key(9.998, 2, 0)
    assert Decoder().feed(raw + _typed("2")) == [UNREADABLE]


def test_a_stand_in_that_never_releases_a_key() -> None:
    raw = b"".join(record(1 + n / 1000, 1, k, 1) for n, k in enumerate((2, 2, 3, ENTER)))
    assert Decoder().feed(raw) == [Scanned("112")]


# ---- what may be lost ----


def test_the_kernel_dropped_events() -> None:
    raw = _typed(BILL)
    for cut in range(0, len(raw), 48):
        dropped = raw[:cut] + record(10.01, 0, 3, 0) + raw[cut + 48 :]
        codes = Decoder().feed(dropped + _typed(ORDER, 30.0))
        assert codes[-1] == Scanned(ORDER)
        was_whole = cut == len(raw) - 48  # only Enter's release came after it
        assert codes[:-1] == ([Scanned(BILL)] if was_whole else [UNREADABLE]), cut


@pytest.mark.parametrize("what", ["dropped", "doubled"])
@pytest.mark.parametrize("text", [BILL, ORDER, PAYMENT])
def test_a_report_lost_or_doubled_never_makes_another_code(what: str, text: str) -> None:
    raw = _typed(text)
    want = Decoder().feed(raw)
    for at in range(0, len(raw), 48):
        spoilt = raw[:at] + (raw[at : at + 48] * 2 if what == "doubled" else b"") + raw[at + 48 :]
        decoder = Decoder()
        decoder.feed(_typed(ORDER, 1.0))
        codes = decoder.feed(spoilt) + decoder.give_up()
        assert codes in (want, [UNREADABLE]), at // 48
        assert decoder.feed(_typed("77", 30.0)) == [Scanned("77")]


def test_one_bit_turned_over_spoils_one_code_at_most(seed: int) -> None:
    rng = random.Random(seed)
    raw = _typed(ORDER)
    for _ in range(200):
        spoilt = bytearray(raw)
        spoilt[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        decoder = Decoder()
        decoder.feed(bytes(spoilt))
        decoder.give_up()
        assert decoder.feed(_typed(BILL, 30.0)) in ([Scanned(BILL)], [UNREADABLE])
        decoder.give_up()
        assert decoder.feed(_typed(BILL, 60.0)) == [Scanned(BILL)]


def test_shift_that_is_down_at_the_end_spoils_the_code_and_not_the_next() -> None:
    raw = _key(9.99, SHIFT, 1) + _typed("123")
    assert Decoder().feed(raw + _typed(BILL, 20.0)) == [UNREADABLE, Scanned(BILL)]


# ---- ends ----


def test_a_pause_ends_a_code_where_no_enter_comes() -> None:
    decoder = Decoder()
    assert decoder.feed(_typed(BILL, suffix=None)) == []
    assert decoder.feed(_typed(ORDER, 11.0, suffix=None)) == [Scanned(BILL)]
    assert decoder.give_up() == [Scanned(ORDER)]
    assert decoder.give_up() == []


def test_a_pause_ends_nothing_good_where_an_enter_came_before() -> None:
    decoder = Decoder()
    decoder.feed(_typed(ORDER))
    assert decoder.feed(_typed(BILL[:9], 11.0, suffix=None)) == []
    assert decoder.feed(_typed(BILL, 12.0)) == [UNREADABLE, Scanned(BILL)]


def test_half_a_payment_code_is_never_told() -> None:
    for whole in ("10" + "0" * 16, "28" + "0" * 22, "62" + "0" * 17):
        for size in range(1, len(whole) + 1):
            decoder = Decoder()
            decoder.feed(_typed("]Q1" + whole[:size], suffix=None))
            (code,) = decoder.give_up()
            assert code.text == ""
            assert code.kind == ("payment_code" if is_payment_code(whole[:size]) else "unreadable")


def test_a_clock_that_is_set_back_spoils_one_code() -> None:
    decoder = Decoder()
    assert decoder.feed(_typed("12", suffix=None) + _typed("34", at=3.0)) == [UNREADABLE]
    decoder.give_up()
    assert decoder.feed(_typed("34", at=3.5)) == [Scanned("34")]


def test_a_code_too_long_is_unreadable_once() -> None:
    decoder = Decoder()
    assert decoder.feed(_typed("7" * (MAX_LINE + 1))) == [UNREADABLE]
    assert decoder.feed(_typed("1", 100.0)) == [Scanned("1")]


def test_a_release_from_before_the_port_was_opened_is_no_code() -> None:
    decoder = Decoder()
    assert decoder.feed(_key(1.0, 2, 0)) == []
    assert decoder.pending
    assert decoder.give_up() == []
    assert decoder.feed(_typed("1")) == [Scanned("1")]


# ---- the driver and its twin ----


class Kiosk(Pair):
    def __init__(self, *faults: str) -> None:
        self.second = SecondNode()
        super().__init__(HidScanner(), lambda _, found: Twin(found, self.second), *faults)

    def scan(self, code: str, **body: object) -> list[Scanned]:
        """What is told when this is scanned."""
        before = len(self.codes())
        self.model.act("scan", {"code": code, **body})
        self.wait(3)
        return self.codes()[before:]

    def codes(self) -> list[Scanned]:
        notices = [x.what for x in self.reports if isinstance(x, Notice)]
        return [x for x in notices if isinstance(x, Scanned)]


@pytest.mark.parametrize("suffix", ["enter", "kp_enter", "tab", "none"])
def test_a_code_in_virtual_time(suffix: str) -> None:
    kiosk = Kiosk()
    assert kiosk.driver.status == Status(Level.READY)
    for text in (BILL, ORDER, "aZ-09 ~{}|\\\"'<>?"):
        assert kiosk.scan(text, aim="]Q1", suffix=suffix) == [Scanned(text, "]Q1")]
    assert kiosk.driver.deadline() is None
    (paid,) = kiosk.scan(PAYMENT, suffix=suffix)
    assert (paid.kind, paid.text) == ("payment_code", "")
    assert PAYMENT not in repr(kiosk.reports)
    assert PAYMENT not in repr(kiosk.model.state())


@pytest.mark.parametrize("fault", ["syn_dropped", "stuck_shift", "half_code"])
@pytest.mark.parametrize("code", [BILL, ORDER, PAYMENT])
def test_a_fault_costs_its_code_and_not_the_next(fault: str, code: str) -> None:
    kiosk = Kiosk()
    kiosk.scan("1")
    kiosk.strike(fault, count=1)
    assert kiosk.scan(code) == [UNREADABLE]
    assert kiosk.scan(BILL) == [Scanned(BILL)]


@pytest.mark.parametrize("fault", ["caps_lock", "key_repeats"])
def test_a_fault_that_costs_nothing(fault: str) -> None:
    kiosk = Kiosk()
    kiosk.strike(fault, count=1)
    assert kiosk.scan(ORDER + "ab") == [Scanned(ORDER + "ab")]
    assert kiosk.scan(ORDER) == [Scanned(ORDER)]


def test_what_comes_on_the_other_node_is_not_heard_on_this_one() -> None:
    kiosk = Kiosk("second_node")
    assert kiosk.scan(BILL) == []
    assert Decoder().feed(kiosk.second.take_output()) == [Scanned(BILL)]
    assert kiosk.second.actions() == {}
    with pytest.raises(ActionError):
        kiosk.second.act("scan", {"code": "1"})


@pytest.mark.parametrize("strokes", range(0, 60, 7))
def test_a_cable_pulled_at_any_key(strokes: int) -> None:
    kiosk = Kiosk()
    kiosk.model.act("scan", {"code": BILL})
    for _ in range(strokes):
        kiosk.step(0.004)
    kiosk.unplug()
    assert kiosk.driver.status == Status(Level.UNAVAILABLE, "unplugged")
    kiosk.wait(1)
    kiosk.plug()
    assert kiosk.scan(ORDER)[-1] == Scanned(ORDER)
    assert kiosk.codes().count(Scanned(BILL)) == (strokes >= 55)
    assert all(code.text in ("", ORDER, BILL) for code in kiosk.codes())


@pytest.mark.parametrize(
    "kind", ["drop", "delay", "duplicate", "corrupt", "truncate", "garbage", "wrong_device", "baud"]
)
def test_every_fault_of_the_wire_at_every_report(kind: str) -> None:
    for at in range(58):
        faults = Faults(at)
        line, driver = Line(Twin(faults), faults), HidScanner()
        driver.opened(0.0)
        for text in ("1", BILL, "2", "3"):
            line.model.act("scan", {"code": text})
            report = 0
            while line.next_event() is not None:
                if text == BILL and report == at:
                    faults.add(Fault("scanner_hid", kind, count=1))
                line.advance(line.next_event() or 0.004)
                driver.receive(b"".join(line.to_host()), line.now)
                report += 1
            faults.clear()
            line.advance(5.0)
            driver.tick(line.now)
        codes = [x.what for x in driver.take_reports() if isinstance(x, Notice)]
        assert codes[0] == Scanned("1")
        assert codes[-1] == Scanned("3")
        assert {getattr(code, "text", None) for code in codes} <= {"1", "", BILL, "2", "3"}, at


def test_nonsense_is_refused_by_the_twin() -> None:
    twin = Kiosk().model
    for body in ({}, {"code": 5}, {"code": ""}, {"code": "1" * 600}, {"code": "1", "suffix": "x"}):
        with pytest.raises(ActionError):
            twin.act("scan", body)
    with pytest.raises(ActionError):
        twin.act("dance", {})
    assert twin.next_event() is None


def test_it_has_no_commands_and_sends_nothing() -> None:
    kiosk = Kiosk()
    kiosk.submit(1, "scan!")
    assert isinstance(kiosk.ends()[1], Failed)
    assert kiosk.sent == []


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


def test_the_next_host_gets_nothing_of_what_was_scanned_for_nobody(
    cabin: SimulatedCabin,
) -> None:
    cabin.bench.act("scanner_hid", "scan", code="999")
    cabin.bench.until("scanner_hid", lambda state: not state["typing"])
    heard = Heard()
    for text in ("1", "2"):
        worker = Worker("scanner", HidScanner, f"input://{cabin.folder / 'scanner_hid'}", heard)
        worker.start()
        try:
            heard.status(Level.READY)
            cabin.bench.act("scanner_hid", "scan", code=text)
            assert heard.code() == Scanned(text)
            cabin.bench.until("scanner_hid", lambda state: not state["typing"])
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
