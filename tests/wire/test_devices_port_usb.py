"""The USB port over devices that a test makes, and the names that lead to it.

Sources: Serial and USB on Linux, "Port names"; requirements R9 (unplug and return), R11
(exclusive), R13 (write() or close() hangs for ever).
"""

from __future__ import annotations

import errno
import queue
import select
import threading
import time
from collections.abc import Callable

import pytest

from devices import port_usb, usb_device, usb_pipes
from devices import worker as worker_module
from devices.control import Answer, Channel, ClassRequest
from devices.port import PortError, PortUrlError, open_port, opener
from devices.port_usb import UsbPort, open_on
from devices.status import Level, OutcomeUnknown
from devices.usb_device import UsbName, find
from devices.worker import Limits, Worker
from tests.support.usb_fake import MANY, TWO_PIPES, Fake, FakeBackend
from tests.wire.worker_by_hand import PATIENCE_S, Echo, Reports

ANY = UsbName(0x0416, 0x5011)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_device, "READ_MS", 30)
    monkeypatch.setattr(port_usb, "CLOSE_S", 0.2)
    monkeypatch.setattr(worker_module, "FIRST_BACKOFF_S", 0.1)


def opened(*devices: Fake, which: str = "") -> UsbPort:
    backend, name = FakeBackend(*devices), UsbName(0x0416, 0x5011, which)
    return open_on(lambda: find(name, backend), str(name))


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


def read(port: UsbPort) -> bytes:
    assert select.select([port.fileno()], [], [], PATIENCE_S)[0]
    return port.read_available()


def refusal(*devices: Fake, which: str = "") -> PortError:
    with pytest.raises(PortError) as caught:
        opened(*devices, which=which)
    return caught.value


# Names.


@pytest.mark.parametrize(
    "url",
    [
        "usb://0416",
        "usb://0416:50111",
        "usb://0416:50g1/x",
        "usb://0416:5011/a/b",
        "usb://0416:5011?x=1",
        "usb://0416:5011?head=0",
        "usbip://127.0.0.1:3240/1-1?head=7&head=7",
        "usb:///0416:5011",
        "usbip://127.0.0.1/1-1",
        "usbip://127.0.0.1:3240",
        "usbip://127.0.0.1:3240/printer",
    ],
)
def test_a_name_that_is_none_is_said_at_once(url: str) -> None:
    with pytest.raises(PortUrlError):
        opener(url)


@pytest.mark.parametrize(
    "url",
    [
        "usb://0416:5011",
        "usb://C35A:0400/A1",
        "usb://0416:5011/1-1.3",
        "usb://0400:C35A/1-2?head=7",
        "usbip://[::1]:3240/1-1",
        "usbip://[::1]:3240/1-1?head=7",
    ],
)
def test_a_name_opens_nothing_by_itself(url: str) -> None:
    assert callable(opener(url))


def test_a_device_that_isnt_there_is_missing() -> None:
    # Through libusb itself: the set-up installs it.
    with pytest.raises(PortError) as caught:
        open_port("usb://dead:beef/NONE")
    assert caught.value.reason == "port_missing"


@pytest.mark.parametrize("which", ["B2", "2-4"])
def test_it_is_found_by_serial_number_or_by_place(which: str) -> None:
    other, wanted = Fake("A1"), Fake("B2", bus=2, ports=(4,))
    port = opened(other, Fake("B2", product=1), wanted, which=which)
    assert "claim 0" in wanted.calls
    assert "claim 0" not in other.calls
    port.close()


def test_two_alike_are_told_apart_or_refused() -> None:
    error = refusal(Fake("A1"), Fake("A1", bus=2, ports=(4,)))
    assert error.reason == "port_error"
    assert "1-1.3, 2-4" in error.detail
    assert refusal(Fake("A1"), which="B2").reason == "port_missing"
    assert refusal(Fake(None), which="B2").reason == "port_missing"


def test_one_that_may_not_be_opened_is_said_to_be_so() -> None:
    assert refusal(Fake(open_error=errno.EACCES)).reason == "port_forbidden"
    assert refusal(Fake(open_error=errno.EACCES), which="A1").reason == "port_forbidden"


def test_one_that_somebody_else_has_is_busy() -> None:
    device = Fake(claim_error=errno.EBUSY)
    assert refusal(device).reason == "port_busy"
    assert device.calls[-1] == "close"


# Claiming.


def test_the_kernels_driver_lets_go_and_gets_it_back() -> None:
    device = Fake(kernel=True, configured=False)
    port = opened(device)
    assert device.calls == ["configure 1", "detach 0", "claim 0"]
    port.close()
    assert device.calls[3:] == ["release 0", "attach 0", "close"]


def test_of_several_interfaces_the_one_that_prints_and_answers_is_taken() -> None:
    device = Fake(config=MANY)
    port = opened(device)
    assert device.calls == ["claim 2", "alternate 2 2"]
    device.answers[1, 2] = b"\x18"
    device.answers[0, 0x0202] = b"\x00\x02"
    got = asked(port, ClassRequest(1, 1), ClassRequest(0, 100, index_high=True))
    assert got == [b"\x18", b"\x00\x02"]
    port.close()


@pytest.mark.parametrize("config", [MANY[:25], MANY[:9], b""])
def test_a_device_without_bulk_data_is_refused(config: bytes) -> None:
    assert refusal(Fake(config=config)).reason == "port_error"


class Hearing:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[ClassRequest, Answer, float]] = []

    def answered(self, request: ClassRequest, answer: Answer, now: float) -> None:
        self.heard.append((request, answer, now))


# Bytes.


def asked(port: UsbPort, *requests: ClassRequest) -> list[Answer]:
    got: list[Answer] = []
    for request in requests:
        port.ask(request, got.append)
    wait_for(lambda: len(got) == len(requests))
    return got


def test_bytes_and_requests_go_both_ways() -> None:
    device = Fake(answers={(1, 0): b"\x38"})
    port = opened(device)
    assert port.read_available() == b""
    device.says.put(b"\x12")
    assert read(port) == b"\x12"
    assert port.write(b"hello") == 5
    wait_for(lambda: device.taken == b"hello")
    assert asked(port, ClassRequest(1, 1), ClassRequest(9, 1)) == [b"\x38", None]
    port.close()


def test_a_device_that_takes_its_time_is_given_everything_in_order() -> None:
    device = Fake(write_errors=[errno.ETIMEDOUT] * 3)
    port = opened(device)
    data = bytes(range(256)) * 64
    rest = data
    while rest:
        assert select.select([], [port.fileno()], [], PATIENCE_S)[1]
        count = port.write(rest)
        assert 0 < count < 4096
        rest = rest[count:]
    wait_for(lambda: len(device.taken) == len(data))
    assert device.taken == data
    port.close()


def test_a_device_that_takes_nothing_is_seen_not_to() -> None:
    device = Fake()
    device.hang.clear()
    port = opened(device)
    handed = 0
    while select.select([], [port.fileno()], [], 0.1)[1]:
        handed += port.write(bytes(512))
    assert 0 < handed < 8192
    device.hang.set()
    port.close()


def test_a_stall_is_lifted_and_the_stream_goes_on() -> None:
    device = Fake(write_errors=[errno.EPIPE], read_errors=[errno.EPIPE])
    port = opened(device)
    port.write(b"hello")
    device.says.put(b"lost")
    device.says.put(b"heard")
    assert read(port) == b"heard"
    wait_for(lambda: device.taken == b"hello")
    assert {"clear 01", "clear 82"} <= set(device.calls)
    port.close()


@pytest.mark.parametrize("error", [errno.ENODEV, errno.EIO, errno.EOVERFLOW])
@pytest.mark.parametrize("side", ["reads", "writes"])
def test_any_other_error_is_the_end(side: str, error: int) -> None:
    device = Fake()
    (device.read_errors if side == "reads" else device.write_errors).append(error)
    port = opened(device)
    device.says.put(b"x") if side == "reads" else port.write(b"x")
    with pytest.raises(PortError) as caught:
        while True:
            read(port)
    assert caught.value.reason == "unplugged"
    port.close()


def test_a_stall_without_end_is_the_end() -> None:
    device = Fake(write_errors=[errno.EPIPE] * 9)
    port = opened(device)
    port.write(b"x")
    with pytest.raises(PortError):
        read(port)
    assert device.calls.count("clear 01") < 9
    port.close()


def test_what_came_before_the_plug_was_pulled_is_read_first() -> None:
    device = Fake()
    port = opened(device)
    device.says.put(b"last words")
    wait_for(lambda: device.says.empty())
    device.gone = True
    assert read(port) == b"last words"
    with pytest.raises(PortError):
        read(port)
    with pytest.raises(PortError):
        port.write(b"x")
    port.close()
    port.close()


def test_a_port_without_a_control_channel_answers_nothing() -> None:
    woken: list[bool] = []
    channel = Channel(object(), lambda: woken.append(True))
    driver, request = Hearing(), ClassRequest(1, 1)
    channel.ask((request, request))
    channel.hand_over(driver, 5.0)
    channel.hand_over(driver, 6.0)
    assert driver.heard == [(request, None, 5.0)] * 2
    assert woken


def test_a_port_that_is_closed_answers_nobody() -> None:
    device = Fake(answers={(1, 0): b"\x18"})
    port = opened(device)
    assert asked(port, ClassRequest(1, 1)) == [b"\x18"]
    port.close()
    got: list[Answer] = []
    port.ask(ClassRequest(1, 1), got.append)
    assert got == []
    assert device.calls[-1] == "close"


def test_no_thread_is_left_behind() -> None:
    before = set(threading.enumerate())
    port = opened(Fake(answers={(1, 0): b"\x18"}))
    asked(port, ClassRequest(1, 1))
    port.close()
    wait_for(lambda: set(threading.enumerate()) <= before)


# In a worker.


def worker_on(device: Fake, reports: Reports) -> Worker:
    backend = FakeBackend(device)
    return Worker(
        "device",
        Echo,
        "usb://0416:5011",
        reports,
        open_port=lambda _: open_on(lambda: find(ANY, backend), str(ANY)),
        limits=Limits(write_s=0.3, stuck_s=60.0),
    )


def test_a_write_that_hangs_costs_a_thread_and_not_the_worker() -> None:
    device, reports = Fake(), Reports()
    device.hang.clear()
    worker = worker_on(device, reports)
    worker.start()
    try:
        reports.status(Level.READY)
        number = worker.submit(bytes(20_000))
        assert isinstance(reports.completion(number), OutcomeUnknown)
        # The thread in the write holds the device, and nobody else gets it until then.
        reports.status(Level.UNAVAILABLE, "port_busy")
        device.hang.set()
        reports.status(Level.READY)
        device.says.put(b"x")
    finally:
        assert worker.stop()


def test_a_close_that_hangs_costs_a_thread_and_not_the_worker() -> None:
    device, reports = Fake(), Reports()
    device.hang_in_release.clear()
    worker = worker_on(device, reports)
    worker.start()
    try:
        reports.status(Level.READY)
        device.read_errors.append(errno.EIO)
        device.says.put(b"x")
        reports.status(Level.UNAVAILABLE, "unplugged")
        reports.status(Level.UNAVAILABLE, "port_busy")
        device.hang_in_release.set()
        reports.status(Level.READY)
    finally:
        assert worker.stop()


def test_pulled_out_and_put_back() -> None:
    device, reports = Fake(), Reports()
    worker = worker_on(device, reports)
    worker.start()
    try:
        reports.status(Level.READY)
        device.gone = True
        reports.status(Level.UNAVAILABLE, "unplugged")
        device.gone = False
        reports.status(Level.READY)
    finally:
        assert worker.stop()


# Two pipes each way.

MESSAGE = bytes.fromhex("aaaaaa96690003200122")


def two_pipes(device: Fake, head: int = 7) -> UsbPort:
    device.config = TWO_PIPES
    device.says_by = {0x81: queue.SimpleQueue(), 0x85: queue.SimpleQueue()}
    backend = FakeBackend(device)
    return open_on(lambda: find(ANY, backend), "reader", head)


@pytest.mark.parametrize("takes_at_most", [4096, 4, 1])
def test_heads_and_bodies_go_their_own_ways(takes_at_most: int) -> None:
    device = Fake(takes_at_most=takes_at_most)
    port = two_pipes(device)
    for message in (MESSAGE, MESSAGE[:3], MESSAGE):
        before = len(device.taken)
        assert port.write(message) == len(message)
        wait_for(lambda before=before, all_of=message: len(device.taken) == before + len(all_of))
    heads = b"".join(data for pipe, data in device.taken_by if pipe == 0x02)
    bodies = b"".join(data for pipe, data in device.taken_by if pipe == 0x06)
    assert heads == MESSAGE[:7] + MESSAGE[:3] + MESSAGE[:7]
    assert bodies == MESSAGE[7:] * 2
    port.close()


def test_what_two_pipes_say_is_one_stream_in_the_order_of_its_messages() -> None:
    device = Fake()
    port = two_pipes(device)
    head, bodies = bytes.fromhex("aaaaaa96690081"), [b"1" * 64, b"2" * 64, b"3"]
    for body in (*bodies, b"next"):  # both bodies are there before their heads
        device.says_by[0x85].put(body)
    device.says_by[0x81].put(head)
    device.says_by[0x81].put(b"AAAAA\0\4")
    wanted = head + b"".join(bodies) + b"AAAAA\0\4next"
    heard = b""
    while len(heard) < len(wanted):
        heard += read(port)
    assert heard == wanted
    port.close()


def test_a_body_that_never_comes_holds_up_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_pipes, "BODY_TRIES", 2)
    device = Fake()
    port = two_pipes(device)
    for said in (b"AAAAA\0\4", b"BBBBB\0\0", b"CCC", b"CC\0\3"):
        device.says_by[0x81].put(said)
    heard = b""
    while len(heard) < 21:
        heard += read(port)
    assert heard == b"AAAAA\0\4BBBBB\0\0CCCCC\0\3"
    device.says_by[0x85].put(b"ccc")
    assert read(port) == b"ccc"
    port.close()


def test_a_device_with_one_pipe_has_no_head() -> None:
    with pytest.raises(PortError) as caught:
        open_on(lambda: find(ANY, FakeBackend(Fake())), "printer", 7)
    assert "two bulk pipes" in caught.value.detail
